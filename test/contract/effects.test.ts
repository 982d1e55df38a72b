import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { type LabOdoo, odoos } from '../lab/odoos.js'
import { watchedFetch } from './canary.js'
import {
  type Belongings,
  createBelongings,
  hiddenModel,
  lifted,
  readOnlyModel,
  strict,
  type Way,
  withheldField
} from './hidden-things.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { dialect, mcpHttp, modern, rest, type Surface } from './surfaces.js'
import { createWorld } from './world.js'

// What the policy hides can be neither read, searched nor written by any way in.

interface Witness {
  odoo: LabOdoo
  /** Tells what Odoo saw; absent for a real one. */
  sandbox?: Sandbox
}

async function sandbox(version: 14 | 19): Promise<Witness> {
  const sandbox = await startSandbox({ version })
  t.teardown(() => sandbox.close())
  const { url, database, users } = sandbox
  const { username, password, uid, apiKey } = users.admin
  const name = `sandbox as ${version}`
  return { sandbox, odoo: { name, version: String(version), url, database, username, password, uid, api_key: apiKey } }
}

type McpSurface = Awaited<ReturnType<typeof mcpHttp>>

interface Opened {
  url: string
  mcp: McpSurface
  surfaces: Surface[]
}

async function open(t: Test, odoo: LabOdoo, settings: Flags): Promise<Opened> {
  const limits = { 'requests-per-minute': '0', 'poll-interval': '0.2' }
  const server = await startServer({ ...connectionFlags(odoo), ...limits, ...settings })
  const mcp = await mcpHttp(server.url, modern)
  t.teardown(async () => {
    await mcp.close()
    await server.close()
  })
  return { url: server.url, mcp, surfaces: [rest(server.url), mcp, dialect(server.url)] }
}

/** Everything by which records come out of Odoo or into it, and what the call itself would have sent. */
const telling = 'read search search_read search_count read_group formatted_read_group create write unlink'.split(' ')

function seen(sandbox: Sandbox | undefined, { input }: Way): number {
  const methods = new Set([...telling, ...(typeof input.method === 'string' ? [input.method] : [])])
  return [...methods].reduce((sum, method) => sum + (sandbox?.counts.calls({ method }) ?? 0), 0)
}

for (const { odoo, sandbox: watched } of [
  ...(await odoos()).map(odoo => ({ odoo, sandbox: undefined })),
  await sandbox(14),
  await sandbox(19)
]) {
  const world = await createWorld(odoo)
  const { admin } = world
  const belongings = await createBelongings(admin, world)
  t.teardown(async () => {
    await belongings.close()
    await world.close()
  })

  t.test(`${odoo.name}: what the policy hides is denied by every tool`, async t => {
    const [country = 0] = await admin.call<number[]>('res.country', 'search', [[['code', '=', 'BE']]])
    const [order = 0] = await admin.call<number[]>('sale.order', 'search', [[], 0, 1])
    const ways = [...hiddenModel(world, country), ...withheldField(world, order), ...readOnlyModel(world)]
    const closed = await open(t, odoo, strict)
    const control = await open(t, odoo, lifted)
    // What is learnt once of an Odoo and its models is learnt before anything is counted.
    for (const { call } of closed.surfaces) await call('odoo_get_models')
    for (const row of ways) {
      const { way, tool, input, detail, allowed } = row
      for (const { name, call } of closed.surfaces) {
        const before = seen(watched, row)
        const { problem } = await call(tool, input)
        t.match(problem, { code: 'policy_denied', status: 403, detail, hint: /operator/ }, `${name}: ${way}`)
        t.equal(seen(watched, row), before, `${name}: ${way}: Odoo was asked nothing of it`)
      }
      const [{ call }] = (allowed === undefined ? control : closed).surfaces as [Surface]
      const { output, problem } = await call(tool, allowed ?? input)
      t.ok(output ?? problem?.code !== 'policy_denied', `control: ${way}: ${problem?.detail ?? 'answered'}`)
      t.not(problem?.code, 'invalid_input', `control: ${way} is understood`)
    }
  })

  t.test(`${odoo.name}: nothing chooses a hidden model's names, or a secret, by itself`, async t => {
    const [id] = world.partners
    const read = async ({ surfaces: [surface] }: Opened, tool: string, fields: string[]) => {
      const input = tool === 'odoo_read' ? { model: 'res.partner', ids: [id] } : { model: 'res.partner', limit: 1 }
      const { output } = await (surface as Surface).call(tool, { ...input, fields } as JsonObject)
      const [first = {}] = (output?.records ?? []) as JsonObject[]
      return Object.keys(first)
    }
    const closed = await open(t, odoo, strict)
    const control = await open(t, odoo, lifted)
    for (const tool of ['odoo_search', 'odoo_read']) {
      t.notMatch(await read(closed, tool, ['*']), /country_id|signup_token/, tool)
      t.notMatch(await read(closed, tool, []), /country_id/, tool)
      t.match(await read(control, tool, ['*']), /country_id/, `control: ${tool}`)
    }
    const { contents } = await closed.mcp.client.readResource({ uri: `odoo://res.partner/${id}` })
    t.notMatch(JSON.stringify(contents), /country_id/, 'a resource')
    const inControl = await control.mcp.client.readResource({ uri: `odoo://res.partner/${id}` })
    t.match(JSON.stringify(inControl), /country_id/, 'control: a resource')
  })

  t.test(`${odoo.name}: rows of hidden records are not there`, async t => {
    const closed = await open(t, odoo, {})
    const control = await open(t, odoo, lifted)
    for (const [model, key] of [
      ['ir.attachment', 'attachment'],
      ['mail.message', 'message']
    ] as const) {
      const hidden = belongings.hidden[key]
      const shown = belongings.shown[key]
      const ids = [hidden, shown]
      const domain: Json = [['id', 'in', ids]]
      const find = (method: string, input: JsonObject) => ({ tool: 'odoo_call', input: { model, method, ...input } })
      const asked: { way: string; tool: string; input: JsonObject; result: (output: JsonObject) => unknown }[] = [
        { way: 'read', tool: 'odoo_read', input: { ids, fields: ['id'] }, result: ({ records }) => records },
        { way: 'search', tool: 'odoo_search', input: { domain, fields: ['id'], order: 'id' }, result: o => o.records },
        {
          way: 'a negation',
          tool: 'odoo_search',
          input: { domain: ['!', ['id', 'not in', ids]], fields: ['id'], order: 'id' },
          result: o => o.records
        },
        { way: 'count', tool: 'odoo_count', input: { domain }, result: ({ count }) => rows(ids, count) },
        {
          way: 'count of either',
          tool: 'odoo_count',
          input: { domain: ['|', ['id', '=', hidden], ['id', '=', shown]] },
          result: ({ count }) => rows(ids, count)
        },
        {
          way: 'groups',
          tool: 'odoo_aggregate',
          input: { domain, group_by: [] },
          result: ({ groups }) => rows(ids, (groups as JsonObject[])[0]?.count)
        },
        {
          way: 'groups by owner',
          tool: 'odoo_aggregate',
          input: { domain, group_by: [key === 'message' ? 'model' : 'res_model'] },
          result: ({ groups }) => rows(ids, (groups as Json[]).length)
        },
        {
          way: 'search_read',
          ...find('search_read', { args: [domain, ['id']], kwargs: { order: 'id' } }),
          result: o => o.result
        },
        { way: 'search_count', ...find('search_count', { args: [domain] }), result: ({ result }) => rows(ids, result) },
        {
          way: 'search',
          ...find('search', { args: [domain], kwargs: { order: 'id' } }),
          result: ({ result }) => (result as number[]).map(id => ({ id }))
        }
      ]
      for (const { way, tool, input, result } of asked) {
        for (const { name, call } of closed.surfaces) {
          const { output, problem } = await call(tool, { model, ...input })
          t.strictSame(output && result(output), [{ id: shown }], `${name}: ${model}: ${way} ${problem?.detail ?? ''}`)
        }
        const { output } = await (control.surfaces[0] as Surface).call(tool, { model, ...input })
        t.same(output && result(output), [{ id: hidden }, { id: shown }], `control: ${model}: ${way}`)
      }
    }
    t.match(
      (
        await (closed.surfaces[0] as Surface).call('odoo_read', {
          model: 'ir.attachment',
          ids: [belongings.hidden.attachment]
        })
      ).output,
      {
        count: 0,
        missing: [belongings.hidden.attachment]
      }
    )
    const groups = await (closed.surfaces[0] as Surface).call('odoo_aggregate', {
      model: 'ir.attachment',
      group_by: ['res_model'],
      limit: 1
    })
    t.notMatch(JSON.stringify(groups.output), /=like|ir\.config/, 'the domain of a group is without our term')
  })

  t.test(`${odoo.name}: rows of hidden records are neither changed, nor linked, nor handed to a method`, async t => {
    const closed = await open(t, odoo, {})
    const control = await open(t, odoo, lifted)
    const { hidden, shown } = belongings
    const [id] = world.partners as [number]
    const refused: [string, string, (attachment: number) => JsonObject][] = [
      ['a write', 'odoo_write', attachment => ({ ids: [attachment], values: { description: 'x' } })],
      ['read by odoo_call', 'odoo_call', attachment => ({ method: 'read', ids: [attachment], args: [['datas']] })],
      ['read by position', 'odoo_call', attachment => ({ method: 'read', args: [[attachment], ['datas']] })],
      ['a method nobody knows', 'odoo_call', attachment => ({ method: 'no_such_method', args: [[attachment]] })],
      [
        'a link',
        'odoo_create',
        attachment => ({ model: 'mail.compose.message', values: { attachment_ids: [[4, attachment, 0]] } })
      ],
      ['a copy', 'odoo_call', attachment => ({ method: 'copy', ids: [attachment, 2147483646], args: [{ name: 'x' }] })]
    ]
    for (const [way, tool, input] of refused) {
      for (const { name, call } of closed.surfaces) {
        const { problem } = await call(tool, { model: 'ir.attachment', ...input(hidden.attachment) })
        t.match(
          problem,
          { code: 'policy_denied', detail: /withholds what ir\.attachment \d+ belongs to/ },
          `${name}: ${way}`
        )
      }
      const [first] = control.surfaces as [Surface]
      const { problem } = await first.call(tool, { model: 'ir.attachment', ...input(hidden.attachment) })
      t.not(problem?.code, 'policy_denied', `control: ${way}: ${problem?.detail ?? 'answered'}`)
      const own = await (closed.surfaces[0] as Surface).call(tool, {
        model: 'ir.attachment',
        ...input(shown.attachment)
      })
      t.not(own.problem?.code, 'policy_denied', `control: ${way} of one that may be seen: ${own.problem?.detail ?? ''}`)
    }
    const owners: [JsonObject, RegExp][] = [
      [{ name: 'x', res_model: 'ir.config_parameter', res_id: 1 }, /values\.res_model: .*ir\.config_parameter/],
      [{ name: 'x', res_model: 'res.users', res_id: 2, res_field: 'signature' }, /values\.res_model: .*res\.users/],
      [{ name: 'x', res_model: 'res.partner', res_id: id, res_field: 'my_secret' }, /field my_secret is withheld/]
    ]
    for (const [values, detail] of owners) {
      const { problem } = await (closed.surfaces[0] as Surface).call('odoo_create', { model: 'ir.attachment', values })
      t.match(problem, { code: 'policy_denied', detail }, JSON.stringify(values))
    }
    await throughLetter(t, { closed, control }, belongings, world.major)
  })

  t.test(`${odoo.name}: what belongs to nothing hidden is found and read as ever`, async t => {
    const [closed] = (await open(t, odoo, {})).surfaces as [Surface]
    const own = belongingModels.map(model => [model, admin.call<number>(model, 'search_count', [[]]).catch(() => 0)])
    for (const [model, count] of own as [string, Promise<number>][]) {
      const all = await count
      if (all === 0) continue
      const { output, problem } = await closed.call('odoo_search', { model, limit: 2 })
      t.ok(output, `${model} ${problem?.detail ?? ''}`)
      t.ok(Number(output?.total) <= all, `${model}: ${output?.total} of ${all}`)
      const ids = ((output?.records ?? []) as { id: number }[]).map(({ id }) => id)
      if (ids.length === 0) continue
      t.match((await closed.call('odoo_read', { model, ids })).output, { missing: [] }, `${model} by id`)
    }
  })

  t.test(`${odoo.name}: resources, completion, subscriptions, events and files know nothing of them`, async t => {
    const closed = await open(t, odoo, { 'denied-models': 'res.country' })
    const control = await open(t, odoo, lifted)
    const { attachment } = belongings.hidden
    const uris = [
      `odoo://ir.attachment/${attachment}`,
      `odoo://ir.attachment/binary/datas/${attachment}`,
      'odoo://res.country/list'
    ]
    for (const uri of uris) {
      await t.rejects(closed.mcp.client.readResource({ uri }), uri)
      t.ok(await control.mcp.client.readResource({ uri }), `control: ${uri}`)
      if (uri.includes('/binary/')) continue
      t.ok((await events(closed, uri)) >= 400, `a stream of ${uri}`)
      t.equal(await events(control, uri), 200, `control: a stream of ${uri}`)
      const ofDialect = await jsonRpc(closed, 'read_resource', { uri })
      t.match(ofDialect.error, { code: Number }, `the dialect reads no ${uri}`)
      t.ok((await jsonRpc(control, 'read_resource', { uri })).result, `control: the dialect reads ${uri}`)
    }
    const complete = async ({ mcp }: Opened, name: string, value: string, given: Record<string, string>) => {
      const ref = { type: 'ref/resource' as const, uri: 'odoo://{model}/{id}' }
      const params = { ref, argument: { name, value }, context: { arguments: given } }
      return (await mcp.client.complete(params)).completion.values
    }
    const completed = await complete(closed, 'id', String(attachment), { model: 'ir.attachment' })
    t.notOk(completed.includes(String(attachment)), 'an id is not completed')
    t.match(await complete(control, 'id', String(attachment), { model: 'ir.attachment' }), [String(attachment)])
    t.notMatch(await complete(closed, 'model', 'res.country', {}), /^res\.country$/)
    t.match(await complete(control, 'model', 'res.country', {}), ['res.country'])
    t.strictSame(await complete(closed, 'id', 'Bel', { model: 'res.country' }), [])
    const file = async ({ url }: Opened) =>
      (await watchedFetch(`${url}/binary/ir.attachment/datas/${attachment}`)).status
    t.equal(await file(closed), 403)
    t.equal(await file(control), 200, 'control: a file')
  })
}

const belongingModels = [
  'ir.attachment',
  'ir.model.data',
  'ir.default',
  'ir.property',
  'ir.actions.act_window',
  'mail.message',
  'mail.mail',
  'mail.activity',
  'mail.followers',
  'mail.tracking.value',
  'product.document'
]

/** As many ids as were counted, from the end: the last is that which may be seen. */
function rows(ids: number[], count: Json | undefined) {
  return ids.slice(-Number(count)).map(id => ({ id }))
}

/** A message that may be seen has both attachments: by it, too, one finds only that which may be seen. */
async function throughLetter(
  t: Test,
  { closed, control }: Record<'closed' | 'control', Opened>,
  { letter, hidden, name }: Belongings,
  major: number
) {
  const domain = [
    ['id', '=', letter],
    ['attachment_ids.id', '=', hidden.attachment]
  ]
  const named = [
    ['id', '=', letter],
    '&',
    ['attachment_ids.name', '=', name],
    ['attachment_ids.res_model', '=', 'ir.config_parameter']
  ]
  for (const [way, by] of Object.entries({ domain, named })) {
    const input = { model: 'mail.message', domain: by }
    for (const surface of closed.surfaces) {
      const { output, problem } = await surface.call('odoo_count', input)
      if (major < 17)
        t.match(problem, { code: 'policy_denied', detail: /attachment_ids may lead/ }, `${surface.name}: ${way}`)
      else t.match(output, { count: 0 }, `${surface.name}: ${way} ${problem?.detail ?? ''}`)
    }
    const { output } = await (control.surfaces[0] as Surface).call('odoo_count', input)
    if (major >= 17) t.match(output, { count: 1 }, `control: ${way}`)
  }
}

async function events({ url }: Opened, uri: string): Promise<number> {
  const leave = new AbortController()
  const { status } = await fetch(`${url}/events?${new URLSearchParams({ uri })}`, { signal: leave.signal })
  leave.abort()
  return status
}

async function jsonRpc({ url }: Opened, method: string, params: JsonObject): Promise<JsonObject> {
  const body = JSON.stringify({ jsonrpc: '2.0', method, params })
  const response = await watchedFetch(`${url}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body
  })
  return (await response.json()) as JsonObject
}
