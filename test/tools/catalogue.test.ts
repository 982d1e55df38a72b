import { readdirSync } from 'node:fs'
import t from 'tap'
import { inputCheck } from '../../src/core/check/input.js'
import { toJsonSchema } from '../../src/core/schemas.js'
import { toMcpTools } from '../../src/mcp/catalogue.js'
import { internalTools, tools } from '../../src/tools/index.js'
import { faultsOfCatalogue, maxListBytes } from '../mcp/catalogue.js'

t.test('every file of a tool is in the list, and the list is nothing but those files', async t => {
  const files = readdirSync(new URL('../../src/tools/', import.meta.url))
    .filter(file => file !== 'index.ts')
    .map(file => `odoo_${file.replace('.ts', '').replaceAll('-', '_')}`)
  t.strictSame([...tools, ...internalTools].map(({ name }) => name).sort(), files.sort())
})

t.test('no two names, aliases or routes are the same', async t => {
  const names = tools.flatMap(({ name, aliases }) => [name, ...aliases.map(alias => alias.name)])
  const routes = tools.flatMap(({ rest }) =>
    rest.paths.flatMap(path => rest.methods.map(method => `${method} ${path}`))
  )
  t.strictSame([...new Set(names)], names)
  t.strictSame([...new Set(routes)], routes)
})

t.test('internal tools, and they alone, are without routes and change nothing', async t => {
  for (const tool of internalTools)
    t.match(tool, { internal: true, access: 'read', effect: 'read', rest: { paths: [] } })
  t.notOk(tools.some(({ internal, rest }) => internal || rest.paths.length === 0))
})

const aliasesOfTheContract = {
  odoo_get_models: ['odoo_list_models'],
  odoo_get_fields: ['odoo_fields_get'],
  odoo_search: ['odoo_search_read'],
  odoo_count: ['odoo_search_count'],
  odoo_aggregate: ['odoo_read_group'],
  odoo_call: ['odoo_call_method', 'odoo_execute_kw']
}
const routesOfTheContract = {
  odoo_connect: ['/connect'],
  odoo_disconnect: ['/disconnect'],
  odoo_session: ['/session'],
  odoo_get_models: ['/models'],
  odoo_get_fields: ['/fields'],
  odoo_search: ['/search', '/search_read'],
  odoo_read: ['/read'],
  odoo_count: ['/count'],
  odoo_aggregate: ['/aggregate'],
  odoo_name_search: ['/name_search'],
  odoo_create: ['/create'],
  odoo_write: ['/write'],
  odoo_unlink: ['/unlink'],
  odoo_call: ['/call']
}

t.test('the aliases and routes are those of the contract', async t => {
  const aliases = tools
    .filter(tool => tool.aliases.length > 0)
    .map(tool => [tool.name, tool.aliases.map(alias => alias.name)])
  t.strictSame(Object.fromEntries(aliases), aliasesOfTheContract)
  t.strictSame(Object.fromEntries(tools.map(({ name, rest }) => [name, rest.paths])), routesOfTheContract)
  t.strictSame(
    tools.filter(({ rest }) => rest.methods.includes('GET')).map(({ name }) => name),
    ['odoo_session']
  )
})

t.test('what a tool may do is what the contract says', async t => {
  const access = Object.fromEntries(tools.map(tool => [tool.name, [tool.access, tool.effect]]))
  t.strictSame(access, {
    odoo_connect: ['session', 'read'],
    odoo_disconnect: ['session', 'read'],
    odoo_session: ['read', 'read'],
    odoo_get_models: ['read', 'read'],
    odoo_get_fields: ['read', 'read'],
    odoo_search: ['read', 'read'],
    odoo_read: ['read', 'read'],
    odoo_count: ['read', 'read'],
    odoo_aggregate: ['read', 'read'],
    odoo_name_search: ['read', 'read'],
    odoo_create: ['write', 'create'],
    odoo_write: ['write', 'write'],
    odoo_unlink: ['destructive', 'unlink'],
    odoo_call: ['destructive', 'call']
  })
})

for (const tool of tools) {
  t.test(`${tool.name} is described with an example, and its examples pass its own check`, async t => {
    const check = inputCheck(tool.input)
    const [, example = ''] = /Example: (\{.*\})$/.exec(tool.description) ?? []
    t.ok(tool.title.length > 0 && tool.title.length <= 40)
    t.ok(tool.description.length > 40)
    t.strictSame(check(JSON.parse(example)), JSON.parse(example))
    t.strictSame(check(tool.example), tool.example)
  })

  t.test(`the schemas of ${tool.name} are such as every host understands`, async t => {
    t.strictSame(faultsOfCatalogue([tool]), [])
    t.match(toJsonSchema(tool.input), { additionalProperties: false })
  })
}

for (const session of [false, true]) {
  t.test(`the list of tools ${session ? 'with' : 'without'} handles costs a conversation little`, async t => {
    const bytes = Buffer.byteLength(JSON.stringify({ tools: toMcpTools(tools, { session }) }))
    t.ok(bytes <= maxListBytes, `${bytes} bytes`)
    t.ok(bytes > 5000)
  })
}
