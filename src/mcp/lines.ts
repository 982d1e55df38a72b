import { Transform, type TransformCallback } from 'node:stream'
import { ProtocolErrorCode, parseJSONRPCMessage } from '@modelcontextprotocol/server'
import { GatewayError } from '../core/errors.js'
import { assertSafeJson } from '../core/json.js'

/** The answer to a line that is no message. */
export interface Refusal {
  jsonrpc: '2.0'
  id: string | number | null
  error: { code: number; message: string }
}

const maxLineBytes = 10 * 1024 * 1024
const maxBatch = 100
const newline = 0x0a
// Bytes that are not UTF-8 would otherwise be written to Odoo as replacement characters.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Passes on the lines that are JSON-RPC messages and refuses the others, so that none of them can end or poison the
 * connection. The messages of a batch, which revision 2025-03-26 allows, are passed on one by one.
 */
export function guardLines(refuse: (refusal: Refusal) => void): Transform {
  const reject = (code: number, message: string, id: Refusal['id'] = null) =>
    refuse({ jsonrpc: '2.0', id, error: { code, message } })

  function accept(this: Transform, line: Buffer) {
    let value: unknown
    try {
      const text = utf8.decode(line)
      if (text.trim() === '') return
      value = JSON.parse(text)
    } catch {
      return reject(ProtocolErrorCode.ParseError, 'Parse error: the line is not JSON in UTF-8')
    }
    const batch = Array.isArray(value) ? value : [value]
    if (batch.length === 0 || batch.length > maxBatch) {
      return reject(ProtocolErrorCode.InvalidRequest, `Invalid Request: a batch has 1 to ${maxBatch} messages`)
    }
    for (const message of batch) {
      const fault = faultOf(message)
      if (fault) reject(ProtocolErrorCode.InvalidRequest, `Invalid Request: ${fault}`, idOf(message))
      else this.push(`${JSON.stringify(message)}\n`)
    }
  }

  let pending: Buffer[] = []
  let size = 0
  const take = () => {
    const line = size > maxLineBytes ? undefined : Buffer.concat(pending)
    if (line === undefined) reject(ProtocolErrorCode.InvalidRequest, 'Invalid Request: the line is too long')
    pending = []
    size = 0
    return line ?? Buffer.alloc(0)
  }
  const keep = (part: Buffer) => {
    size += part.length
    // Of a line that is too long only the length matters.
    if (size <= maxLineBytes) pending.push(part)
    else pending = []
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      let start = 0
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end))
        accept.call(this, take())
        start = end + 1
      }
      keep(chunk.subarray(start))
      done()
    },
    flush(done) {
      accept.call(this, take())
      done()
    }
  })
}

/** Why a value is not a message that may come further; undefined when it is one. */
function faultOf(value: unknown): string | undefined {
  try {
    assertSafeJson(value)
    parseJSONRPCMessage(value)
    return undefined
  } catch (error) {
    return error instanceof GatewayError ? error.detail : 'not a JSON-RPC message'
  }
}

function idOf(value: unknown): Refusal['id'] {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null
}
