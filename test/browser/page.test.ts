import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { connectionFlags, type Flags, startServer } from '../contract/server.js'
import { until } from '../contract/until.js'
import type { LabOdoo } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { cuttingProxy } from '../mcp/cutting-proxy.js'
import { noBrowser, type Opened, openWindow, otherSite } from './browser.js'

const skip = noBrowser

/** A server with the page, and a partner in its Odoo that is the test's own. */
async function serve(t: Test, odoo: LabOdoo, flags: Flags = {}) {
  const admin = await logInDirectly(odoo)
  const city = `Page ${randomUUID()}`
  const id = await admin.call<number>('res.partner', 'create', [{ name: 'Watched', city }])
  const server = await startServer({ ...connectionFlags(odoo), 'poll-interval': '0.2', ...flags })
  t.teardown(async () => {
    await server.close()
    const left = await admin.call<number[]>('res.partner', 'search', [[['city', '=', city]]])
    if (left.length > 0) await admin.call('res.partner', 'unlink', [left])
  })
  return { server, admin, id, city, uri: `odoo://res.partner/${id}` }
}

async function watch({ page }: Opened, uri: string): Promise<void> {
  await page.getByLabel('Address of a record or a list').fill(uri)
  await page.getByRole('button', { name: 'Watch', exact: true }).click()
  await page.getByRole('list', { name: 'Watched' }).getByText(uri, { exact: true }).waitFor()
}

const changesOf = ({ page }: Opened) => page.getByRole('list', { name: 'Changes, newest first' })

for (const odoo of skip === false ? await witnesses() : []) {
  t.test(`${odoo.name}: the page says what it is connected to and shows a change that was made in Odoo`, async t => {
    const { server, admin, id, city, uri } = await serve(t, odoo)
    const opened = await openWindow(t)
    const { page, complaints } = opened
    await page.goto(server.url)
    await page.getByText('connected', { exact: true }).waitFor()
    const connection = page.getByRole('region', { name: 'Connection' })
    for (const said of [odoo.url, odoo.database, odoo.username]) await connection.getByText(said).waitFor()
    t.equal(await page.getByRole('region', { name: 'Tools' }).getByText('odoo_search', { exact: true }).count(), 1)
    await page.getByText(`${server.url}/mcp`).waitFor()

    await watch(opened, uri)
    const list = `odoo://res.partner/list?domain=${encodeURIComponent(JSON.stringify([['city', '=', city]]))}&fields=name`
    await watch(opened, list)
    await page.getByText('live', { exact: true }).waitFor()

    await admin.call('res.partner', 'write', [[id], { name: 'Renamed <b>in</b> Odoo' }])
    const changes = changesOf(opened)
    const change = changes.getByRole('listitem').filter({ has: page.getByText(uri, { exact: true }) })
    await change.locator('del', { hasText: 'Watched' }).first().waitFor()
    t.match(await change.first().innerText(), /name Watched → Renamed <b>in<\/b> Odoo/, 'as text, never as HTML')

    const second = await admin.call<number>('res.partner', 'create', [{ name: 'Newcomer', city }])
    await changes.getByText(`Newcomer (${second}) is in the list now`).waitFor()
    await changes.getByText('1 → 2 records').waitFor()

    await admin.call('res.partner', 'unlink', [[id]])
    await changes.getByText('Deleted, or no longer yours to see.').waitFor()
    t.strictSame(complaints, [])
  })
}

t.test('a URI that is wrong is refused in the words of the server, and nothing is watched', { skip }, async t => {
  const { server } = await serve(t, await sandboxAs(19))
  const { page } = await openWindow(t)
  await page.goto(server.url)
  await page.getByLabel('Address of a record or a list').fill('odoo://res.partnr/1')
  await page.getByRole('button', { name: 'Watch', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'res.partnr' }).waitFor()
  t.equal(await page.getByRole('list', { name: 'Watched' }).getByRole('listitem').count(), 0)
})

t.test('what is no longer watched is no longer shown', { skip }, async t => {
  const { server, admin, id, uri, city } = await serve(t, await sandboxAs(19))
  const opened = await openWindow(t)
  const { page } = opened
  await page.goto(server.url)
  const other = await admin.call<number>('res.partner', 'create', [{ name: 'Other', city }])
  await watch(opened, uri)
  await watch(opened, `odoo://res.partner/${other}`)
  await page.getByRole('button', { name: `Stop watching ${uri}` }).click()
  await page.getByRole('list', { name: 'Watched' }).getByText(uri, { exact: true }).waitFor({ state: 'detached' })
  await admin.call('res.partner', 'write', [[id], { name: 'Unseen' }])
  await admin.call('res.partner', 'write', [[other], { name: 'Seen' }])
  await changesOf(opened)
    .locator('ins', { hasText: /^Seen$/ })
    .first()
    .waitFor()
  t.equal(await changesOf(opened).getByText('Unseen').count(), 0)
})

t.test('a page whose connection is cut goes on by itself, with what changed meanwhile', { skip }, async t => {
  const { server, admin, id, uri } = await serve(t, await sandboxAs(19))
  const proxy = await cuttingProxy(t, new URL(server.url))
  const opened = await openWindow(t)
  const { page } = opened
  await page.goto(proxy.url.href)
  await watch(opened, uri)
  proxy.cut()
  await page.getByText('reconnecting', { exact: true }).waitFor()
  await admin.call('res.partner', 'write', [[id], { name: 'While away' }])
  await changesOf(opened).locator('ins', { hasText: 'While away' }).first().waitFor()
  await admin.call('res.partner', 'write', [[id], { name: 'Back again' }])
  await changesOf(opened).locator('ins', { hasText: 'Back again' }).first().waitFor()
  t.pass()
})

t.test('a page survives a restart of the server, and shows what changed meanwhile', { skip }, async t => {
  const odoo = await sandboxAs(19)
  const { server, admin, id, uri } = await serve(t, odoo)
  const opened = await openWindow(t)
  await opened.page.goto(server.url)
  await watch(opened, uri)
  await opened.page.getByText('live', { exact: true }).waitFor()
  await server.close()
  await opened.page.getByText('live', { exact: true }).waitFor({ state: 'detached' })
  await admin.call('res.partner', 'write', [[id], { name: 'While it was down' }])
  const again = await startServer({ ...connectionFlags(odoo), port: new URL(server.url).port })
  t.teardown(() => again.close())
  await changesOf(opened).locator('ins', { hasText: 'While it was down' }).first().waitFor()
  await opened.page.getByText('live', { exact: true }).waitFor()
  t.pass()
})

const key = 'k'.repeat(40)

t.test('where a key is needed the page asks for it, and keeps it to itself', { skip }, async t => {
  const { server, admin, id, uri } = await serve(t, await sandboxAs(19), { 'access-keys': `page=${key}` })
  const opened = await openWindow(t)
  const { page, context } = opened
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.goto(server.url)
  await page.getByText('not signed in', { exact: true }).waitFor()
  const field = page.getByLabel('An access key of this server')
  await field.fill('w'.repeat(40))
  await field.press('Enter')
  await page
    .getByRole('alert')
    .filter({ hasText: /missing or not valid/ })
    .waitFor()
  await field.fill(key)
  await field.press('Enter')
  await page.getByText('connected', { exact: true }).waitFor()

  await watch(opened, uri)
  await admin.call('res.partner', 'write', [[id], { name: 'Seen with a key' }])
  await changesOf(opened).locator('ins', { hasText: 'Seen with a key' }).first().waitFor()
  t.ok(asked.some(url => url.includes('/events?ticket=')))
  t.notOk(asked.some(url => url.includes(key)))
  t.strictSame(await context.cookies(), [])
  // A browser's own types are not known here.
  const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')
  t.equal(kept, '[{},{},""]')
})

t.test('the page runs no script but its own, and asks no server but this one', { skip }, async t => {
  const { server } = await serve(t, await sandboxAs(19))
  const elsewhere = await otherSite(t, '')
  const { page } = await openWindow(t)
  const reach = `fetch('${elsewhere}', { mode: 'no-cors' }).then(() => 'reached', () => 'blocked')`
  await page.goto(elsewhere)
  await page.addScriptTag({ content: 'globalThis.ran = true' })
  t.equal(await page.evaluate('globalThis.ran'), true, 'a page without a policy runs it')
  t.equal(await page.evaluate(reach), 'reached')

  await page.goto(server.url)
  await t.rejects(page.addScriptTag({ content: 'globalThis.ran = true' }))
  t.equal(await page.evaluate('globalThis.ran'), undefined)
  t.equal(await page.evaluate(reach), 'blocked')
  await t.rejects(page.evaluate('document.body.innerHTML = "<b>x</b>"'), /TrustedHTML/)
})

for (const [device, width] of [
  ['a small phone', 320],
  ['a desk', 1400]
] as const) {
  t.test(`the page fits ${device}, in the light and in the dark`, { skip }, async t => {
    const { server, admin, id, uri } = await serve(t, await sandboxAs(19))
    const papers = new Set<unknown>()
    for (const colorScheme of ['light', 'dark'] as const) {
      const opened = await openWindow(t, { viewport: { width, height: 700 }, colorScheme })
      await opened.page.goto(server.url)
      await watch(opened, uri)
      await admin.call('res.partner', 'write', [[id], { name: `${colorScheme} ${'long'.repeat(60)}` }])
      await changesOf(opened).locator('ins', { hasText: colorScheme }).first().waitFor()
      await until('nothing is wider than the window', () =>
        opened.page.evaluate('document.documentElement.scrollWidth <= innerWidth')
      )
      papers.add(await opened.page.evaluate('getComputedStyle(document.body).backgroundColor'))
    }
    t.equal(papers.size, 2)
  })
}
