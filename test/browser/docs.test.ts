import t from 'tap'
import { connectionFlags, startServer } from '../contract/server.js'
import { sandboxAs } from '../lab/witnesses.js'
import { noBrowser, openWindow } from './browser.js'

const skip = noBrowser

t.test('/docs works under its Content-Security-Policy: routes are shown, and one can be tried', { skip }, async t => {
  const server = await startServer({ ...connectionFlags(await sandboxAs(19)), 'log-level': 'warn' })
  t.teardown(() => server.close())
  const { page, complaints } = await openWindow(t)
  await page.goto(`${server.url}/docs`)
  await page.locator('#operations-Server-health').click()
  await page.getByRole('button', { name: 'Execute' }).click()
  await page.getByText('"status": "healthy"').first().waitFor()
  t.strictSame(complaints, [])
})
