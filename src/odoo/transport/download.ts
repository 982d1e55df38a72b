import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { GatewayError } from '../../core/errors.js'
import { unavailable } from '../faults/unavailable.js'

/** An answer whose body is read as it comes. */
export interface Download {
  status: number
  /** Names are lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** To be read to its end or destroyed: until then it holds a place. Fails with GatewayError. */
  body: Readable
}

/** An answer of which nothing comes for so long has died on the way. Not counted while its reader is slow. */
const silenceMs = 60_000

/** Sends one request; the body of its answer ends with `signal`. */
export async function download(
  dispatcher: Dispatcher,
  request: { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string },
  signal: AbortSignal
): Promise<Download> {
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      ...request,
      headers: { ...request.headers, 'user-agent': 'odoo-mcp' },
      signal,
      bodyTimeout: silenceMs
    })
    // Whoever reads it is told; nobody else has to listen.
    body.on('error', () => {})
    return { status: statusCode, headers, body }
  } catch (error) {
    throw toFailure(error)
  }
}

/** What a broken download is called. */
export function toFailure(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  if ((error as Error).name === 'AbortError') return new GatewayError('cancelled', 'The caller went away.')
  return unavailable('http', { cause: error, retryable: true })
}
