/** What bytes are, as their first few say: the short list of what people keep in Odoo. */
const signatures: readonly [mimeType: string, at: number, bytes: string][] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBPVP8'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['application/pdf', 0, '%PDF-'],
  ['application/gzip', 0, '\x1f\x8b\x08'],
  // Office documents of all kinds are these, too: telling which takes more than the first bytes.
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/msword', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']
]

/** So many bytes are enough to tell what they are. */
export const sniffedBytes = 1024

/** The MIME type of content that nobody has named; `application/octet-stream` where its beginning does not say. */
export function sniffMimeType(content: Uint8Array): string {
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, sniffedBytes))
  const text = head.toString('latin1')
  const known = signatures.find(([, at, bytes]) => text.startsWith(bytes, at))
  return known?.[0] ?? textType(head)
}

/** Text is what has no control characters and is UTF-8, but for a character that is cut at the end. */
function textType(head: Buffer): string {
  const text = head.toString('utf8')
  const uncut = text.replace(/\uFFFD{1,3}$/, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what tells bytes from text
  if (text === '' || /[\u0000-\u0008\u000E-\u001A\u001C-\u001F\uFFFD]/.test(uncut)) return 'application/octet-stream'
  const start = uncut
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase()
  if (/^<(!doctype html|html|head|body|script|iframe)/.test(start)) return 'text/html'
  if (start.startsWith('<') && /<svg[\s/>]/.test(start)) return 'image/svg+xml'
  if (start.startsWith('<!--')) return 'text/html'
  if (start.startsWith('<?xml')) return 'application/xml'
  return 'text/plain'
}

/** A MIME type that somebody may have written by hand: lower case, without parameters; undefined for none or any. */
export function plainMimeType(given: string | undefined): string | undefined {
  const type = given?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const isType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}$/.test(type)
  return isType && type !== 'application/octet-stream' ? type : undefined
}

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'image/tiff': '.tif',
  'image/x-icon': '.ico',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/gzip': '.gz',
  'application/msword': '.doc',
  'text/html': '.html',
  'text/plain': '.txt',
  'application/xml': '.xml'
}

/** The usual ending of a file of this type, with its dot; empty where none is known. */
export function extensionOf(mimeType: string): string {
  return extensions[mimeType] ?? ''
}
