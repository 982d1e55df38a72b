import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { noBrowser, openWindow, otherSite } from '../browser/browser.js'
import { connectionFlags, type Flags, startServer } from '../contract/server.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'

// A page of somebody else, open in the browser of a user on whose machine the server listens without a key.

const skip = noBrowser

/** Such a page, and the partner it is after. Every attack is an expression that the page evaluates. */
async function world(t: Test, flags: (site: string) => Flags) {
  const odoo = await sandboxAs(19)
  const admin = await logInDirectly(odoo)
  const name = `Victim ${randomUUID()}`
  const [id = 0] = await admin.call<number[]>('res.partner', 'create', [[{ name }]])
  const site = await otherSite(t, '<!doctype html><title>Free games</title><body></body>')
  const server = await startServer({ ...connectionFlags(odoo), ...flags(site) })
  t.teardown(() => server.close())
  const { page } = await openWindow(t)
  await page.goto(site)
  const named = async () => (await admin.call<{ name: string }[]>('res.partner', 'read', [[id], ['name']]))[0]?.name
  return { server, page, id, name, named, run: (code: string) => page.evaluate(code) as Promise<string> }
}

const read = (url: string, id: number) =>
  `fetch('${url}/read', { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'res.partner', ids: [${id}], fields: ['name'] }) })
    .then(response => response.text(), () => 'blocked')`

/** Without a preflight: the browser sends it, whatever the page may read of the answer. */
const write = (url: string, id: number, type: string) =>
  `fetch('${url}/write', { method: 'POST', mode: 'no-cors', headers: { 'content-type': '${type}' },
    body: JSON.stringify({ model: 'res.partner', ids: [${id}], values: { name: 'Hijacked' } }) })
    .then(() => 'sent', () => 'blocked')`

const form = (url: string, id: number) => `(async () => {
  const frame = Object.assign(document.createElement('iframe'), { name: 'f' })
  const form = Object.assign(document.createElement('form'),
    { method: 'POST', action: '${url}/write', enctype: 'text/plain', target: 'f' })
  const input = Object.assign(document.createElement('input'),
    { name: '{"model":"res.partner","ids":[${id}],"values":{"name":"Hijacked"},"context":{"x":"', value: '"}}' })
  form.append(input)
  document.body.append(frame, form)
  const loaded = new Promise(resolve => frame.addEventListener('load', resolve))
  form.submit()
  await loaded
  return 'sent'
})()`

const stream = (url: string, id: number) =>
  `new Promise(resolve => {
    const events = new EventSource('${url}/events?uri=odoo://res.partner/${id}')
    events.onerror = () => { events.close(); resolve('blocked') }
    events.addEventListener('notifications/connection/established', () => { events.close(); resolve('open') })
  })`

t.test('a page of another site neither reads nor changes anything', { skip }, async t => {
  const { server, run, id, name, named } = await world(t, () => ({}))
  const { url } = server
  t.equal(await run(read(url, id)), 'blocked')
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
    await run(write(url, id, type))
  }
  t.equal(await run(form(url, id)), 'sent', 'a form is sent by every browser')
  t.equal(await run(stream(url, id)), 'blocked')
  t.equal(await named(), name, 'nothing has changed')
})

t.test('control: a page that allowed_origins admits does both, so the browser would let it', { skip }, async t => {
  const { server, run, id, name, named } = await world(t, site => ({ 'allowed-origins': site }))
  const { url } = server
  t.match(await run(read(url, id)), name)
  t.equal(await run(stream(url, id)), 'open')
  await run(`fetch('${url}/write', { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'res.partner', ids: [${id}], values: { name: 'Changed' } }) }).then(r => r.status)`)
  t.equal(await named(), 'Changed')
})

t.test('the page of the server shows what a record says as text, whatever it looks like', { skip }, async t => {
  const { server, page, id } = await world(t, () => ({}))
  const admin = (name: string) =>
    fetch(`${server.url}/write`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'res.partner', ids: [id], values: { name, website: 'javascript:ran=1' } })
    })
  await page.goto(server.url)
  await page.getByLabel('Address of a record or a list').fill(`odoo://res.partner/${id}?fields=name,website`)
  await page.getByRole('button', { name: 'Watch', exact: true }).click()
  await page.getByText('live', { exact: true }).waitFor()
  const attack = `<img src=x onerror="ran=1"><script>ran=1</script><a href="javascript:ran=1">click</a>`
  await admin(attack)
  await page.getByRole('list', { name: 'Changes, newest first' }).getByText('<img src=x').first().waitFor()
  t.equal(await page.evaluate('globalThis.ran'), undefined)
  const made = `[...document.querySelectorAll('#changes img, #changes script, #changes a, [href^="javascript"]')].length`
  t.equal(await page.evaluate(made), 0, 'it makes no element')

  // The control: the same text as HTML, in a page without our policy, runs.
  const { page: other } = await openWindow(t)
  await other.setContent(`<div>${attack.replace('src=x', 'src="data:,"')}</div>`)
  await other.waitForFunction('globalThis.ran === 1')
})
