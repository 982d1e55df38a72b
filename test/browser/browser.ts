import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import t from 'tap'

interface Closing {
  teardown(fn: () => unknown): void
}

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'

/** False, or why a test of a browser skips. With CI_REQUIRE_ODOO=1, having none is an error. */
export const noBrowser =
  existsSync(executablePath) || process.env.CI_REQUIRE_ODOO === '1'
    ? false
    : `NO CHROMIUM FOUND at ${executablePath}: install it, or name another one in CHROMIUM`

let launched: Promise<Browser> | undefined

/** The browser of this process; it ends with it. */
function browser(): Promise<Browser> {
  launched ??= (async () => {
    // Its sandbox does not work for root, nor in most containers.
    const started = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
    t.teardown(() => started.close())
    return started
  })()
  return launched
}

export interface Opened {
  page: Page
  context: BrowserContext
  /** What the console said in red, such as what a Content-Security-Policy has blocked, and what the page threw. */
  complaints: string[]
}

/** A window of its own, with nothing in it; it waits half a minute for what a test says it should show. */
export async function openWindow(t: Closing, options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> {
  const context = await (await browser()).newContext(options)
  t.teardown(() => context.close())
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  return { page, context, complaints }
}

/** A web server of somebody else, with one page; its origin. */
export async function otherSite(t: Closing, html: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
