import { GatewayError } from '../../core/errors.js'
import type { FileStream } from '../../core/files.js'
import type { CallScope } from '../../core/ports/odoo.js'
import { type Download, toFailure } from '../transport/download.js'
import type { Transport } from '../transport/transport.js'
import { contentField } from './facts.js'
import type { WebLogin, WebSessions } from './web-sessions.js'

export interface OpenFileParts {
  transport: Transport
  sessions: WebSessions
  login: WebLogin
  scope: CallScope
}

/**
 * A file as Odoo's web server gives it; undefined where it does not, whatever the reason: RPC tells that better.
 * `/web/image` is never asked, because it answers a picture for what is not there or not to be seen (14 and 19).
 */
export async function openFile(
  parts: OpenFileParts,
  model: string,
  id: number,
  field: string,
  range?: string
): Promise<FileStream | undefined> {
  const path = `/web/content/${encodeURIComponent(model)}/${id}/${encodeURIComponent(contentField(model, field))}`
  try {
    return await fetchFile(parts, path, range)
  } catch (error) {
    // Odoo 14 breaks its own headers with some names of types; RPC says it when there is no Odoo any more.
    if (error instanceof GatewayError && error.code === 'odoo_unavailable') return undefined
    throw error
  }
}

async function fetchFile(parts: OpenFileParts, path: string, range?: string): Promise<FileStream | undefined> {
  const { sessions, login, scope } = parts
  for (;;) {
    const session = await sessions.cookie(login, scope)
    if (session === undefined) return undefined
    const answer = await get(parts, path, session.cookie, range)
    const stream = toStream(answer)
    if (stream !== undefined) return stream
    answer.body.destroy()
    // An ended session is nobody's: what it may not see is answered as if it were not there.
    if (session.isNew || answer.status >= 500) return undefined
    sessions.forget(login)
  }
}

function get({ transport, login, scope }: OpenFileParts, path: string, cookie: string, range?: string) {
  const headers = { cookie, 'accept-encoding': 'identity', ...(range !== undefined && { range }) }
  return transport.open({ url: login.identity.url, method: 'GET', path, headers, scope })
}

function toStream({ status, headers, body }: Download): FileStream | undefined {
  if (status !== 200 && status !== 206 && status !== 416) return undefined
  const text = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
  const length = text('content-length')
  const mimeType = text('content-type')
  const range = text('content-range')
  if (status === 416) body.destroy()
  return {
    status,
    bytes: status === 416 ? nothing() : bytesOf(body),
    ...(length !== undefined && /^\d+$/.test(length) && { length: Number(length) }),
    ...(mimeType !== undefined && { mimeType }),
    ...(range !== undefined && { range })
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* bytesOf(body: Download['body']): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>
  } catch (error) {
    throw toFailure(error)
  }
}
