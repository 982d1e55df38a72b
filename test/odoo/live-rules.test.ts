import t, { type Test } from 'tap'
import type { GatewayError } from '../../src/core/errors.js'
import type { OdooLogin, OdooPort } from '../../src/core/ports/odoo.js'
import { createLiveRules } from '../../src/odoo/live-rules/live-rules.js'
import { channelIn, ruleCode, ruleValues } from '../../src/odoo/live-rules/rule.js'
import { createOdoo } from '../../src/odoo/open.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'
import { scope, silentLog } from './servers.js'

const channel = `odoo-mcp-${'0123456789abcdef'.repeat(2)}`
const bookkeeping = { context: { active_test: false } }

async function rulesOf(t: Test, version: 14 | 17 | 19) {
  const sandbox = await sandboxAs(version)
  const odoo = createOdoo({
    connectTimeoutMs: 5000,
    maxConcurrency: 8,
    maxQueue: 256,
    maxResponseBytes: 1e7,
    retries: 0,
    tls: { verify: true },
    guard: { allowedHosts: null },
    log: silentLog,
    clock: Date.now
  })
  t.teardown(() => odoo.close())
  const { url, database, username, password: secret } = sandbox
  const login = await odoo.login({ url, database, username, secret, protocol: 'auto' }, scope())
  return { rules: createLiveRules(login, scope), direct: await logInDirectly(sandbox) }
}

for (const version of [14, 17, 19] as const) {
  t.test(`sandbox as ${version}: a model gets two rules, in the shape of its version`, async t => {
    const { rules, direct } = await rulesOf(t, version)
    t.strictSame(await rules.status(), { models: [], broken: [] })
    const state = await rules.install(['crm.tag', 'crm.tag', 'res.partner'])
    t.match(state, { channel: /^odoo-mcp-[0-9a-f]{32}$/, models: ['crm.tag', 'res.partner'], broken: [] })
    const found = await direct.call<{ name: string; trigger: string }[]>('base.automation', 'search_read', [[]], {
      fields: ['name', 'trigger'],
      order: 'id'
    })
    t.strictSame(
      found.map(rule => [rule.name, rule.trigger]),
      [
        ['odoo-mcp live: crm.tag changes', 'on_create_or_write'],
        ['odoo-mcp live: crm.tag deletions', 'on_unlink'],
        ['odoo-mcp live: res.partner changes', 'on_create_or_write'],
        ['odoo-mcp live: res.partner deletions', 'on_unlink']
      ]
    )
    t.equal(await direct.call('ir.actions.server', 'search_count', [[['code', 'like', state.channel as string]]]), 4)
  })

  t.test(`sandbox as ${version}: what was changed by hand is found, and put right with the same channel`, async t => {
    const { rules, direct } = await rulesOf(t, version)
    const before = await rules.install(['crm.tag', 'res.partner'])
    const ids = await direct.call<number[]>('ir.actions.server', 'search', [[['name', 'like', 'crm.tag changes']]])
    await direct.call('ir.actions.server', 'write', [ids, { code: 'pass' }] as never)
    t.match(await rules.status(), { models: ['res.partner'], broken: ['crm.tag'] })
    t.strictSame(await rules.install(['res.partner']), before, 'those that are broken are mended, too')
    const deletions = await direct.call<number[]>('base.automation', 'search', [[['trigger', '=', 'on_unlink']]])
    await direct.call('base.automation', 'unlink', [deletions])
    t.strictSame(await rules.status(), { channel: before.channel, models: [], broken: ['crm.tag', 'res.partner'] })
    t.strictSame(await rules.install(['crm.tag']), before)
    t.equal(await direct.call('base.automation', 'search_count', [[]], bookkeeping), 4)
  })

  t.test(`sandbox as ${version}: uninstall removes every trace of ours, and nothing else`, async t => {
    const { rules, direct } = await rulesOf(t, version)
    const [modelId] = await direct.call<number[]>('ir.model', 'search', [[['model', '=', 'crm.tag']]])
    const theirs = ruleValues({ model: 'crm.tag', modelId: modelId as number, trigger: 'on_unlink' }, channel, version)
    const kept = await direct.call<number>('base.automation', 'create', [{ ...theirs, name: 'Somebody else’s' }])
    await rules.install(['crm.tag'])
    const [one] = await direct.call<number[]>('base.automation', 'search', [[['name', 'like', 'odoo-mcp live']]])
    await direct.call('base.automation', 'write', [[one], { active: false }] as never)
    t.strictSame(await rules.uninstall(), ['crm.tag'])
    t.strictSame(await direct.call('base.automation', 'search', [[]], bookkeeping), [kept])
    t.equal(await direct.call('ir.actions.server', 'search_count', [[['name', 'like', 'odoo-mcp live']]]), 0)
    t.strictSame(await rules.uninstall(), [])
  })

  t.test(`sandbox as ${version}: an action that a half done removal has left is removed, too`, async t => {
    const { rules, direct } = await rulesOf(t, version)
    const [modelId] = await direct.call<number[]>('ir.model', 'search', [[['model', '=', 'crm.tag']]])
    const action = { name: 'odoo-mcp live: crm.tag changes', model_id: modelId as number, state: 'code', code: 'pass' }
    await direct.call('ir.actions.server', 'create', [action])
    t.strictSame(await rules.uninstall(), [])
    t.equal(await direct.call('ir.actions.server', 'search_count', [[['name', 'like', 'odoo-mcp live']]]), 0)
  })
}

/** An Odoo that knows these models alone. */
function knowing(...models: string[]): OdooLogin {
  const port = {
    search: async () => models.map((model, index) => ({ id: index + 1, model })),
    models: async () => models.map(model => ({ model, name: model }))
  } as unknown as OdooPort
  return { identity: { major: 17 }, port: () => port } as unknown as OdooLogin
}

for (const [module, models] of [
  ['base_automation', ['bus.bus']],
  ['bus', ['base.automation']]
] as const) {
  t.test(`where the module ${module} is missing, that is said, and what to do`, async t => {
    const rules = createLiveRules(knowing(...models), scope)
    const error = (await rules.install(['crm.tag']).catch(error => error)) as GatewayError
    t.equal(error.code, 'not_found')
    t.equal(error.detail, `The module ${module} is not installed in this Odoo.`)
    t.match(error.extra.hint, /^Install it from the Apps menu/)
  })
}

t.test('a rule says which records, and nothing of what they hold, in the words of its version', async t => {
  const payload = "{'model': 'crm.tag', 'ids': records.ids}"
  const type = "'odoo-mcp/changed'"
  t.equal(
    ruleCode('crm.tag', channel, 14),
    `env['bus.bus'].sendone('${channel}', {'type': ${type}, 'payload': ${payload}})`
  )
  for (const major of [15, 16, 17, 19]) {
    t.equal(ruleCode('crm.tag', channel, major), `env['bus.bus']._sendone('${channel}', ${type}, ${payload})`)
  }
  for (const major of [14, 19]) t.equal(channelIn(ruleCode('crm.tag', channel, major)), channel)
  t.equal(channelIn("env['bus.bus']._sendone('mail.channel', 'x', {})"), undefined)
  const old = ruleValues({ model: 'crm.tag', modelId: 7, trigger: 'on_unlink' }, channel, 16)
  t.match(old, { model_id: 7, state: 'code', code: /_sendone/ }, 'up to 16 a rule is an action')
  const current = ruleValues({ model: 'crm.tag', modelId: 7, trigger: 'on_unlink' }, channel, 17)
  t.match(current, { model_id: 7, action_server_ids: [[0, 0, { model_id: 7, state: 'code', code: /_sendone/ }]] })
  t.notOk('code' in current)
})
