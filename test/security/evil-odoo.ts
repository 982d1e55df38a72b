import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Json } from '../../src/core/json.js'

/** A JSON-RPC call as an Odoo sees it; of another request only the path. */
export interface Asked {
  path: string
  model?: string
  method?: string
}

/** What the one in the middle says instead of Odoo: a result, an exception of Python, or anything that HTTP can say. */
export type Lie =
  | { result: Json }
  | { exception: { name: string; message: string } }
  | ((response: ServerResponse, request: IncomingMessage) => void)

export interface EvilOdoo {
  url: string
  port: number
  /** Requests that came here. */
  requests: number
  /** Looks at every call first; undefined lets it through to the real one. May be changed at any time. */
  lie: (asked: Asked) => Lie | undefined
}

/** An Odoo that somebody else has in hand: it answers as the real one does, and lies where it wants to. */
export async function startEvilOdoo(t: Test, target: string): Promise<EvilOdoo> {
  const server = createServer(async (request, response) => {
    evil.requests += 1
    const body = await buffer(request)
    const lie = evil.lie(asked(request.url ?? '/', body))
    // A new connection for every request, and so a new look at where its name leads.
    response.setHeader('connection', 'close')
    if (typeof lie === 'function') return lie(response, request)
    if (lie !== undefined) return json(response, lie)
    const { method = 'GET', url = '/' } = request
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
    const answer = await fetch(target + url, { method, headers, ...(method !== 'GET' && { body }) })
    const type = answer.headers.get('content-type') ?? 'text/plain'
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const evil: EvilOdoo = { url: `http://127.0.0.1:${port}`, port, requests: 0, lie: () => undefined }
  return evil
}

function asked(path: string, body: Buffer): Asked {
  try {
    const { params } = JSON.parse(body.toString()) as { params: { method: string; args: unknown[] } }
    const isCall = params.method === 'execute_kw'
    return isCall
      ? { path, model: String(params.args[3]), method: String(params.args[4]) }
      : { path, method: params.method }
  } catch {
    return { path }
  }
}

function json(response: ServerResponse, lie: Exclude<Lie, (...args: never[]) => void>): void {
  const told =
    'result' in lie
      ? { result: lie.result }
      : {
          error: {
            code: 200,
            message: 'Odoo Server Error',
            data: { name: lie.exception.name, message: lie.exception.message, debug: 'Traceback …', arguments: [] }
          }
        }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...told }))
}
