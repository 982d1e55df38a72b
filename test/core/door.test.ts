import { Type } from '@sinclair/typebox'
import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { Written } from '../../src/core/live.js'
import type { Tool } from '../../src/core/ports/gateway.js'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { defineTool } from '../../src/core/tool.js'
import { create } from '../../src/tools/create.js'
import { tools } from '../../src/tools/index.js'
import { search } from '../../src/tools/search.js'
import { caller, openDoor, refusalOf } from './fake-odoo.js'

const authRequired = () => Promise.reject(new GatewayError('auth_required', 'no session'))

t.test('who has no session learns that first, whatever is wrong with the input', async t => {
  const door = openDoor({ sessions: { resolve: authRequired } })
  t.equal((await door.refused('odoo_search', { nope: 1 })).code, 'auth_required')
  t.equal((await openDoor().refused('odoo_search', { nope: 1 })).code, 'invalid_input')
})

t.test('connecting needs no session', async t => {
  const door = openDoor({ sessions: { resolve: authRequired } })
  t.match(await door.call('odoo_connect', {}), { session: 'oms_b_secret', uid: 2 })
  t.match(await door.call('odoo_disconnect', {}), { message: 'Disconnected.' })
})

t.test('the sessions are asked for the caller who calls, and told how the call ended', async t => {
  const callers: unknown[] = []
  const door = openDoor({
    sessions: {
      open: (who, request) => {
        callers.push([who, request])
        return Promise.reject(new GatewayError('auth_failed', 'no'))
      }
    },
    answers: () => ({ count: () => Promise.reject(new GatewayError('auth_failed', 'expired')) })
  })
  await door.refused('odoo_connect', { url: 'x' })
  t.strictSame(callers, [[caller, { url: 'x' }]])
  await door.refused('odoo_count', { model: 'res.partner' })
  await door.call('odoo_session', {})
  t.match(door.settled, [{ error: { code: 'auth_failed' } }, { error: undefined }])
  t.equal(door.settled.length, 2)
})

t.test(
  'the gateway passes on whether the default connection works, and which slots are in use or have ended',
  async t => {
    const released: unknown[] = []
    const touched: unknown[] = []
    const { gateway } = openDoor({
      sessions: { connected: false, release: slot => released.push(slot), touch: slot => touched.push(slot) }
    })
    const slot = { secret: null }
    gateway.touch(slot)
    t.strictSame([touched, released], [[slot], []])
    gateway.release(slot)
    t.equal(gateway.connected, false)
    t.equal(openDoor().gateway.connected, true)
    t.strictSame(released, [slot])
  }
)

t.test('a tool that only opens sessions has no Odoo at hand', async t => {
  const grabs = (part: 'odoo' | 'session') =>
    defineTool({
      name: `odoo_grab_${part}`,
      title: '',
      description: '',
      access: 'session',
      input: Type.Object({}),
      output: Type.Object({}),
      rest: { paths: ['/grab'] },
      example: {},
      run: async (_input, ctx) => ({ grabbed: ctx[part] })
    })
  const door = openDoor({ tools: [grabs('odoo'), grabs('session')] })
  await t.rejects(door.call('odoo_grab_odoo', {}), /has no Odoo of its own/)
  await t.rejects(door.call('odoo_grab_session', {}), /has no Odoo of its own/)
})

// ---------------------------------------------------------------------------------------------------------------
// What a tool answers

const drifting = (tool: Tool, output: unknown): Tool => ({ ...tool, run: async () => output })

t.test('an output that a read got wrong is a bug, and shows where in the log only', async t => {
  const door = openDoor({ tools: [drifting(search, { count: 'x' })] })
  const error = await door.call('odoo_search', { model: 'res.partner' }).catch((caught: Error) => caught)
  t.match(error, { message: /^odoo_search broke its output schema: (count|records|total)/ })
  t.notOk(error instanceof GatewayError)
})

t.test('an output that a write got wrong is logged and given: the write was applied', async t => {
  const door = openDoor({ tools: [drifting(create, { id: 'x', message: 'Created.' })] })
  const output = await door.call('odoo_create', { model: 'res.partner', values: { name: 'x' } })
  t.strictSame(output, { id: 'x', message: 'Created.' })
  t.match(door.lines, [
    { fields: { audit: { outcome: 'applied' } } },
    { level: 'error', fields: { tool: 'odoo_create' } }
  ])
})

t.test('an output that is nothing at all is a bug, too', async t => {
  const door = openDoor({ tools: [drifting(search, undefined)] })
  await t.rejects(door.call('odoo_search', { model: 'res.partner' }), /broke its output schema: input: /)
})

// ---------------------------------------------------------------------------------------------------------------
// Outcome of failed writes

const partner = { model: 'res.partner', values: { name: 'x' } }

const refusals: [title: string, tool: string, input: JsonObject, code: string][] = [
  ['a wrong input', 'odoo_create', { ...partner, nope: 1 }, 'invalid_input'],
  ['a wrong name', 'odoo_create', { model: 'res.partner', values: { nope: 1 } }, 'invalid_input'],
  ['an unknown model', 'odoo_create', { model: 'nope', values: {} }, 'not_found'],
  ['a denied model', 'odoo_create', { model: 'ir.config_parameter', values: {} }, 'policy_denied'],
  ['a denied method', 'odoo_call', { model: 'res.partner', method: 'sudo' }, 'policy_denied'],
  ['a method that is no text', 'odoo_call', { model: 'res.partner', method: 5 }, 'invalid_input']
]
for (const [title, tool, input, code] of refusals) {
  t.test(`a write refused for ${title} was not applied`, async t => {
    const door = openDoor()
    t.match(await door.refused(tool, input), { code, extra: { outcome: 'not_applied' } })
    t.strictSame(door.odoo.sent, [])
  })
}

t.test('a write without a session was not applied', async t => {
  const door = openDoor({ sessions: { resolve: authRequired } })
  t.match(await door.refused('odoo_create', partner), { code: 'auth_required', extra: { outcome: 'not_applied' } })
  t.strictSame(door.audits(), [])
})

t.test('a read that fails has no outcome, and so has a method that only reads', async t => {
  const fails = () => Promise.reject(new GatewayError('timeout', 'late'))
  const door = openDoor({ answers: () => ({ count: fails, call: fails }) })
  t.notHas((await door.refused('odoo_count', { model: 'res.partner' })).extra, { outcome: 'not_applied' })
  const call = { model: 'res.partner', method: 'name_search' }
  t.strictSame((await door.refused('odoo_call', call)).extra, {})
  t.strictSame(door.audits(), [])
})

for (const outcome of ['not_applied', 'unknown'] as const) {
  t.test(`a write of which Odoo's adapter says "${outcome}" ends so`, async t => {
    const fails = () => Promise.reject(new GatewayError('timeout', 'late', { outcome, retryable: true }))
    const door = openDoor({ answers: () => ({ create: fails }) })
    t.match(await door.refused('odoo_create', partner), { code: 'timeout', extra: { outcome, retryable: true } })
    t.match(door.audits(), [{ outcome, code: 'timeout', fields: ['name'] }])
  })
}

t.test('a write that fails by a bug of ours may have been applied; the bug is in the log only', async t => {
  const bug = new TypeError('secret place')
  const door = openDoor({ answers: () => ({ create: () => Promise.reject(bug) }) })
  const error = await door.refused('odoo_create', partner)
  t.match(error, { code: 'internal', extra: { outcome: 'unknown' } })
  t.notMatch(error.detail, /secret place/)
  t.equal(error.cause, bug)
  t.match(door.audits(), [{ outcome: 'unknown', code: 'internal' }])
  t.match(
    door.lines.filter(line => line.level === 'error'),
    [{ fields: { err: bug, request_id: 'r-1' } }]
  )
})

t.test('a bug of ours before a write is sent leaves it not applied', async t => {
  const door = openDoor({ answers: () => ({ fields: () => Promise.reject(new TypeError('bug')) }) })
  t.match(await door.refused('odoo_create', partner), { code: 'internal', extra: { outcome: 'not_applied' } })
})

// ---------------------------------------------------------------------------------------------------------------
// Audit

const answered: Record<string, Json> = { create: [100], name_create: [101, 'Ada'], copy: [102], foo: [103] }

/** What an auditor wants to know besides: in which Odoo, and as whom there. */
const there = { odoo: 'https://erp.example.com', database: 'prod', uid: 2, login: 'ada' }

const audited: [title: string, tool: string, input: JsonObject, audit: JsonObject][] = [
  [
    'a create',
    'odoo_create',
    { model: 'res.partner', values: [{ name: 'Ada' }, { email: 'Ada' }] },
    { fields: ['name', 'email'], created: [100, 101] }
  ],
  [
    'a write',
    'odoo_write',
    { model: 'res.partner', ids: [7, 8], values: { name: 'Ada' } },
    { ids: [7, 8], fields: ['name'] }
  ],
  ['a delete', 'odoo_unlink', { model: 'res.partner', ids: [7] }, { ids: [7] }],
  [
    'a method',
    'odoo_call',
    { model: 'res.partner', method: 'foo', ids: [7], args: ['Ada'] },
    { method: 'foo', ids: [7] }
  ],
  [
    'a method on its first argument',
    'odoo_call',
    { model: 'res.partner', method: 'foo', args: [[7], 'Ada'] },
    { method: 'foo', ids: [7] }
  ],
  [
    'a method that writes values',
    'odoo_call',
    { model: 'res.partner', method: 'write', args: [7, { name: 'Ada' }] },
    { method: 'write', ids: [7], fields: ['name'] }
  ],
  [
    'a method that creates',
    'odoo_call',
    { model: 'res.partner', method: 'create', kwargs: { vals_list: [{ name: 'Ada' }] } },
    { method: 'create', fields: ['name'], created: [100] }
  ],
  [
    'a method that creates from a name',
    'odoo_call',
    { model: 'res.partner', method: 'name_create', args: ['Ada'] },
    { method: 'name_create', created: [101] }
  ],
  [
    'a method that copies',
    'odoo_call',
    { model: 'res.partner', method: 'copy', ids: [7], kwargs: { default: { name: 'Ada' } } },
    { method: 'copy', ids: [7], fields: ['name'], created: [102] }
  ],
  [
    'a method without arguments',
    'odoo_call',
    { model: 'res.partner', method: 'foo', kwargs: { a: 'Ada' } },
    { method: 'foo' }
  ]
]
for (const [title, tool, input, audit] of audited) {
  t.test(`${title} leaves one line that says what was changed by whom, and no value`, async t => {
    const door = openDoor({
      answers: () => ({ call: async (_model, method) => ({ result: answered[method] ?? true }) })
    })
    await door.call(tool, input)
    t.strictSame(door.audits(), [
      {
        request_id: 'r-1',
        session: '0123456789ab',
        principal: 'key:ci',
        surface: 'rest',
        ...there,
        tool,
        model: 'res.partner',
        ...audit,
        outcome: 'applied'
      }
    ])
    t.notMatch(JSON.stringify(door.lines), /Ada/)
  })
}

t.test('a denied write leaves a line with its model and no values', async t => {
  const door = openDoor()
  await door.refused('odoo_write', { model: 'res.users', ids: [5], values: { password: 'Ada' } })
  t.match(door.audits(), [{ model: 'res.users', outcome: 'not_applied', code: 'policy_denied' }])
  t.equal(door.audits().length, 1)
  t.notMatch(JSON.stringify(door.lines), /Ada/)
})

t.test('what has no model leaves no audit line, and neither does a read', async t => {
  const door = openDoor()
  await door.refused('odoo_write', { values: { name: 'Ada' } })
  await door.call('odoo_count', { model: 'res.partner' })
  await door.call('odoo_call', { model: 'res.partner', method: 'search_count', args: [[]] })
  t.strictSame(door.audits(), [])
})

t.test('a reply that comes after its caller has gone leaves a second line', async t => {
  const scopes: CallScope[] = []
  const door = openDoor({
    answers: scope => ({
      write: () => {
        scopes.push(scope)
        return Promise.reject(new GatewayError('cancelled', 'gone', { outcome: 'unknown' }))
      }
    })
  })
  await door.refused('odoo_write', { model: 'res.partner', ids: [7], values: { name: 'x' } })
  scopes[0]?.onLateReply?.('applied')
  scopes[0]?.onLateReply?.('validation')
  const line = { tool: 'odoo_write', model: 'res.partner', ids: [7], fields: ['name'] }
  t.match(door.audits(), [
    { ...line, outcome: 'unknown', code: 'cancelled' },
    { ...line, outcome: 'applied_late' },
    { ...line, outcome: 'failed_late', code: 'validation' }
  ])
})

t.test('who wants to know of writes hears of those that were, or may have been, applied', async t => {
  const written: Written[] = []
  const answers = { write: async () => ({ result: true }) }
  const door = openDoor({ answers: () => answers, onWrite: write => written.push(write) })
  await door.call('odoo_create', partner)
  await door.call('odoo_write', { ...partner, ids: [7, 8] })
  await door.call('odoo_call', { model: 'res.partner', method: 'action_archive', ids: [7] })
  await door.call('odoo_read', { model: 'res.partner', ids: [7] })
  await door.refused('odoo_write', { ...partner, ids: [7], values: { nope: 1 } })
  for (const outcome of ['not_applied', 'unknown'] as const) {
    answers.write = () => Promise.reject(new GatewayError('timeout', 'late', { outcome }))
    await door.refused('odoo_write', { ...partner, ids: [9] })
  }
  const { identity } = door.odoo
  t.strictSame(
    written,
    [[], [7, 8], [7], [9]].map(ids => ({ identity, model: 'res.partner', ids }))
  )
})

t.test('a look in the background is a detail in the log', async t => {
  const door = openDoor()
  const { signal } = new AbortController()
  await door.gateway.call({ tool: 'odoo_count', input: { model: 'res.partner' }, caller, signal, background: true })
  t.match(door.lines, [{ level: 'debug', message: 'call', fields: { tool: 'odoo_count', outcome: 'ok' } }])
})

t.test('a session is held through the door', async t => {
  const { gateway } = openDoor()
  const hold = await gateway.hold(caller, new AbortController().signal, () => {})
  t.equal(hold.caller, caller)
})

t.test('every call leaves a line with its time, its requests and its end', async t => {
  let now = 0
  const door = openDoor({ clock: () => (now += 5) })
  await door.call('odoo_search', { model: 'res.partner', limit: 1, offset: 3, fields: ['name'] })
  await door.refused('odoo_search', { nope: 1 })
  await t.rejects(openDoor({ tools: [drifting(search, {})] }).call('odoo_search', { model: 'res.partner' }))
  const who = { request_id: 'r-1', session: '0123456789ab', principal: 'key:ci', surface: 'rest' }
  t.strictSame(door.lines, [
    {
      level: 'info',
      message: 'call',
      fields: { ...who, tool: 'odoo_search', model: 'res.partner', wire: 'jsonrpc', ms: 10, rpcs: 2, outcome: 'ok' }
    },
    {
      level: 'info',
      message: 'call',
      fields: { ...who, tool: 'odoo_search', wire: 'jsonrpc', ms: 10, rpcs: 0, outcome: 'invalid_input' }
    }
  ])
})

t.test('the line of a call names its trace, its method, and the session that it has opened', async t => {
  const door = openDoor()
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const { signal } = new AbortController()
  const input = { model: 'res.partner', method: 'search_count', args: [[]] }
  await door.gateway.call({ tool: 'odoo_call', input, caller: { ...caller, traceId }, signal })
  await door.call('odoo_connect', {
    url: 'https://erp.example.com',
    database: 'prod',
    username: 'ada',
    password: 'hush'
  })
  t.match(door.lines, [
    { fields: { trace_id: traceId, tool: 'odoo_call', model: 'res.partner', method: 'search_count' } },
    { fields: { session: '0123456789ab', tool: 'odoo_connect', wire: 'jsonrpc', outcome: 'ok' } }
  ])
  t.notHas(door.lines[1], { fields: { model: String } })
  t.notMatch(JSON.stringify(door.lines), /hush|oms_/)
})

t.test('neither a model that no model can be named nor a method that none can is written to the log', async t => {
  const door = openDoor()
  await door.refused('odoo_call', { model: 'hush hush', method: 'hush-hush' })
  await door.refused('odoo_search', { model: ['hush'] })
  t.notMatch(JSON.stringify(door.lines), /hush/)
  t.equal(door.lines.length, 2)
})

t.test('a write that a person has been asked about says so in its audit', async t => {
  const door = openDoor()
  const { signal } = new AbortController()
  const input = { model: 'res.partner', ids: [7] }
  await door.gateway.call({ tool: 'odoo_unlink', input, caller, signal, confirmed: true })
  t.match(door.audits(), [{ ids: [7], confirmed: true, outcome: 'applied' }])
})

t.test('a bug is told as internal in the line of its call', async t => {
  const door = openDoor({ tools: [drifting(search, {})] })
  await t.rejects(door.call('odoo_search', { model: 'res.partner' }))
  t.match(door.lines, [{ message: 'call', fields: { outcome: 'internal' } }])
})

// ---------------------------------------------------------------------------------------------------------------
// Time

t.test('a read has the time of a read as a whole, from its start', async t => {
  let now = 1000
  const door = openDoor({
    clock: () => now,
    answers: () => ({
      fields: async () => {
        now += 20_000
        return new Map()
      }
    })
  })
  await door.call('odoo_search', { model: 'res.partner' })
  t.equal(door.odoo.sent[0]?.scope.deadline, 1000 + 30_000)
})

const kinds: [tool: string, input: JsonObject, timeout: number][] = [
  ['odoo_count', { model: 'res.partner' }, 30_000],
  ['odoo_create', partner, 120_000],
  ['odoo_unlink', { model: 'res.partner', ids: [1] }, 120_000],
  ['odoo_call', { model: 'res.partner', method: 'foo' }, 120_000],
  ['odoo_call', { model: 'res.partner', method: 'name_search' }, 30_000]
]
for (const [tool, input, timeout] of kinds) {
  t.test(`${tool} ${JSON.stringify(input)} may take ${timeout} ms`, async t => {
    const door = openDoor({ clock: () => 1000 })
    await door.call(tool, input)
    t.equal(door.odoo.sent[0]?.scope.deadline, 1000 + timeout)
  })
}

t.test('the signal of the caller reaches down to Odoo', async t => {
  const leaving = new AbortController()
  const seen: boolean[] = []
  const count = (scope: CallScope) => async () => {
    seen.push(scope.signal.aborted)
    leaving.abort()
    seen.push(scope.signal.aborted)
    return 0
  }
  const door = openDoor({ answers: scope => ({ count: count(scope) }) })
  await door.gateway.call({ tool: 'odoo_count', input: { model: 'res.partner' }, caller, signal: leaving.signal })
  t.strictSame(seen, [false, true])
})

t.test('the tools of the door are found by their names and nothing else', async t => {
  const { gateway } = openDoor()
  t.strictSame(gateway.tools, tools)
  t.equal(gateway.find('odoo_search'), search)
  t.equal(gateway.find('odoo_search_read'), search)
  t.equal(gateway.find('constructor'), undefined)
  t.equal(gateway.find('odoo_record'), undefined, 'an internal tool')
  t.equal(gateway.nearest('odoo_reed'), 'odoo_read')
  t.equal(
    (await refusalOf(gateway.call({ tool: '', input: {}, caller, signal: new AbortController().signal }))).code,
    'not_found'
  )
})

t.test('whoever counts calls is told of each, with its outcome', async t => {
  const door = openDoor()
  await door.call('odoo_search_count', { model: 'res.partner' })
  await door.refused('odoo_count', { model: 'res.partner', limit: 1 })
  const { signal } = new AbortController()
  await door.gateway.call({ tool: 'odoo_session', input: {}, caller, signal, background: true })
  t.strictSame(door.counted, [
    { tool: 'odoo_count', outcome: 'ok', ms: 0, rpcs: 1, background: false },
    { tool: 'odoo_count', outcome: 'invalid_input', ms: 0, rpcs: 0, background: false },
    { tool: 'odoo_session', outcome: 'ok', ms: 0, rpcs: 0, background: true }
  ])
})
