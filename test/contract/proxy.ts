import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** One JSON-RPC call that passed, as far as tests care. */
export interface Passed {
  model: string | undefined
  method: string
  /** Whether the caller closed the connection before it had its answer. */
  left: boolean
}

export interface Proxy {
  url: string
  /** Everything that passed so far. */
  seen: Passed[]
  /** Called before a request is forwarded, and before its answer is given back; both may wait. */
  beforeForward: (passed: Passed) => Promise<void> | void
  beforeAnswer: (passed: Passed) => Promise<void> | void
  /** Answers in place of Odoo. */
  instead: (() => { status: number; type: string; body: string }) | undefined
  close(): Promise<void>
}

/** Stands between the server and a real Odoo: counts what passes, and can hold it up. */
export async function startProxy(target: string): Promise<Proxy> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const passed = describe(body)
    proxy.seen.push(passed)
    response.on('close', () => {
      passed.left = !response.writableFinished
    })
    await proxy.beforeForward(passed)
    if (proxy.instead !== undefined) {
      const { status, type, body } = proxy.instead()
      response.writeHead(status, { 'content-type': type }).end(body)
      return
    }
    const answer = await fetch(target + request.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body
    })
    const text = await answer.text()
    await proxy.beforeAnswer(passed)
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    beforeForward() {},
    beforeAnswer() {},
    instead: undefined,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
  return proxy
}

function describe(body: Buffer): Passed {
  const { params } = JSON.parse(body.toString()) as { params: { method: string; args: unknown[] } }
  const isCall = params.method === 'execute_kw'
  return {
    model: isCall ? String(params.args[3]) : undefined,
    method: isCall ? String(params.args[4]) : params.method,
    left: false
  }
}

/** What a closed path answers. */
export interface Closed {
  status: number
  body?: string
}

export interface PathProxy {
  url: string
  /** Method and path of everything that came, and of what was closed to it, with the whole of its request. */
  seen: { path: string; text: string }[]
  /** Paths by their beginning; may be changed at any time. */
  closed: Record<string, Closed>
  close(): Promise<void>
}

/** Stands before an Odoo of any wire, as a firewall does that lets only some paths through. */
export async function startPathProxy(target: string, closed: Record<string, Closed>): Promise<PathProxy> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const body = await buffer(request)
    proxy.seen.push({ path: `${method} ${url}`, text: JSON.stringify(headers) + body.toString() })
    const [, wall] = Object.entries(proxy.closed).find(([beginning]) => url.startsWith(beginning)) ?? []
    if (wall !== undefined) {
      response.writeHead(wall.status, { 'content-type': 'text/html' }).end(wall.body ?? '<h1>closed</h1>')
      return
    }
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...passed } = headers
    const init = { method, headers: passed as Record<string, string>, ...(method !== 'GET' && { body }) }
    const answer = await fetch(target + url, init)
    const type = answer.headers.get('content-type') ?? 'text/plain'
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: PathProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    closed,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
  return proxy
}
