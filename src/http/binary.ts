import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.js'
import type { FileContent } from '../core/files.js'
import type { JsonObject } from '../core/json.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Caller } from '../core/ports/sessions.js'
import { problems, readFailures } from '../rest/problems.js'
import type { Authenticate } from './auth.js'
import { HttpRefusal } from './refusal.js'

export interface BinaryOptions {
  gateway: Gateway
  authenticate: Authenticate
  /** Milliseconds that a client may take nothing of its file; 60,000. Then it has left without a word, and holds a place. */
  stalledMs?: number
}

interface Params {
  model: string
  field: string
  id: string
}

/** What a browser may show by itself. */
const shown: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
/** What could run script: never named as what it is, wherever it is opened. */
const active = /[/+]xml$|[/.+-](x?html|xslt?|svg|dtd|javascript|ecmascript)\b/

/** `GET /binary/{model}/{field}/{id}`: a file as it is in Odoo, and nothing that a browser would run. */
export function binaryRoutes(app: FastifyInstance, options: BinaryOptions): void {
  const { gateway, authenticate, stalledMs = 60_000 } = options
  const answer = (head: boolean) => async (request: Request, reply: FastifyReply) => {
    const ask = asking(gateway, request, reply, authenticate)
    const unless = etagsOf(request.headers['if-none-match'])
    let file = await ask({ form: head ? 'facts' : 'stream', unless, ...(head ? {} : await rangeOf(request, ask)) })
    // What the headers say of some files is known from their content only.
    if (head && !file.unchanged && (file.mime_type === undefined || file.size === undefined)) {
      file = await ask({ form: 'stream' })
    }
    return sendFile(file, request, reply, stalledMs)
  }
  const url = '/binary/:model/:field/:id'
  app.route({ method: 'HEAD', url, schema: { hide: true }, handler: answer(true) })
  app.route({ method: 'GET', url, schema: binaryOperation, exposeHeadRoute: false, handler: answer(false) })
}

type Request = FastifyRequest<{ Params: Params }>
type Ask = (input: JsonObject) => Promise<FileContent>

function asking(gateway: Gateway, request: Request, reply: FastifyReply, authenticate: Authenticate): Ask {
  const [name] = Object.keys(request.query as object)
  if (name !== undefined) {
    throw new GatewayError('invalid_input', `${name.slice(0, 40)}: query parameters are not read here.`)
  }
  const { model, field, id } = request.params
  const caller: Caller = { ...authenticate(request), surface: 'rest', opens: 'bearer' }
  const left = new AbortController()
  // Also when all is sent: a file of which only the head was wanted is still open.
  reply.raw.once('close', () => left.abort())
  return async input => {
    const asked = { model, field, id: toId(id), ...input }
    return (await gateway.call({
      tool: 'odoo_binary',
      input: asked,
      caller,
      signal: left.signal
    })) as unknown as FileContent
  }
}

/** What is no number goes on as it is, to be refused with everything else. */
function toId(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}

/** Etags are compared as they are; `W/` makes no difference for what is asked here. */
function etagsOf(header: string | undefined): string[] {
  return header?.match(/\*|"[^"]*"/g) ?? []
}

/** One range of bytes is passed on; whoever has the beginning of another content gets all of it. */
async function rangeOf(request: FastifyRequest, ask: Ask): Promise<{ range?: string }> {
  const { range } = request.headers
  const condition = request.headers['if-range']
  if (range === undefined || !/^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/.test(range)) return {}
  if (typeof condition === 'string' && (await ask({ form: 'facts' })).etag !== condition) return {}
  return { range }
}

function sendFile(file: FileContent, request: FastifyRequest, reply: FastifyReply, stalledMs: number): FastifyReply {
  const { stream, data, etag, unchanged } = file
  // Stored by the client alone, and asked for anew each time: rights change.
  reply.headers({ 'cache-control': 'private, no-cache', ...(etag !== undefined && { etag }) })
  if (unchanged) return reply.code(304).send()
  if (stream?.status === 416) {
    const headers = { ...(stream.range !== undefined && { 'content-range': stream.range }) }
    throw new HttpRefusal('invalid_input', 'The file has no such range of bytes.', { status: 416, headers })
  }
  const type = servedType(file.mime_type)
  const content = data === undefined ? undefined : Buffer.from(data, 'base64')
  const length = content?.length ?? stream?.length ?? file.size
  reply.headers({
    'content-type': type,
    'content-disposition': contentDisposition(cleanName(file.name), {
      type: shown.has(type) ? 'inline' : 'attachment'
    }),
    'content-security-policy': "sandbox; default-src 'none'",
    ...(length !== undefined && { 'content-length': length }),
    ...(stream?.status === 206 && stream.range !== undefined && { 'content-range': stream.range })
  })
  reply.code(stream?.status ?? 200)
  if (request.method === 'HEAD') return reply.send()
  if (stream === undefined) return reply.send(content)
  reply.raw.setTimeout(stalledMs, () => reply.raw.destroy())
  return reply.send(Readable.from(stream.bytes, { objectMode: false }))
}

function servedType(type = 'application/octet-stream'): string {
  return active.test(type) ? 'application/octet-stream' : type
}

/** A name, not a path, without what ends a line, turns the writing around or is half a character. */
function cleanName(name: string): string {
  const short = name.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '').slice(0, 200)
  return short.replace(/[/\\]/g, '_').replace(/\p{Cs}/gu, '')
}

const Bytes = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } }

const binaryOperation = {
  operationId: 'odoo_binary',
  summary: 'Read a file',
  description:
    'The content of a binary field, such as `datas` of `ir.attachment` or `image_1920` of `res.partner`, with its MIME type and ' +
    'name. Images are shown by browsers, everything else is saved; SVG, HTML and XML come as `application/octet-stream`. ' +
    'In a session that was opened with a password it is streamed, whatever its size, and `Range` works from Odoo 19 on; ' +
    'with an API key it may have 16 MiB. Where Odoo tells an `ETag`, `If-None-Match` is answered without reading the file.',
  tags: ['Read'],
  params: Type.Object({
    model: Type.String({ examples: ['res.partner'] }),
    field: Type.String({ examples: ['image_1920'] }),
    id: Type.Integer({ minimum: 1, examples: [1] })
  }),
  response: {
    200: {
      description: 'The content.',
      headers: {
        ETag: { type: 'string', description: 'Names this very content.' },
        'Content-Disposition': { type: 'string', description: 'The name of the file.' }
      },
      content: { '*/*': Bytes }
    },
    206: { description: 'The part of it that `Range` names.', content: { '*/*': Bytes } },
    304: { description: 'What the caller has is still the content.' },
    ...problems(readFailures)
  }
}
