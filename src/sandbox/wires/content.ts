import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../database.js'
import { OdooException } from '../exceptions.js'
import { contentColumn } from '../models/attachment-content.js'
import { checkField, checkReadable } from '../orm/access.js'
import { createEnv, type Env } from '../orm/env.js'
import { displayNameOf, valueAt } from '../orm/values.js'
import type { Major } from '../release.js'
import { disposition, type Range, rangeOf } from './content-headers.js'
import { errorPage, escapeHtml, notFound } from './pages.js'
import { cookieOf, type Sessions } from './web.js'
import { type Call, type Incoming, type Reply, reply, sessionId } from './wire.js'

/** Bytes of a record, as the web client downloads them. */
interface Stream {
  bytes: Buffer
  mimetype: string
  name: string
  checksum: string
  changed: string
  isPublic?: boolean
}

/** Where an attachment of type `url` leads. */
interface Elsewhere {
  location: string
}

/** `/web/content`, `/web/image` and `/web/login`; undefined for other paths. */
export function contentCall(database: Database, sessions: Sessions, incoming: Incoming): Call | undefined {
  const { path } = incoming
  const { major } = database.release
  if (path === '/web/login') return { wire: 'web', method: 'login', run: () => loginPage(database, incoming) }
  const isImage = path === '/web/image' || path.startsWith('/web/image/')
  if (!isImage && path !== '/web/content' && !path.startsWith('/web/content/')) return undefined
  const run = () => {
    // Odoo takes a form for one that lacks its token.
    if (!['GET', 'HEAD'].includes(incoming.method)) {
      return errorPage(major, 400, 'Bad Request', 'Session expired (invalid CSRF token)')
    }
    const found = safely(() => streamOf(database, sessions, incoming))
    if (found === undefined) return isImage ? placeholder() : notFound(major)
    return 'location' in found ? redirect(major, found) : deliver(database, incoming, found)
  }
  return { wire: 'web', method: isImage ? 'image' : 'content', run }
}

/** A page for people; what programs take from it is the cookie of a session without a user. */
function loginPage(database: Database, { headers }: Incoming): Reply {
  const page =
    '<!DOCTYPE html>\n<html>\n    <head>\n        <title>Odoo</title>\n    </head>\n    <body></body>\n</html>\n'
  const cookie = cookieOf(database, sessionId(headers) ?? randomBytes(32).toString('base64url'))
  const frames = database.release.major < 17 ? 'DENY' : 'SAMEORIGIN'
  return reply(200, 'text/html; charset=utf-8', page, { 'set-cookie': cookie, 'x-frame-options': frames })
}

/** Whatever Odoo refuses here, it says that there is nothing. */
function safely<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof OdooException) return undefined
    throw error
  }
}

function streamOf(database: Database, sessions: Sessions, incoming: Incoming): Stream | Elsewhere | undefined {
  const { model, id, field } = targetOf(incoming)
  const { release, models, tables } = database
  // 14 stumbles over the field that is no base64.
  if (release.major < 15 && field === 'raw') throw new Error(`cannot stream ${model}.raw`)
  const uid = sessions.get(sessionId(incoming.headers) ?? '') ?? 0
  const env = createEnv({ release, models, tables, uid })
  return model === 'ir.attachment' && (field === 'datas' || field === 'raw')
    ? attachmentStream(env, id, incoming.query.get('access_token'))
    : fieldStream(env, model, id, field)
}

/** What a path or its query names: `/web/content/7`, `/web/content/res.partner/7/image_1920`, `/web/content?id=7`. */
function targetOf({ path, query }: Incoming): { model: string; id: number; field: string } {
  const [, , , ...parts] = path.split('/')
  const [first = '', second = '', third] = parts
  if (/^\d+/.test(first)) return { model: 'ir.attachment', id: Number.parseInt(first, 10), field: 'datas' }
  if (third !== undefined) return { model: decodeURIComponent(first), id: Number.parseInt(second, 10), field: third }
  const id = Number.parseInt(query.get('id') ?? '', 10)
  return { model: query.get('model') ?? 'ir.attachment', id, field: query.get('field') ?? 'datas' }
}

function attachmentStream(env: Env, id: number, token: string | null): Stream | Elsewhere | undefined {
  const row = env.tables.row('ir.attachment', id)
  if (row === undefined) return undefined
  const isOpen = row.public === true || (token !== null && row.access_token === token)
  if (!isOpen) checkReadable(env, env.models.need('ir.attachment'), [id])
  if (row.type === 'url' && typeof row.url === 'string') return { location: row.url }
  const base64 = row[contentColumn]
  // An attachment without a file is an empty one since 15.
  if (typeof base64 !== 'string' && env.major < 15) return undefined
  return {
    bytes: Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64'),
    mimetype: String(row.mimetype ?? 'application/octet-stream'),
    name: String(row.name),
    checksum: typeof row.checksum === 'string' ? row.checksum : '',
    changed: String(row.write_date),
    isPublic: isOpen
  }
}

function fieldStream(env: Env, name: string, id: number, fieldName: string): Stream | undefined {
  const model = env.models.get(name)
  const field = model?.fields.get(fieldName)
  if (model === undefined || field?.type !== 'binary' || env.tables.row(name, id) === undefined) return undefined
  checkReadable(env, model, [id])
  checkField(env, model, field, 'read')
  const base64 = valueAt(env.sudo(), model, id, fieldName)
  if (typeof base64 !== 'string' || base64 === '') return undefined
  const bytes = Buffer.from(base64, 'base64')
  const { mimetype, extension } = sniffed(bytes)
  return {
    bytes,
    mimetype,
    name: `${displayNameOf(env.sudo(), model, id)}${extension}`,
    checksum: createHash('sha1').update(bytes).digest('hex'),
    changed: String(env.tables.row(name, id)?.write_date)
  }
}

function sniffed(bytes: Buffer): { mimetype: string; extension: string } {
  const head = bytes.subarray(0, 8).toString('latin1')
  if (head.startsWith('\x89PNG')) return { mimetype: 'image/png', extension: '.png' }
  if (head.startsWith('\xff\xd8\xff')) return { mimetype: 'image/jpeg', extension: '.jpg' }
  if (head.startsWith('GIF8')) return { mimetype: 'image/gif', extension: '.gif' }
  if (head.startsWith('%PDF')) return { mimetype: 'application/pdf', extension: '.pdf' }
  return { mimetype: 'application/octet-stream', extension: '.bin' }
}

function deliver({ release }: Database, incoming: Incoming, stream: Stream): Reply {
  const { major } = release
  const { bytes, checksum } = stream
  const etag = major < 15 ? checksum : `"${checksum}"`
  const headers = headersOf(major, incoming, stream, etag)
  if (checksum !== '' && incoming.headers['if-none-match'] === etag) {
    const { 'last-modified': _, ...rest } = headers
    return { status: 304, headers: rest, body: '' }
  }
  const type =
    major >= 15 && stream.mimetype.startsWith('text/') ? `${stream.mimetype}; charset=utf-8` : stream.mimetype
  const range = major < 15 ? undefined : rangeOf(incoming.headers.range, bytes.length)
  if (range === 'impossible') return unsatisfiable(major, bytes.length)
  if (range === undefined) return reply(200, type, bytes, headers)
  return reply(206, type, bytes.subarray(range.from, range.to + 1), { ...headers, ...partOf(range, bytes.length) })
}

function headersOf(major: number, { path, query }: Incoming, stream: Stream, etag: string): Reply['headers'] {
  const isDownload = ['true', 'True', '1'].includes(query.get('download') ?? '')
  const given = query.get('filename') ?? /^\/web\/content\/\d+\/(.+)$/.exec(path)?.[1]
  const name = given === undefined ? stream.name : decodeURIComponent(given)
  if (major < 15) {
    const saved: Reply['headers'] = isDownload ? { 'content-disposition': disposition(major, 'attachment', name) } : {}
    return { etag, ...saved, 'cache-control': 'max-age=0', 'x-content-type-options': 'nosniff' }
  }
  const changed = new Date(`${stream.changed.slice(0, 19).replace(' ', 'T')}Z`).toUTCString()
  return {
    // Of an empty attachment nothing is kept that would have a date.
    ...(stream.checksum !== '' && { etag, 'last-modified': changed }),
    'cache-control': stream.isPublic ? 'no-cache' : 'no-cache, private',
    'content-disposition': disposition(major, isDownload ? 'attachment' : 'inline', name),
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff'
  }
}

function partOf({ from, to }: Range, length: number): Reply['headers'] {
  return { 'accept-ranges': 'bytes', 'content-range': `bytes ${from}-${to}/${length}` }
}

function unsatisfiable(major: Major, length: number): Reply {
  const text = 'The server cannot provide the requested range.'
  return errorPage(major, 416, 'Requested Range Not Satisfiable', text, { 'content-range': `bytes */${length}` })
}

function redirect(major: Major, { location }: Elsewhere): Reply {
  const link = escapeHtml(location)
  const text = `You should be redirected automatically to the target URL: <a href="${link}">${link}</a>. If not, click the link.`
  const page = errorPage(major, 301, 'Redirecting...', text, { location })
  return { ...page, body: String(page.body).replace('<title>301 ', '<title>') }
}

/** A picture in the place of one that is not there, or not for the one who asks: with status 200, as in Odoo. */
function placeholder(): Reply {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
  return reply(200, 'image/png', Buffer.from(png, 'base64'))
}
