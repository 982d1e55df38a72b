import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { Log } from '../../src/core/ports/log.js'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { createTransport, type Transport, type TransportOptions } from '../../src/odoo/transport/transport.js'
import type { WireRequest } from '../../src/odoo/wires/wire.js'

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

export const request: WireRequest = { method: 'POST', path: '/jsonrpc', headers: {}, body: '{}' }

/** A scope that ends by nothing, unless told otherwise. */
export function scope(more: Partial<CallScope> = {}): CallScope {
  return { signal: new AbortController().signal, deadline: Date.now() + 60_000, ...more }
}

export function transportFor(t: Test, more: Partial<TransportOptions> = {}): Transport {
  const transport = createTransport({
    connectTimeoutMs: 5000,
    maxConcurrency: 8,
    maxQueue: 256,
    maxResponseBytes: 1000,
    tls: { verify: true },
    guard: { allowedHosts: null },
    log: silentLog,
    clock: Date.now,
    ...more
  })
  t.teardown(() => transport.close())
  return transport
}

/** An HTTP server on loopback; its URL. */
export async function serveHttp(t: Test, handler: http.RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(t, http.createServer(handler))}`
}

/** A server of raw sockets on loopback; its URL. */
export async function serveSockets(t: Test, handler: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer(socket => {
    socket.on('error', () => {})
    handler(socket)
  })
  return `http://127.0.0.1:${await listen(t, server)}`
}

/** An HTTPS server for the name localhost, with a certificate of its own making. */
export async function serveHttps(
  t: Test,
  handler: http.RequestListener
): Promise<{ url: string; port: number; cert: string }> {
  const { key, cert } = certificate(t)
  const port = await listen(t, https.createServer({ key, cert }, handler))
  return { url: `https://localhost:${port}`, port, cert }
}

/** A promise and what settles it: for waiting for an event instead of a time. */
export function signal<T = void>(): { happened: Promise<T>; happen: (value: T) => void } {
  let happen!: (value: T) => void
  const happened = new Promise<T>(resolve => {
    happen = resolve
  })
  return { happened, happen }
}

/** What an Odoo says to a JSON-RPC call: `respond` gets its params. */
export function asOdoo(
  respond: (params: { service: string; method: string; args: unknown[] }) => unknown
): http.RequestListener {
  return async (incoming, outgoing) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    const answer = respond((JSON.parse(body) as { params: never }).params) as JsonObject
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }))
  }
}

async function listen(t: Test, server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A certificate of its own making for localhost, and its key. */
export function certificate(t: Test): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'odoo-mcp-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const options = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost'
  ]
  const names = ['-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...options, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
