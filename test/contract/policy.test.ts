import t, { type Test } from 'tap'
import { noAccessModels } from '../../src/core/deny-list.js'
import type { JsonObject } from '../../src/core/json.js'
import { matcher } from '../../src/core/patterns.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { nobody } from './hidden-things.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { mcpHttp, modern, rest, type Surface, stdio } from './surfaces.js'
import { createWorld } from './world.js'

type McpSurface = Awaited<ReturnType<typeof mcpHttp>>

// What the policy hides, by every way in: test/contract/effects.test.ts.

/** REST, MCP in both eras, and stdio to servers of the same settings. */
async function open(t: Test, odoo: LabOdoo, settings: Flags) {
  const flags = { ...connectionFlags(odoo), ...settings }
  const server = await startServer(flags)
  const overHttp = await Promise.all([mcpHttp(server.url, modern), mcpHttp(server.url, 'legacy')])
  const overStdio = await stdio(flags, modern)
  const overMcp: McpSurface[] = [...overHttp, overStdio]
  const surfaces: Surface[] = [rest(server.url), ...overMcp]
  t.teardown(async () => {
    await Promise.all(surfaces.map(surface => surface.close()))
    await server.close()
  })
  return { url: server.url, overMcp, surfaces }
}

/** The technical names that odoo_get_models lists. */
async function modelsOf({ call }: Surface): Promise<string[]> {
  const { output } = await call('odoo_get_models')
  return (output as { models: { model: string }[] }).models.map(({ model }) => model)
}

for (const odoo of await witnesses()) {
  const label = `${odoo.name}`
  const world = await createWorld(odoo)
  t.teardown(() => world.close())
  const [id] = world.partners as [number]

  t.test(`${label}: a read-only server reads, and changes nothing`, async t => {
    const { surfaces, overMcp } = await open(t, odoo, { 'read-only': true })
    for (const { name, client } of overMcp) {
      const listed = (await client.listTools()).tools.map(tool => tool.name)
      t.notMatch(listed.join(' '), /odoo_(create|write|unlink)/, `${name} lists no tool that writes`)
      t.match(listed.join(' '), /odoo_search .*odoo_call/, `${name}: control: it lists those that read`)
    }
    const refused: [string, JsonObject][] = [
      ['odoo_create', { model: 'res.partner', values: { name: 'x', ref: world.ref } }],
      ['odoo_write', { model: 'res.partner', ids: [id], values: { function: 'x' } }],
      ['odoo_unlink', { model: 'res.partner', ids: [id] }],
      ['odoo_call', { model: 'res.partner', method: 'write', args: [[id], { function: 'x' }] }],
      ['odoo_call', { model: 'res.partner', method: 'action_archive', ids: [id] }],
      ['odoo_call', { model: 'res.partner', method: 'no_such_method', ids: [id] }],
      ['odoo_call', { model: 'res.partner', method: 'name_create', args: ['x'] }]
    ]
    const allowed: [string, JsonObject][] = [
      ['odoo_search', { model: 'res.partner', domain: [['id', '=', id]] }],
      ['odoo_count', { model: 'res.partner' }],
      ['odoo_call', { model: 'res.partner', method: 'search_count', args: [[['id', '=', id]]] }],
      ['odoo_call', { model: 'res.partner', method: 'name_get', ids: [id] }]
    ]
    for (const surface of surfaces) {
      for (const [tool, input] of refused) {
        const { problem } = await surface.call(tool, input)
        const refusal = { code: 'policy_denied', detail: /read-only/, outcome: 'not_applied' }
        t.match(problem, refusal, `${surface.name}: ${tool} ${input.method ?? ''}`)
      }
      for (const [tool, input] of allowed) {
        t.ok((await surface.call(tool, input)).output, `${surface.name}: control: ${tool} ${input.method ?? ''}`)
      }
      t.match((await surface.call('odoo_session')).output, { policy: { read_only: true } })
    }
    const rows = await world.admin.call('res.partner', 'read', [[id], ['function', 'active', 'name']])
    t.match(rows, [{ function: false, active: true, name: 'Contract 1' }], 'the record is as it was')
  })

  t.test(`${label}: with allowed_models there are no others`, async t => {
    const { surfaces } = await open(t, odoo, { 'allowed-models': 'res.partner,res.country*' })
    for (const surface of surfaces) {
      const { name, call } = surface
      const models = await modelsOf(surface)
      t.ok(models.length >= 2 && models.every(model => /^res\.(partner|country.*)$/.test(model)), `${name}: ${models}`)
      const outside: [string, JsonObject][] = [
        ['odoo_search', { model: 'sale.order' }],
        ['odoo_count', { model: 'res.partner', domain: [['user_ids.login', '=', 'x']] }],
        ['odoo_write', { model: 'res.partner', ids: [nobody], values: { bank_ids: [[0, 0, { acc_number: '1' }]] } }]
      ]
      for (const [tool, input] of outside) {
        t.match((await call(tool, input)).problem, { code: 'policy_denied' }, `${name}: ${tool} ${input.model}`)
      }
      const inside = await call('odoo_count', { model: 'res.partner', domain: [['country_id.code', '=', 'BE']] })
      t.match(inside.output, { count: Number }, `${name}: control`)
    }
  })

  t.test(`${label}: denied_models and denied_methods add to the default ones`, async t => {
    const added = { 'denied-models': 'crm.*', 'denied-methods': 'action_arch*' }
    const { surfaces } = await open(t, odoo, added)
    const archive = { model: 'res.partner', method: 'action_archive', ids: [world.partners[4] as number] }
    for (const { name, call } of surfaces) {
      t.match((await call('odoo_count', { model: 'crm.lead' })).problem, { code: 'policy_denied' }, name)
      t.match((await call('odoo_get_models', { filter: 'crm.' })).output, { total: 0, models: [] }, name)
      t.match((await call('odoo_call', archive)).problem, { code: 'policy_denied', outcome: 'not_applied' }, name)
      t.match((await call('odoo_count', { model: 'ir.config_parameter' })).problem, { code: 'policy_denied' }, name)
      t.match((await call('odoo_count', { model: 'sale.order' })).output, { count: Number }, `${name}: control`)
    }
    const control = rest((await open(t, odoo, {})).url)
    t.match((await control.call('odoo_count', { model: 'crm.lead' })).output, { count: Number }, 'control')
    t.match((await control.call('odoo_call', archive)).output, { result: null }, 'control')
  })

  t.test(`${label}: what policy hides is never named`, async t => {
    const isHidden = matcher([...noAccessModels, 'sale.order'])
    const hiding = await open(t, odoo, { 'denied-models': 'sale.order' })
    const lifted = await open(t, odoo, { 'denied-models': noAccessModels.map(pattern => `!${pattern}`).join(',') })
    const typos = { 'sale.ordr': 'sale.order', 'ir.config_paramter': 'ir.config_parameter', 'ir.crn': 'ir.cron' }
    for (const surface of hiding.surfaces) {
      t.same((await modelsOf(surface)).filter(isHidden), [], `${surface.name} lists none`)
      for (const [typo, hidden] of Object.entries(typos)) {
        const { problem } = await surface.call('odoo_count', { model: typo })
        t.match(problem, { code: 'not_found' }, `${surface.name}: ${typo}`)
        t.notOk(JSON.stringify(problem).includes(`"${hidden}`), `${surface.name}: ${problem?.detail}`)
      }
    }
    for (const surface of lifted.surfaces) {
      t.match(await modelsOf(surface), /sale\.order/)
      t.ok((await modelsOf(surface)).filter(isHidden).length > 5, `control: ${surface.name} lists them when lifted`)
      for (const [typo, hidden] of Object.entries(typos)) {
        const { problem } = await surface.call('odoo_count', { model: typo })
        t.ok(problem?.detail.includes(`Did you mean "${hidden}"?`), `control: ${surface.name}: ${problem?.detail}`)
      }
    }
  })

  t.test(`${label}: where nobody may connect, nothing speaks of connecting`, async t => {
    const named = /odoo_(dis)?connect|\/(dis)?connect\b/
    const everything = async ({ url, overMcp }: Awaited<ReturnType<typeof open>>) => {
      const texts: [string, string][] = []
      for (const path of ['/', '/openapi.json']) texts.push([path, await (await watchedFetch(url + path)).text()])
      for (const { name, client } of overMcp) {
        texts.push([`${name}: tools/list`, JSON.stringify(await client.listTools())])
        texts.push([`${name}: instructions`, client.getInstructions() ?? ''])
      }
      return texts
    }
    const closed = await open(t, odoo, { 'allow-connect': false })
    for (const [what, text] of await everything(closed)) t.notMatch(text, named, what)
    for (const path of ['/connect', '/disconnect', '/conect']) {
      const response = await watchedFetch(closed.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}'
      })
      t.equal(response.status, 404, path)
      t.notMatch(await response.text(), named)
    }
    for (const { name, client } of closed.overMcp) {
      for (const tool of ['odoo_connect', 'odoo_disconnect', 'odoo_conect']) {
        const refusal = await client.callTool({ name: tool, arguments: {} }).then(
          () => undefined,
          (error: Error) => error
        )
        t.match(refusal, { code: -32602, message: /^Unknown tool/ }, `${name}: ${tool}`)
        t.notMatch(refusal?.message.replace(`"${tool}"`, ''), named)
      }
    }
    for (const access of [{ handle: `oms_h_${'x'.repeat(43)}` }, { bearer: `oms_b_${'x'.repeat(43)}` }]) {
      const { problem } = await rest(closed.url, access).call('odoo_session')
      t.match(problem, { code: 'auth_required' })
      t.notMatch(JSON.stringify(problem), named, Object.keys(access).join())
    }
    t.match((await rest(closed.url).call('odoo_session')).output, { uid: Number }, 'the default connection works')

    const control = await open(t, odoo, { 'allow-connect': true })
    for (const [what, text] of await everything(control)) t.match(text, named, `control: ${what}`)
  })
}
if ((await odoos()).length === 0) t.pass('policy', { skip: noOdoo })
