import { promisify } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpRefusal, UnreadableBody } from './refusal.js'

const maxDepth = 32

/**
 * Reads JSON bodies and no others: what a page can post without a preflight is text or a form. An empty body is
 * undefined, which Fastify would refuse; `__proto__` and `constructor.prototype` are refused by Fastify's own parser.
 */
export function readJsonOnly(app: FastifyInstance): void {
  // Its type says that it may return a promise; with a `done` it never does.
  const parseJson = app.getDefaultJsonParser('error', 'error') as (
    request: FastifyRequest,
    text: string,
    done: (error: Error | null, body?: unknown) => void
  ) => void
  const parse = promisify(parseJson)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      assertPlain(request)
      if (bytes.length === 0) return undefined
      const body = await parse(request, decodeUtf8(bytes)).catch(() => {
        throw new UnreadableBody('The body is not JSON, or has a key that is never accepted, such as "__proto__".')
      })
      if (isDeeperThan(body, maxDepth))
        throw new UnreadableBody(`The body is nested more than ${maxDepth} levels deep.`)
      return body
    }
  )
}

function assertPlain(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new HttpRefusal('invalid_input', 'Compressed bodies are not read; leave out Content-Encoding.', { status: 415 })
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnreadableBody('The body is not valid UTF-8.')
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some(item => isDeeperThan(item, levels - 1))
}
