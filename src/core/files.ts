/** What Odoo says of the content of a file field (type `binary`) before any of it is read. */
export interface FileFacts {
  /** Bytes, where Odoo says it exactly; of most fields it says `1.21 Mb`. */
  size?: number
  /** It has no fewer bytes than these. */
  atLeast: number
  /** As Odoo keeps it, unchecked; absent where it does not say (14: all but attachments). */
  mimeType?: string
  /** The name of an attachment, unchecked. */
  name?: string
  /** Of the content, in hexadecimal. */
  sha1?: string
}

/** The content of a file field on its way from Odoo; it stops when the call's signal is aborted. */
export interface FileStream {
  /** 206: a part; 416: there is no such part, and no bytes come. */
  status: 200 | 206 | 416
  bytes: AsyncIterable<Uint8Array>
  /** Of `bytes`, where it is known. */
  length?: number
  /** As Odoo says it, unchecked. */
  mimeType?: string
  /** `Content-Range` of a part. */
  range?: string
}

/** What a surface gets of a file. */
export interface FileContent {
  /** For a person who saves it; made up where Odoo has none. */
  name: string
  /** As far as it is known without the content, when only facts were asked for. */
  mime_type?: string
  /** Bytes of the whole, where they are known. */
  size?: number
  /** Names this very content, with its quotes as HTTP has them. */
  etag?: string
  /** It is what the caller has already, as `unless` says: no content comes. */
  unchanged?: true
  /** Base64. */
  data?: string
  /** In place of `data`, when a stream was asked for and can be had. */
  stream?: FileStream
}
