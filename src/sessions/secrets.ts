import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { SavedLogin } from '../core/ports/odoo.js'
import type { SessionKind } from '../core/ports/sessions.js'

/** The kinds whose secret leaves this server, and how it then begins. Implicit secrets stay here and look the same. */
const prefixes = { bearer: 'oms_b_', handle: 'oms_h_', implicit: 'oms_i_' } as const satisfies Record<
  Exclude<SessionKind, 'default'>,
  string
>

const ivBytes = 12
const tagBytes = 16

/** A new 256-bit secret. */
export function mintSecret(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}${randomBytes(32).toString('base64url')}`
}

/** The kind that a secret says it is of; undefined for anything that is not ours. */
export function kindOf(secret: string): keyof typeof prefixes | undefined {
  return (Object.keys(prefixes) as (keyof typeof prefixes)[]).find(kind => secret.startsWith(prefixes[kind]))
}

/** The id under which a session is stored: SHA-256 of its secret, hex. */
export function sessionId(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** AES-256-GCM under a key that only the secret gives: what is stored opens nothing by itself. */
export function seal(login: SavedLogin, secret: string): Uint8Array {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(login), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text])
}

/** The login that was sealed with this secret. Throws when the secret is another one or the bytes were changed. */
export function unseal(sealed: Uint8Array, secret: string): SavedLogin {
  const bytes = Buffer.from(sealed)
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, ivBytes))
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  return JSON.parse(text.toString('utf8')) as SavedLogin
}

function keyOf(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'odoo-mcp session', 32))
}
