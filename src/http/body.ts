import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.js'
import { parseJson } from '../core/json.js'
import { HttpRefusal, UnreadableBody } from './refusal.js'

/**
 * Reads JSON bodies and no others: what a page can post without a preflight is text or a form. An empty body is
 * undefined, which Fastify would refuse.
 */
export function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      assertPlain(request)
      if (bytes.length === 0) return undefined
      return parse(decodeUtf8(bytes))
    }
  )
}

/** By the same rules as every other JSON from a caller: not too deep, and nothing that names a prototype. */
function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof GatewayError) throw new UnreadableBody(`The body is not readable: ${error.detail}.`)
    throw new UnreadableBody('The body is not JSON.')
  }
}

function assertPlain(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new HttpRefusal('invalid_input', 'Compressed bodies are not read; leave out Content-Encoding.', { status: 415 })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new UnreadableBody('The body is not valid UTF-8.')
  }
}
