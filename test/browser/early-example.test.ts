import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { connectionFlags, type Flags, startServer } from '../contract/server.js'
import { until } from '../contract/until.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { cuttingProxy } from '../mcp/cutting-proxy.js'
import { noBrowser, openWindow, otherSite } from './browser.js'

// The examples of docs/early-clients.md as they stand there, but for the address and the session, in a page of another
// site.

const skip = noBrowser

const doc = readFileSync(new URL('../../docs/early-clients.md', import.meta.url), 'utf8')
const examples = [...doc.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

/** An example with the address of a server. */
function example(index: number, url: string): string {
  const code = examples[index] as string
  const placed = code.replace("'http://localhost:8080'", `'${new URL(url).origin}'`)
  if (placed === code) throw new Error('the example names no address')
  return placed
}

/** A partner of the test's own, deleted with it. */
async function partnerOf(t: Test, odoo: LabOdoo): Promise<{ admin: DirectOdoo; id: number; uri: string }> {
  const admin = await logInDirectly(odoo)
  const id = await admin.call<number>('res.partner', 'create', [{ name: `Early ${randomUUID()}` }])
  t.teardown(() => admin.call('res.partner', 'unlink', [[id]]))
  return { admin, id, uri: `odoo://res.partner/${id}` }
}

/** A page of another site, in which `load` runs a script, and a way from it to a server that can be cut. */
async function pageWith(t: Test, flags: Flags, { admitted = true } = {}) {
  const site = await otherSite(t, '<!doctype html><title>Dashboard</title>')
  const origins: Flags = admitted ? { 'allowed-origins': site } : {}
  const server = await startServer({ ...flags, ...origins, 'poll-interval': '0.2' })
  t.teardown(() => server.close())
  const proxy = await cuttingProxy(t, new URL(server.url))
  const { page, complaints } = await openWindow(t)
  /** What the console of the page said. */
  const said: string[] = []
  page.on('console', async message => {
    const parts = await Promise.all(message.args().map(part => part.jsonValue().catch(() => '')))
    said.push(parts.map(part => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
  })
  await page.goto(site)
  /** What a browser asks before it sends such a request. */
  const preflight = async (path: string, method: string, header: string) => {
    const asked = { origin: site, 'access-control-request-method': method, 'access-control-request-headers': header }
    const { status, headers } = await fetch(server.url + path, { method: 'OPTIONS', headers: asked })
    return { status, origin: headers.get('access-control-allow-origin'), site }
  }
  return {
    server,
    preflight,
    said,
    complaints,
    cut: proxy.cut,
    load: (script: (url: string) => string) => page.addScriptTag({ content: script(proxy.url.href) }),
    run: <T = JsonObject>(expression: string) => page.evaluate(expression) as Promise<T>
  }
}

for (const odoo of skip === false ? await witnesses() : []) {
  t.test(`${odoo.name}: the example runs in a browser, from another site`, async t => {
    const { admin, id, uri } = await partnerOf(t, odoo)
    const { run, said, complaints, load, cut } = await pageWith(t, connectionFlags(odoo))
    await load(url => example(0, url))
    await until('the stream is established', () => said.some(line => /^connected \S+/.test(line)))

    const found = await run<JsonObject[]>('searchPartners()')
    t.equal(found.length, 10)
    t.match(found[0], { id: Number, name: String })

    t.match(await run(`send('subscribe_resource', { uri: '${uri}' })`), { id: null, result: { uri } })
    await admin.call('res.partner', 'write', [[id], { name: 'Changed in Odoo' }])
    await until('the change is told', () => said.some(line => line.startsWith(`changed ${uri}`)))
    const seen = await run(`send('read_resource', { uri: '${uri}' })`)
    t.match(seen, { result: { contents: [{ uri, text: /Changed in Odoo/ }] } })
    t.strictSame(complaints, [])

    const connections = () => said.filter(line => line.startsWith('connected')).length
    const isTold = (name: string) => said.some(line => line.startsWith(`changed ${uri}`) && line.includes(name))
    cut()
    await admin.call('res.partner', 'write', [[id], { name: 'While the line was cut' }])
    await until('the browser has come back by itself', () => connections() >= 2)
    await until('what it missed is told', () => isTold('While the line was cut'))
    await admin.call('res.partner', 'write', [[id], { name: 'After that' }])
    await until('and what comes after', () => isTold('After that'))

    t.match(await run(`send('unsubscribe_resource', { uri: '${uri}' })`), { result: { uri } })
    t.match(await run("send('call_tool', { name: 'odoo_serach' })"), { error: { code: -32004 } })
  })
}

const preflights: [path: string, method: string, header: string][] = [
  ['/mcp', 'POST', 'content-type'],
  ['/mcp', 'POST', 'authorization,content-type'],
  ['/events', 'GET', 'authorization,last-event-id'],
  ['/events/ticket', 'POST', 'authorization,content-type']
]

t.test('what a browser asks beforehand is granted to a page that the settings admit', { skip }, async t => {
  const { preflight } = await pageWith(t, connectionFlags(await sandboxAs(19)))
  for (const asked of preflights) {
    const { status, origin, site } = await preflight(...asked)
    t.strictSame({ status, origin }, { status: 204, origin: site }, asked.join(' '))
  }
})

const key = 'k'.repeat(40)

t.test('with a session the example opens its stream with a ticket, and survives a cut line', { skip }, async t => {
  const odoo = await sandboxAs(19)
  const { admin, id, uri } = await partnerOf(t, odoo)
  const flags = { ...connectionFlags(odoo), 'allow-connect': true, 'access-keys': `page=${key}` }
  const { run, said, server, load, cut } = await pageWith(t, flags)
  const { url, database, username, password } = odoo
  const connected = await fetch(`${server.url}/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ url, database, username, password })
  })
  const { session } = (await connected.json()) as { session: string }
  await load(url => example(1, url).replace("'oms_b_…'", `'${session}'`))
  await run(`openEvents().then(events => {
    globalThis.events = events
    for (const name of ['connection/established', 'resources/updated']) {
      events.addEventListener('notifications/' + name, ({ data }) => console.log(data))
    }
  })`)
  const paramsOf = (name: string) =>
    said
      .filter(line => line.startsWith('{') && line.includes(name))
      .map(line => (JSON.parse(line) as { params: JsonObject }).params)
  const client_id = await until('the stream is established', () => paramsOf('established')[0]?.client_id)
  t.match(await run(`post('/subscribe', { client_id: '${client_id}', uri: '${uri}' })`), { status: 'success' })
  await admin.call('res.partner', 'write', [[id], { name: 'Seen with a session' }])
  const names = () => paramsOf('updated').map(({ data }) => (data as JsonObject).name)
  await until('the change is told', () => names().includes('Seen with a session'))

  cut()
  await admin.call('res.partner', 'write', [[id], { name: 'Seen after the cut' }])
  await until('the spent ticket lets the browser in again', () => paramsOf('established').length === 2)
  await until('what it missed is told', () => names().includes('Seen after the cut'))
  t.equal(paramsOf('established')[1]?.client_id, client_id, 'it is the same stream')
  t.equal(await run('new URL(events.url).searchParams.has("ticket")'), true)
})

t.test('a page that the settings do not admit is refused, and so is its preflight', { skip }, async t => {
  const odoo = await sandboxAs(19)
  const { run, said, load, preflight } = await pageWith(t, connectionFlags(odoo), { admitted: false })
  for (const asked of preflights) {
    t.match(await preflight(...asked), { status: 403, origin: null }, asked.join(' '))
  }
  await load(url => example(0, url))
  const outcome = await run<string>("send('list_tools', {}).then(() => 'answered', () => 'refused')")
  t.equal(outcome, 'refused')
  await until('the stream has failed', () => run<boolean>('events.readyState === 2'))
  t.notOk(said.some(line => line.startsWith('connected')))
})
