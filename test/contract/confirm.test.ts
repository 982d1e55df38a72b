import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { askedClients, connect, type Said, yes } from './asked.js'
import { type Proxy as OdooProxy, startProxy } from './proxy.js'
import { connectionFlags, startServer } from './server.js'
import { dialect, mcpHttp, modern, rest, type Surface, stdio } from './surfaces.js'
import { createWorld, type World } from './world.js'

const confirming = { 'confirm-destructive': true }

/** A server whose Odoo is behind a proxy that counts, and the settings of it for stdio. */
async function open(t: Test, odoo: LabOdoo, settings = {}) {
  const proxy = await startProxy(odoo.url)
  const flags = { ...connectionFlags({ ...odoo, url: proxy.url }), ...confirming, ...settings }
  const server = await startServer(flags)
  t.teardown(async () => {
    await server.close()
    await proxy.close()
  })
  return { proxy, flags, url: server.url, log: server.log }
}

const sent = ({ seen }: OdooProxy, ...methods: string[]) => seen.filter(({ method }) => methods.includes(method)).length

async function partner({ admin, ref }: World, values: JsonObject = {}): Promise<number> {
  const [id] = await admin.call<number[]>('res.partner', 'create', [[{ name: 'to be deleted', ref, ...values }]])
  return id as number
}

const count = ({ admin }: World, id: number) => admin.call<number>('res.partner', 'search_count', [[['id', '=', id]]])

const unlink = (id: number): [string, JsonObject] => ['odoo_unlink', { model: 'res.partner', ids: [id] }]
const denied = { code: 'policy_denied', outcome: 'not_applied' }

/** Whatever is no yes. */
const noes: Record<string, Said> = {
  no: { action: 'decline' },
  'closing the question': { action: 'cancel' },
  'accepting it without a tick': { action: 'accept', content: { confirm: false } },
  'accepting it with other content': { action: 'accept', content: { yes: true } },
  'accepting it with text in place of the tick': { action: 'accept', content: { confirm: 'true' } },
  'accepting it with nothing': { action: 'accept' }
}

const all = await witnesses()
/** A process takes long to start, so those of stdio are tried with one Odoo: a real one where there is one. */
const first = all.find(({ name }) => name === 'Odoo 19') ?? all.at(-1)
const ways = (odoo: LabOdoo) => Object.keys(askedClients).filter(way => odoo === first || way.startsWith('MCP'))

for (const odoo of all) {
  const world = await createWorld(odoo)
  t.teardown(() => world.close())

  t.test(`${odoo.name}: confirm_destructive`, async t => {
    const { proxy, flags, url, log } = await open(t, odoo)

    for (const way of ways(odoo)) {
      t.test(`${way}: a person is asked once, and only a yes sends the call, once`, async t => {
        const client = await connect(way, { url, flags })
        t.teardown(() => client.close())
        const id = await partner(world)
        const before = sent(proxy, 'unlink')
        for (const [what, said] of Object.entries(noes)) {
          client.answer = () => said
          t.match(await client.call(...unlink(id)), { problem: { ...denied, hint: String } }, what)
        }
        t.equal(client.questions.length, Object.keys(noes).length)
        t.equal(sent(proxy, 'unlink'), before)
        t.equal(await count(world, id), 1)

        client.answer = () => yes
        client.questions.splice(0)
        t.match(await client.call(...unlink(id)), { output: { deleted: 1 } })
        t.same(client.questions, [`Delete 1 record of res.partner (${id})? This cannot be undone.`])
        t.equal(sent(proxy, 'unlink'), before + 1)
        t.equal(await count(world, id), 0)

        const domain = [['id', '=', id]]
        t.match(await client.call('odoo_count', { model: 'res.partner', domain }), { output: { count: 0 } })
        const made = await client.call('odoo_create', { model: 'res.partner', values: { name: 'x', ref: world.ref } })
        t.match(made, { output: { id: Number } })
        t.equal(client.questions.length, 1, 'of what destroys nothing nobody is asked')
      })
    }

    t.test('a client that cannot be asked is told so, and what its user can do', async t => {
      const clients: Surface[] = await Promise.all([mcpHttp(url, modern), mcpHttp(url, 'legacy')])
      if (odoo === first) clients.push(await stdio(flags, 'legacy'))
      t.teardown(() => Promise.all(clients.map(client => client.close())))
      const id = await partner(world)
      for (const { name, call } of clients) {
        const hint = /cannot be asked: it does not offer elicitation/
        t.match(await call(...unlink(id)), { problem: { ...denied, hint } }, name)
      }
      t.equal(await count(world, id), 1)
    })

    t.test('a model cannot confirm for itself: over MCP there is no argument confirm', async t => {
      const client = await mcpHttp(url, modern)
      t.teardown(() => client.close())
      const [tool, input] = unlink(await partner(world))
      const { problem } = await client.call(tool, { ...input, confirm: true })
      t.match(problem, { code: 'invalid_input', detail: /^confirm: unknown key/, outcome: 'not_applied' })
    })

    for (const { name, call } of [rest(url), dialect(url)] as Surface[]) {
      t.test(`${name}: confirm: true stands for the person`, async t => {
        const id = await partner(world)
        const [tool, input] = unlink(id)
        const before = sent(proxy, 'unlink')
        const detail = `This server asks first about what cannot be undone. Delete 1 record of res.partner (${id})? This cannot be undone.`
        t.match(await call(tool, input), { problem: { ...denied, detail, hint: /"confirm": true/ } })
        t.match(await call(tool, { ...input, confirm: false }), { problem: denied })
        for (const confirm of ['true', 1, null, {}]) {
          const { problem } = await call(tool, { ...input, confirm })
          t.match(problem, { code: 'invalid_input', detail: /^confirm: /, outcome: 'not_applied' })
        }
        t.equal(sent(proxy, 'unlink'), before)
        t.match(await call(tool, { ...input, confirm: true }), { output: { deleted: 1 } })
        t.equal(sent(proxy, 'unlink'), before + 1)
        t.equal(await count(world, id), 0)
        const read = await call('odoo_count', { model: 'res.partner', confirm: true })
        t.match(read, { problem: { code: 'invalid_input', detail: /^confirm: unknown key/ } }, 'reads take none')
      })
    }

    t.test('whatever destroys is asked about, whatever the tool', async t => {
      const parent = await partner(world)
      const child = await partner(world, { parent_id: parent })
      const before = sent(proxy, 'unlink', 'write', 'create', 'toggle_active')
      const { call } = rest(url)
      for (const [tool, input, question] of destroying(parent, child)) {
        t.match(await call(tool, input), { problem: { ...denied, detail: question } }, question)
      }
      t.equal(sent(proxy, 'unlink', 'write', 'create', 'toggle_active'), before)
      t.equal(await count(world, child), 1)
      for (const [tool, input, question] of destroying(parent, child).slice(0, 2)) {
        const { problem } = await call(tool, { ...input, confirm: true })
        t.equal(problem, undefined, `control, confirmed: ${question}`)
      }
      t.equal(await count(world, child), 0)
    })

    t.test('a person is only asked about what would be sent', async t => {
      const client = await connect('MCP 2025-11-25', { url, flags })
      t.teardown(() => client.close())
      client.answer = () => yes
      const wrong = [
        { model: 'no.such.model', ids: [1] },
        { model: 'res.users', ids: [1] },
        { model: 'res.partner', ids: [] }
      ]
      for (const input of wrong) t.match(await client.call('odoo_unlink', input), { problem: { code: String } })
      t.same(client.questions, [])
    })

    t.test('a question takes none of the time that the call has', async t => {
      const hurried = await open(t, odoo, { 'write-timeout': 5, 'odoo-timeout': 5 })
      for (const way of ['MCP 2026-07-28', 'MCP 2025-11-25']) {
        const client = await connect(way, hurried)
        t.teardown(() => client.close())
        const id = await partner(world)
        const now = Date.now
        client.answer = () => {
          // The person takes six seconds, and so do all clocks of this process.
          Date.now = () => now() + 6000
          return yes
        }
        try {
          t.match(await client.call(...unlink(id)), { output: { deleted: 1 } }, way)
        } finally {
          Date.now = now
        }
      }
    })

    t.test('the audit has a line for every question and for every call that was sent', async t => {
      const id = await partner(world)
      const [tool, input] = unlink(id)
      const lines = () =>
        log.flatMap(({ audit }) => ((audit as JsonObject | undefined)?.ids?.toString() === `${id}` ? [audit] : []))
      await rest(url).call(tool, input)
      await rest(url).call(tool, { ...input, confirm: true })
      t.match(lines(), [
        { outcome: 'not_applied', code: 'policy_denied', tool },
        { outcome: 'applied', tool }
      ])
    })
  })

  t.test(`${odoo.name}: control: without the setting nobody is asked, and confirm does nothing`, async t => {
    const { proxy, flags, url } = await open(t, odoo, { 'confirm-destructive': false })
    const client = await connect('MCP 2026-07-28', { url, flags })
    t.teardown(() => client.close())
    t.match(await client.call(...unlink(await partner(world))), { output: { deleted: 1 } })
    t.same(client.questions, [])
    for (const { call } of [rest(url), dialect(url)]) {
      const [tool, input] = unlink(await partner(world))
      t.match(await call(tool, { ...input, confirm: true }), { output: { deleted: 1 } })
    }
    t.equal(sent(proxy, 'unlink'), 3)
  })
}
if ((await odoos()).length === 0) t.pass('with a real Odoo', { skip: noOdoo })

/** Calls that destroy, with the question about each. The first two destroy the same child. */
function destroying(parent: number, child: number): [string, JsonObject, string][] {
  const on = `1 record of res.partner (${parent})`
  const named = 'delete other records that the values name? This cannot be undone.'
  const call = { model: 'res.partner', method: 'unlink' }
  return [
    [
      'odoo_write',
      { model: 'res.partner', ids: [parent], values: { child_ids: [[2, child]] } },
      `Change ${on} and ${named}`
    ],
    [
      'odoo_call',
      { model: 'res.partner', method: 'toggle_active', ids: [parent] },
      `Run the method toggle_active on ${on}?`
    ],
    ['odoo_call', { ...call, ids: [child] }, `Delete 1 record of res.partner (${child})?`],
    ['odoo_call', { ...call, args: [[child, parent]] }, `Delete 2 records of res.partner (${child}, ${parent})?`],
    ['odoo_execute_kw', { ...call, args: [[child]] }, `Delete 1 record of res.partner (${child})?`],
    ['odoo_write', { model: 'res.partner', ids: [parent], values: { child_ids: [[5]] } }, `Change ${on} and ${named}`],
    [
      'odoo_write',
      { model: 'res.partner', ids: [parent], values: { child_ids: [[6, 0, []]] } },
      `Change ${on} and ${named}`
    ],
    [
      'odoo_write',
      { model: 'res.partner', ids: [parent], values: { child_ids: [[1, child, { child_ids: [[2, parent]] }]] } },
      `Change ${on} and ${named}`
    ],
    [
      'odoo_create',
      { model: 'res.partner', values: { name: 'x', child_ids: [[2, child]] } },
      `Create records of res.partner and ${named}`
    ],
    [
      'odoo_call',
      { model: 'res.partner', method: 'write', args: [[parent], { child_ids: [[2, child]] }] },
      `Run the method write on ${on}?`
    ]
  ]
}
