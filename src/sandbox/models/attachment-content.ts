import { createHash } from 'node:crypto'
import { base64Error } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Method, Rec, Value } from '../orm/types.js'

/** The column of ir.attachment that keeps the file, in base64. Odoo keeps it in its filestore. */
export const contentColumn = 'content_secret'

/** The file in base64; of a URL, nothing. */
export function content({ env, id }: Rec): Value {
  return (env.tables.row('ir.attachment', id)?.[contentColumn] as string | undefined) ?? null
}

/** The file as a text, which is what JSON makes of bytes: Latin-1 where they are not UTF-8. */
export function rawText({ env, id }: Rec): Value {
  const base64 = env.tables.row('ir.attachment', id)?.[contentColumn]
  if (typeof base64 !== 'string') return null
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes.toString('latin1')
}

export function writeDatas(env: Env, ids: number[], value: Json): void {
  const bytes = value === false || value === null || value === '' ? Buffer.alloc(0) : decode(String(value))
  for (const id of ids) keep(env, id, bytes)
}

/** A text given as `raw` is kept as UTF-8; base64 in it is not decoded (14 and 19). */
export function writeRaw(env: Env, ids: number[], value: Json): void {
  if (value === false || value === null) return
  for (const id of ids) keep(env, id, Buffer.from(String(value), 'utf8'))
}

/** What Odoo notes of every file, beside the file. */
export function cellsOf(bytes: Buffer): { [column: string]: string | number } {
  const checksum = createHash('sha1').update(bytes).digest('hex')
  return {
    [contentColumn]: bytes.toString('base64'),
    checksum,
    file_size: bytes.length,
    store_fname: `${checksum.slice(0, 2)}/${checksum}`
  }
}

function keep(env: Env, id: number, bytes: Buffer): void {
  const isText = String(env.tables.row('ir.attachment', id)?.mimetype).startsWith('text/')
  env.tables.update('ir.attachment', id, { ...cellsOf(bytes), index_content: isText ? bytes.toString('utf8') : null })
}

/** Python's base64: characters outside of the alphabet are skipped, the padding must be right. */
export function decode(text: string): Buffer {
  const kept = text.replace(/[^A-Za-z0-9+/=]/g, '')
  const data = kept.replace(/=+$/, '')
  if (data.length % 4 === 1) {
    throw base64Error(
      `Invalid base64-encoded string: number of data characters (${data.length}) cannot be 1 more than a multiple of 4`
    )
  }
  if (kept.length - data.length < (4 - (data.length % 4)) % 4) throw base64Error('Incorrect padding')
  return Buffer.from(data, 'base64')
}

const types: { [extension: string]: string } = {
  csv: 'text/csv',
  gif: 'image/gif',
  html: 'text/html',
  jpg: 'image/jpeg',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  xml: 'application/xml',
  zip: 'application/zip'
}

/** A mimetype that is given wins, else the name tells it, else the first bytes. */
export function guessType(_env: Env, values: JsonObject): JsonObject {
  if (values.mimetype) return values
  const extension = /\.([a-z0-9]+)$/i.exec(String(values.name || values.url || ''))?.[1]?.toLowerCase() ?? ''
  return { ...values, mimetype: types[extension] ?? sniff(values) }
}

function sniff({ datas, raw }: JsonObject): string {
  if (typeof raw === 'string' && raw !== '') return 'text/plain'
  if (typeof datas !== 'string' || datas === '') return 'application/octet-stream'
  const bytes = Buffer.from(datas.slice(0, 64), 'base64')
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return 'image/png'
  if (bytes.subarray(0, 4).toString('latin1') === '%PDF') return 'application/pdf'
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg'
  return bytes.every(byte => byte >= 9 && byte < 127) ? 'text/plain' : 'application/octet-stream'
}

/** A token for each, made when it is first asked for. */
export const accessTokens: Method['run'] = (env, _model, ids) =>
  ids.map(id => {
    const known = env.tables.row('ir.attachment', id)?.access_token
    if (typeof known === 'string') return known
    const hex = createHash('sha1').update(`attachment ${id} ${env.now}`).digest('hex')
    const token = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
    env.tables.update('ir.attachment', id, { access_token: token })
    return token
  })
