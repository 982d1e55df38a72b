import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type People, type Person, people } from '../lab/people.js'
import { witnesses } from '../lab/witnesses.js'
import { addCanary } from './canary.js'
import { hold } from './leavers.js'
import { type Proxy as OdooProxy, type Passed, startProxy } from './proxy.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { mcpHttp, modern, type Reply, rest } from './surfaces.js'
import { until } from './until.js'

/** Two people on one server, whose Odoo is behind a proxy that sees what is written. */
interface Desk {
  proxy: OdooProxy
  admin: DirectWriter
  /** A salesperson, over MCP. */
  sales: DirectWriter
  /** Leads that both may write. */
  leads: number[]
  read(id: number): Promise<JsonObject | undefined>
}

interface DirectWriter {
  write(ids: number[], values: JsonObject, signal?: AbortSignal): Promise<Reply>
  call(method: string, ids: number[]): Promise<Reply>
}

for (const odoo of await witnesses()) {
  const everybody = await people(odoo)
  addCanary(everybody.sales.password)

  t.test(`${odoo.name}: 16 writes of one record from each of two users arrive, never two at a time`, async t => {
    const { proxy, admin, sales, leads, read } = await open(t, odoo, everybody)
    const [lead = 0] = leads
    const overlap = watchOverlap(proxy)
    const numbers = Array.from({ length: 16 }, (_, n) => n)
    const replies = await Promise.all(
      numbers.flatMap(n => [
        admin.write([lead], { email_cc: `admin ${n}` }),
        sales.write([lead], { email_cc: `sales ${n}` })
      ])
    )
    t.same(
      replies.filter(({ problem }) => problem !== undefined),
      []
    )
    t.equal(writes(proxy).length, 32)
    t.equal(overlap.most(), 1)
    t.match(await read(lead), { email_cc: /^(admin|sales) \d+$/ })
  })

  t.test(`${odoo.name}: writes of different records run at the same time`, async t => {
    const { proxy, admin, sales, leads } = await open(t, odoo, everybody)
    const everyone = meeting(proxy, 4)
    const [a = 0, b = 0, c = 0, d = 0] = leads
    const replies = await Promise.all([
      admin.write([a], { email_cc: 'x' }),
      admin.write([b], { email_cc: 'x' }),
      sales.write([c], { email_cc: 'x' }),
      sales.write([d], { email_cc: 'x' })
    ])
    t.equal(everyone.met, true, 'all four were on their way before the first was answered')
    t.same(
      replies.map(({ problem }) => problem),
      [undefined, undefined, undefined, undefined]
    )
  })

  t.test(`${odoo.name}: a method of a record and its deletion wait for a write that its caller has left`, async t => {
    const { proxy, admin, sales, leads, read } = await open(t, odoo, everybody)
    const [first = 0, second = 0, third = 0] = leads
    const held = hold('write')
    proxy.beforeAnswer = held.gate
    const leave = new AbortController()
    const gone = admin.write([first, second], { email_cc: 'left' }, leave.signal).catch(() => 'gone')
    await held.here
    leave.abort()
    t.equal(await gone, 'gone')
    proxy.beforeAnswer = () => {}
    const archived = admin.call('action_archive', [first])
    const deleted = admin.call('unlink', [second])
    // That another record is written meanwhile shows that the two had their time to be sent.
    t.match(await sales.write([third], { email_cc: 'meanwhile' }), { output: { updated: 1 } })
    t.same(
      writes(proxy).map(({ method }) => method),
      ['write', 'write']
    )
    held.letGo()
    t.match(await archived, { output: { result: null } })
    t.match(await deleted, { output: { result: true } })
    t.match(await read(first), { email_cc: 'left', active: false })
    t.equal(await read(second), undefined)
  })

  t.test(`${odoo.name}: when too many wait for a record, the next is told so at once`, async t => {
    const { proxy, admin, sales, leads } = await open(t, odoo, everybody, { 'write-timeout': '60' })
    const [lead = 0] = leads
    const held = hold('write')
    proxy.beforeAnswer = held.gate
    const first = admin.write([lead], { email_cc: 'first' })
    await held.here
    const waiting = Array.from({ length: 60 }, (_, n) => admin.write([lead], { email_cc: `${n}` }))
    const busy = (await Promise.race(waiting)).problem
    t.match(busy, { code: 'busy', status: 503, outcome: 'not_applied', retry_after_s: 5 })
    t.match(await sales.write([lead], { email_cc: 'sales' }), { problem: { code: 'busy', outcome: 'not_applied' } })
    held.letGo()
    t.match(await first, { output: { updated: 1 } })
    const applied = (await Promise.all(waiting)).filter(({ output }) => output !== undefined)
    t.equal(applied.length, 50)
    t.equal(writes(proxy).length, 51, 'whoever was refused was never sent')
    t.match(await sales.write([lead], { email_cc: 'sales' }), { output: { updated: 1 } }, 'the record is free again')
  })

  t.test(`${odoo.name}: a write whose time is up before its turn is certainly not applied`, async t => {
    const { proxy, admin, sales, leads, read } = await open(t, odoo, everybody, { 'write-timeout': '2' })
    const [lead = 0] = leads
    const held = hold('write')
    proxy.beforeAnswer = held.gate
    const first = admin.write([lead], { email_cc: 'first' })
    await held.here
    const second = await sales.write([lead], { email_cc: 'second' })
    t.match(second.problem, { code: 'timeout', outcome: 'not_applied' })
    t.match(await first, { problem: { code: 'timeout', outcome: 'unknown' } }, 'control: the first was sent')
    held.letGo()
    await until('the record is free again', async () => (await admin.write([lead], { phone: '1' })).output)
    t.match(await read(lead), { email_cc: 'first', phone: '1' })
  })
}

async function open(t: Test, odoo: LabOdoo, everybody: People, flags: Flags = {}): Promise<Desk> {
  const { admin, sales } = everybody
  const rows = [1, 2, 3, 4].map(n => ({ name: `queue ${n} ${randomUUID()}`, user_id: sales.uid }))
  const leads = await admin.call<number[]>('crm.lead', 'create', [rows])
  t.teardown(async () => {
    const left = await admin.call<number[]>('crm.lead', 'search', [[['id', 'in', leads]]], {
      context: { active_test: false }
    })
    await admin.call('crm.lead', 'unlink', [left])
  })
  const proxy = await startProxy(odoo.url)
  const viaProxy = { ...odoo, url: proxy.url }
  const server = await startServer({ ...connectionFlags(viaProxy), 'allow-connect': true, ...flags })
  t.teardown(() => Promise.all([server.close(), proxy.close()]))
  const desk: Desk = {
    proxy,
    admin: overRest(server.url),
    sales: await overMcp(t, server.url, viaProxy, sales),
    leads,
    async read(id) {
      const [row] = await admin.call<JsonObject[]>('crm.lead', 'read', [[id], ['email_cc', 'phone', 'active']])
      return row
    }
  }
  // What the checks look up is known from now on: the next calls go straight to the queue.
  for (const person of [desk.admin, desk.sales])
    await until('warm', async () => (await person.write(leads, { phone: '0' })).output)
  proxy.seen.splice(0)
  return desk
}

function overRest(url: string): DirectWriter {
  const door = rest(url)
  return {
    async write(ids, values, signal) {
      if (signal === undefined) return door.call('odoo_write', { model: 'crm.lead', ids, values })
      const body = JSON.stringify({ model: 'crm.lead', ids, values })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${url}/write`, { method: 'POST', headers, body, signal })
      throw new Error('the caller was to leave')
    },
    call: (method, ids) => door.call('odoo_call', { model: 'crm.lead', method, ids })
  }
}

async function overMcp(
  t: Test,
  url: string,
  { url: odooUrl, database }: LabOdoo,
  person: Person
): Promise<DirectWriter> {
  const door = await mcpHttp(url, modern)
  t.teardown(() => door.close())
  const { username, password } = person
  const { output } = await door.call('odoo_connect', { url: odooUrl, database, username, password })
  const session = output?.session as string
  return {
    write: (ids, values) => door.call('odoo_write', { model: 'crm.lead', ids, values, session }),
    call: (method, ids) => door.call('odoo_call', { model: 'crm.lead', method, ids, session })
  }
}

const reading = new Set(['fields_get', 'read', 'search', 'search_read', 'authenticate', 'version', 'context_get'])

function writes({ seen }: OdooProxy): Passed[] {
  return seen.filter(({ model, method }) => model === 'crm.lead' && !reading.has(method))
}

/** The most writes that Odoo had to deal with at one time. */
function watchOverlap(proxy: OdooProxy): { most(): number } {
  let now = 0
  let most = 0
  const isWrite = ({ method }: Passed) => method === 'write'
  proxy.beforeForward = passed => {
    if (isWrite(passed)) most = Math.max(most, ++now)
  }
  proxy.beforeAnswer = passed => {
    if (isWrite(passed)) now -= 1
  }
  return { most: () => most }
}

/** Lets no write through until `size` of them have come. */
function meeting(proxy: OdooProxy, size: number): { met: boolean } {
  const state = { met: false }
  let here = 0
  let open = () => {}
  const all = new Promise<void>(resolve => {
    open = resolve
  })
  proxy.beforeForward = async ({ method }) => {
    if (method !== 'write') return
    here += 1
    if (here === size) {
      state.met = true
      open()
    }
    await all
  }
  return state
}
