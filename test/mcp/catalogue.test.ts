import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Tool } from '../../src/core/ports/gateway.js'
import { toMcpTools } from '../../src/mcp/catalogue.js'
import { faultsOfCatalogue, maxListBytes } from './catalogue.js'
import { FakeGateway } from './fake-gateway.js'

const { tools } = new FakeGateway()
// The fake gateway has tools.
const first = tools[0] as Tool

t.test('the tools of the fake gateway have no fault, so that each fault below is the one meant', async t => {
  t.strictSame(faultsOfCatalogue(tools), [])
})

const faults: [title: string, change: Partial<Tool>, fault: string][] = [
  [
    'a union for an input',
    { input: Type.Union([Type.Object({}), Type.Object({ a: Type.Null() })]) },
    'input is not an object schema'
  ],
  [
    'a combinator beside the properties',
    { input: Type.Object({}, { anyOf: [{ required: ['a'] }] }) },
    'input has anyOf at the top'
  ],
  ['a reference, however deep', { input: Type.Object({ a: Type.Object({ b: Type.Ref('c') }) }) }, 'input.a.b has $ref'],
  [
    'an array of anything',
    { input: Type.Object({ ids: Type.Array(Type.Unknown()) }) },
    'input.ids is an array of anything'
  ],
  [
    'an array of anything in one choice of an output',
    { output: Type.Object({ a: Type.Union([Type.Null(), Type.Array(Type.Array(Type.Any()))]) }) },
    'output.a.1.items is an array of anything'
  ],
  ['no description', { description: '' }, 'no title or description'],
  ['a name with a dot', { name: 'odoo.read' }, 'a name that some host refuses']
]
for (const [title, change, fault] of faults) {
  t.test(`${title} is a fault`, async t => {
    const tool = { ...first, ...change }
    t.strictSame(faultsOfCatalogue([tool]), [`${tool.name}: ${fault}`])
  })
}

t.test('a list that costs too much is a fault', async t => {
  const long = { ...first, description: 'x'.repeat(maxListBytes) }
  t.match(faultsOfCatalogue([long]), [/^tools\/list has \d+ bytes, more than 16384$/])
})

t.test('annotations are true to what a tool may do', async t => {
  const annotations = Object.fromEntries(
    toMcpTools(tools, { session: false }).map(tool => [tool.name, tool.annotations])
  )
  const hints = (readOnly: boolean, destructive: boolean, openWorld: boolean) => ({
    readOnlyHint: readOnly,
    destructiveHint: destructive,
    idempotentHint: readOnly,
    openWorldHint: openWorld
  })
  t.strictSame(annotations, {
    odoo_connect: hints(false, false, true),
    odoo_disconnect: hints(false, false, false),
    odoo_session: hints(true, false, false),
    odoo_search: hints(true, false, true),
    odoo_create: hints(false, false, true),
    odoo_write: hints(false, true, true),
    odoo_unlink: hints(false, true, true),
    odoo_wait: hints(true, false, true),
    odoo_break: hints(true, false, true)
  })
})

t.test('the argument session is listed where a caller needs it, beside the others and never required', async t => {
  const inputs = (session: boolean) => toMcpTools([first], { session }).map(tool => tool.inputSchema)
  t.strictSame(inputs(false), [JSON.parse(JSON.stringify(first.input))])
  t.match(inputs(true), [{ properties: { url: { type: 'string' }, session: { type: 'string' } } }])
  t.notMatch(inputs(true), [{ required: ['session'] }])
})
