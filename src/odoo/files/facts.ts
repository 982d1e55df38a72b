import { GatewayError } from '../../core/errors.js'
import type { FileFacts } from '../../core/files.js'
import type { Json, JsonObject } from '../../core/json.js'
import type { Row } from '../../core/ports/odoo.js'

/** The reads that facts come from. */
export interface FactReads {
  major: number
  /** `read` of one record with `bin_size` in its context; undefined for a record that is not there, or not to be seen. */
  sizes(model: string, id: number, fields: string[]): Promise<Row | undefined>
  /** `search_read` of one attachment. */
  attachment(domain: Json[], fields: string[]): Promise<Row | undefined>
}

const attachmentFields = ['name', 'mimetype', 'checksum', 'file_size', 'type']

/** What Odoo says of a file before it is read: its size, and what the attachment behind it knows. */
export async function fetchFacts(
  reads: FactReads,
  model: string,
  id: number,
  field: string
): Promise<FileFacts | undefined> {
  const isAttachment = isContentOfAttachment(model, field)
  const content = contentField(model, field)
  const row = await reads.sizes(model, id, isAttachment ? [content, ...attachmentFields] : [content])
  if (row === undefined) {
    throw new GatewayError('not_found', `${model} ${id} does not exist, or this user may not see it.`)
  }
  if (isAttachment && row.type === 'url') {
    throw new GatewayError('not_found', `${model} ${id} is a link to another place, not a file.`)
  }
  const size = parseSize(row[content])
  if (size === undefined) return undefined
  const attachment = isAttachment ? row : await attachmentBehind(reads, model, id, field)
  return { ...size, ...(attachment && described(attachment, isAttachment)) }
}

/** The attachment that holds the content of a field; none where it is kept in the table, or where Odoo hides it. */
async function attachmentBehind(
  { major, attachment }: FactReads,
  model: string,
  id: number,
  field: string
): Promise<Row | undefined> {
  // Odoo 14 never finds attachments of fields.
  if (major < 15) return undefined
  const domain = [
    ['res_model', '=', model],
    ['res_field', '=', field],
    ['res_id', '=', id]
  ]
  try {
    return await attachment(domain, ['mimetype', 'checksum', 'file_size'])
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'access_denied') return undefined
    throw error
  }
}

function described(row: JsonObject, isAttachment: boolean): Partial<FileFacts> {
  const { mimetype, checksum, file_size, name } = row
  return {
    ...(typeof file_size === 'number' && file_size > 0 && { size: file_size, atLeast: file_size }),
    ...(typeof mimetype === 'string' && { mimeType: mimetype }),
    ...(typeof checksum === 'string' && /^[0-9a-f]{40}$/.test(checksum) && { sha1: checksum }),
    ...(isAttachment && typeof name === 'string' && { name })
  }
}

/** Whether a field is the content of an attachment, by either name. */
function isContentOfAttachment(model: string, field: string): boolean {
  return model === 'ir.attachment' && (field === 'datas' || field === 'raw')
}

/** The field to read: `raw` comes as text over RPC, and fails in the web server of 14; `datas` is the same content. */
export function contentField(model: string, field: string): string {
  return isContentOfAttachment(model, field) ? 'datas' : field
}

const units: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 }

/** Reads `11.00 bytes` and `1.21 Mb`, as Odoo writes sizes, and `11 kB`, as PostgreSQL does. */
function parseSize(text: Json | undefined): Pick<FileFacts, 'size' | 'atLeast'> | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const match = /^(\d+(?:\.\d+)?) ?(bytes|[kKMGT][bB])$/.exec(text)
  // A size that we cannot read is no reason to refuse the file.
  if (match === null) return { atLeast: 1 }
  const [, amount = '', unit = ''] = match
  const power = units[unit.charAt(0).toLowerCase()] ?? 0
  // PostgreSQL measures the column, which holds base64, and rounds to whole units.
  const isColumn = !amount.includes('.')
  if (power === 0 && !isColumn) return { size: Number(amount), atLeast: Number(amount) }
  const least = Math.max(0, (Number(amount) - (isColumn ? 0.5 : 0.005)) * 1024 ** power)
  return { atLeast: Math.floor(isColumn ? (least * 3) / 4 : least) }
}
