import { randomBytes } from 'node:crypto'
import { ConfigError } from '../config/config.js'
import type { Sources } from '../config/sources.js'

/** The flags of `serve` alone. They are no settings: a key that nobody chose is for a container's first minutes. */
export const serveFlags = {
  'generate-access-key': {
    type: 'boolean',
    description: 'With serve, where no access key is set: make one for this start, and print it once'
  }
} as const

type Values = Readonly<Record<string, string | boolean | undefined>>

/** Parts the flags of `serve` from the others. Throws ConfigError where another command gets them. */
export function splitServeFlags(values: Values, command: string | undefined): { generateKey: boolean; rest: Values } {
  const { 'generate-access-key': generateKey, ...rest } = values
  if (generateKey !== undefined && command !== 'serve')
    throw new ConfigError(['--generate-access-key: given without the command serve; expected both, or neither'])
  return { generateKey: generateKey === true, rest }
}

/** A new key, and the same sources with it for the case that they name none; `serve` shows it where it came to count. */
export function withGeneratedKey(sources: Sources): { sources: Sources; secret: string } {
  const secret = randomBytes(32).toString('base64url')
  const given = { text: `generated=${secret}`, from: '--generate-access-key' }
  return { secret, sources: { ...sources, fallback: { ...sources.fallback, access_keys: given } } }
}
