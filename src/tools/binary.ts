import { Kind, Type } from '@sinclair/typebox'
import { GatewayError } from '../core/errors.js'
import type { FileContent, FileFacts, FileStream } from '../core/files.js'
import { extensionOf, plainMimeType, sniffedBytes, sniffMimeType } from '../core/mime.js'
import type { OdooPort } from '../core/ports/odoo.js'
import { Exact, FieldName, Id, ModelName, OneOf } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

/** The largest content that is held in memory, in bytes: base64 makes a third more of it, and JSON has it twice. */
export const maxBinaryBytes = 16 * 1024 * 1024

export const binary = defineTool({
  name: 'odoo_binary',
  title: 'Read a file',
  description: 'The content of a binary field: an attachment, an image.',
  access: 'read',
  internal: true,
  input: Exact({
    model: ModelName,
    field: FieldName,
    id: Id,
    /** `data` unless said; `stream` may still give `data`. */
    form: Type.Optional(OneOf('data', 'stream', 'facts')),
    /** A range of bytes, as in HTTP, for streams that can begin anywhere. */
    range: Type.Optional(Type.String()),
    /** Etags of contents that the caller has already. */
    unless: Type.Optional(Type.Array(Type.String()))
  }),
  output: Type.Unsafe<FileContent>({ [Kind]: 'JsonObject', type: 'object' }),
  example: { model: 'ir.attachment', field: 'datas', id: 1 },
  async run({ model, field, id, form = 'data', range, unless = [] }, { odoo }): Promise<FileContent> {
    await assertBinary(odoo, model, field)
    const facts = await odoo.fileFacts(model, id, field)
    if (facts === undefined) throw new GatewayError('not_found', `${field} of ${model} ${id} is empty.`)
    const file = new File(model, field, id, facts)
    if (unless.some(etag => etag === file.known.etag || etag === '*')) return { ...file.facts(), unchanged: true }
    if (form === 'facts') return file.facts()
    const stream = form === 'stream' ? await odoo.openFile(model, id, field, range) : undefined
    if (stream !== undefined) return file.streamed(stream)
    file.assertFits(facts.size ?? facts.atLeast)
    return file.read(await odoo.readFile(model, id, field))
  }
})

async function assertBinary(odoo: OdooPort, model: string, field: string): Promise<void> {
  const type = (await odoo.fields(model)).get(field)?.type
  if (type === 'binary') return
  throw new GatewayError(
    'invalid_input',
    `field: "${field}" of ${model} is of type ${type}; expected a field of type binary`,
    { hint: `odoo_get_fields lists the fields of ${model} with their types.` }
  )
}

/** One file, and what is told of it. */
class File {
  readonly known: { etag?: string }
  readonly #mimeType: string | undefined

  constructor(
    readonly model: string,
    readonly field: string,
    readonly id: number,
    readonly of: FileFacts
  ) {
    this.#mimeType = plainMimeType(of.mimeType)
    this.known = { ...(of.sha1 !== undefined && { etag: `"${of.sha1}"` }) }
  }

  facts(): FileContent {
    const { size } = this.of
    const type = this.#mimeType
    return { ...this.#named(type), ...(type !== undefined && { mime_type: type }), ...(size !== undefined && { size }) }
  }

  read(data: string): FileContent {
    const bytes = Buffer.from(data, 'base64')
    this.assertFits(bytes.length)
    const type = this.#mimeType ?? sniffMimeType(bytes)
    return { ...this.#named(type), mime_type: type, size: bytes.length, data }
  }

  async streamed(stream: FileStream): Promise<FileContent> {
    const said = this.#mimeType ?? plainMimeType(stream.mimeType)
    if (said !== undefined || stream.status !== 200) {
      const type = said ?? 'application/octet-stream'
      return { ...this.#named(type), mime_type: type, stream }
    }
    const [head, bytes] = await peek(stream.bytes)
    const type = sniffMimeType(head)
    return { ...this.#named(type), mime_type: type, stream: { ...stream, bytes } }
  }

  /** Throws `invalid_input` for what is too large to be held in memory. */
  assertFits(size: number): void {
    if (size <= maxBinaryBytes) return
    const detail = `${this.field} of ${this.model} ${this.id} has ${inMegabytes(size)} MiB; expected at most 16 MiB`
    throw new GatewayError('invalid_input', detail, {
      hint: 'GET /binary streams files of any size in a session that was opened with a password.'
    })
  }

  #named(type: string | undefined) {
    const { model, id, field } = this
    return { name: this.of.name || `${model}-${id}-${field}${extensionOf(type ?? '')}`, ...this.known }
  }
}

function inMegabytes(size: number): string {
  return (size / 1024 / 1024).toFixed(2)
}

/** The first bytes of a stream, and the stream as it was. */
async function peek(bytes: AsyncIterable<Uint8Array>): Promise<[Uint8Array, AsyncIterable<Uint8Array>]> {
  const source = bytes[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < sniffedBytes) {
    const { done, value } = await source.next()
    if (done) break
    chunks.push(value)
    size += value.length
  }
  const rest = async function* () {
    yield* chunks
    yield* { [Symbol.asyncIterator]: () => source }
  }
  return [Buffer.concat(chunks), rest()]
}
