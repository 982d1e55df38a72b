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
