import { randomUUID } from 'node:crypto'
import type { DirectOdoo } from '../lab/rpc.js'

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

/** One pixel. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

/** A file as people keep it in Odoo, and what must come of it. */
export interface KnownFile {
  name: string
  /** Base64. */
  datas: string
  /** As somebody has given it to Odoo; without it Odoo guesses. */
  mimetype?: string
  /** The Content-Type that a browser may see. */
  served: string
  /** The real one, which resources tell. */
  real: string
  shown?: true
}

const octets = 'application/octet-stream'

export const files: readonly KnownFile[] = [
  { name: 'pixel.png', datas: png, served: 'image/png', real: 'image/png', shown: true },
  { name: 'dot.gif', datas: base64('GIF89a\x01\0\x01\0\0\0\0;'), served: 'image/gif', real: 'image/gif', shown: true },
  {
    name: 'paper.pdf',
    datas: base64('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF'),
    served: 'application/pdf',
    real: 'application/pdf'
  },
  { name: 'drawing.svg', datas: base64(svg), mimetype: 'image/svg+xml', served: octets, real: 'image/svg+xml' },
  {
    name: 'page.html',
    datas: base64('<html><script>alert(1)</script></html>'),
    mimetype: 'text/html',
    served: octets,
    real: 'text/html'
  },
  {
    name: 'data.xml',
    datas: base64('<?xml version="1.0"?><a/>'),
    mimetype: 'text/xml',
    served: octets,
    real: 'text/xml'
  },
  {
    name: 'Übersicht "neu"/\r\nX-Evil: 1.txt',
    datas: base64('hello there'),
    mimetype: 'text/plain',
    served: 'text/plain',
    real: 'text/plain'
  },
  {
    name: 'liar.png',
    datas: base64(svg),
    mimetype: 'text/html\r\nX-Evil: 1',
    served: octets,
    real: 'image/svg+xml'
  }
]

/** Attachments of one test run, by name; found again by their description. */
export async function attach(
  admin: DirectOdoo,
  given: readonly KnownFile[],
  to: { res_model?: string; res_id?: number } = {}
) {
  const description = `odoo-mcp ${randomUUID()}`
  const rows = given.map(({ name, datas, mimetype }) => ({
    name,
    datas,
    description,
    ...to,
    ...(mimetype !== undefined && { mimetype })
  }))
  const ids = await admin.call<number[]>('ir.attachment', 'create', [rows])
  return {
    ids: new Map(given.map(({ name }, index) => [name, ids[index] as number])),
    remove: () => admin.call('ir.attachment', 'unlink', [ids])
  }
}
