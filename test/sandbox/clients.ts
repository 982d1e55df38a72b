import http from 'node:http'
import net from 'node:net'
import type { Test } from 'tap'
import type { Json } from '../../src/sandbox/json.js'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.js'

/** A sandbox for one test. */
export async function sandboxFor(t: Test, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  t.teardown(() => sandbox.close())
  return sandbox
}

export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

/** One request over `node:http`; rejects with what became of the connection. */
export function post(url: string, body: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = options.headers ?? { 'content-type': 'application/json' }
    const request = http.request(url, { method: 'POST', ...options, headers }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** The body of an `execute_kw` over JSON-RPC, as the admin. */
export function executeKw(sandbox: Sandbox, model: string, method: string, args: Json[], kwargs: Json = {}): string {
  const { uid, password } = sandbox.users.admin
  const call = [sandbox.database, uid, password, model, method, args, kwargs]
  return JSON.stringify({ jsonrpc: '2.0', id: 1, params: { service: 'object', method: 'execute_kw', args: call } })
}

export function execute(
  sandbox: Sandbox,
  model: string,
  method: string,
  args: Json[],
  options: http.RequestOptions = {}
): Promise<Answer> {
  return post(`${sandbox.url}/jsonrpc`, executeKw(sandbox, model, method, args), options)
}

/** Creates a contact, or tries to. */
export function create(sandbox: Sandbox, name: string, options: http.RequestOptions = {}): Promise<Answer> {
  return execute(sandbox, 'res.partner', 'create', [{ name }], options)
}

/** How many contacts have a name: what was really applied. */
export async function countNamed(sandbox: Sandbox, name: string): Promise<number> {
  const { text } = await execute(sandbox, 'res.partner', 'search_count', [[['name', '=', name]]])
  return JSON.parse(text).result
}

/** A bare socket, with all that came over it and in how many pieces. */
export interface Wire {
  socket: net.Socket
  pieces: string[]
  text(): string
  /** Resolves when what came contains the text. */
  until(text: string): Promise<void>
  ended: Promise<void>
}

/** Opens a socket to the sandbox and sends something. */
export function openWire(t: Test, sandbox: Sandbox, request: string): Wire {
  const socket = net.connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  const pieces: string[] = []
  socket.setEncoding('utf8')
  socket.setNoDelay(true)
  socket.on('data', (piece: string) => pieces.push(piece))
  socket.on('error', () => {})
  socket.write(request)
  const text = () => pieces.join('')
  const ended = new Promise<void>(resolve => socket.once('close', () => resolve()))
  return {
    socket,
    pieces,
    text,
    ended,
    until: wanted =>
      new Promise(resolve => {
        const look = () => {
          if (text().includes(wanted)) resolve()
        }
        socket.on('data', look)
        look()
      })
  }
}

/** A request as bytes, for bare sockets. */
export function rawPost(path: string, body: string): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
