import { type Dispatcher, errors } from 'undici'
import { GatewayError } from '../../core/errors.js'
import { unavailable } from '../faults/unavailable.js'
import type { WireReply } from '../wires/wire.js'

export interface ExchangeOptions {
  maxResponseBytes: number
  write: boolean
  /** Called when the first byte is about to go out. */
  onSent: (() => void) | undefined
}

/** One request and its reply, as undici's handler. Knows at every moment whether anything has been sent. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Settles once. Rejects with GatewayError; `outcome` is set for writes. */
  readonly reply: Promise<WireReply>
  readonly #options: ExchangeOptions
  readonly #chunks: Buffer[] = []
  #resolve!: (reply: WireReply) => void
  #reject!: (error: GatewayError) => void
  #controller: Dispatcher.DispatchController | undefined
  #stopped: GatewayError | undefined
  #timer: NodeJS.Timeout | undefined
  #status = 0
  #headers: Readonly<Record<string, string | undefined>> = {}
  #bytes = 0
  #sent = false

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever waits has its own branch of the promise; one that nobody waits for any more must not end the process.
    this.reply.catch(() => {})
  }

  get sent(): boolean {
    return this.#sent
  }

  /** It was sent, and nothing has come back yet. */
  get silent(): boolean {
    return this.#sent && this.#status === 0
  }

  /** Ends it here and now, down to the socket. */
  stop(error: GatewayError): void {
    this.#stopped = error
    this.#fail(error)
    this.#controller?.abort(error)
  }

  /** Gives up with `timeout` if no reply has come after `ms` milliseconds. */
  stopAfter(ms: number): void {
    this.#timer = setTimeout(() => this.stop(new GatewayError('timeout', 'Odoo never answered.')), ms)
    // A server that is asked to stop need not wait for it.
    this.#timer.unref()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#stopped) {
      // In time: undici writes only after this returns.
      controller.abort(this.#stopped)
      return
    }
    this.#sent = true
    this.#options.onSent?.()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    this.#status = status
    this.#headers = toSingle(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { maxResponseBytes, write } = this.#options
    this.#bytes += chunk.length
    if (this.#bytes <= maxResponseBytes) {
      this.#chunks.push(chunk)
      return
    }
    const error = tooLarge(maxResponseBytes)
    if (write) {
      // The write is done when its reply begins: what has come says how.
      this.#chunks.push(chunk.subarray(0, chunk.length - (this.#bytes - maxResponseBytes)))
      this.#finish(false)
    }
    this.stop(error)
  }

  onResponseEnd(): void {
    this.#finish(true)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#options.write && this.#status === 200) this.#finish(false)
    else this.#fail(toFailure(error, this.#sent))
  }

  #finish(complete: boolean): void {
    clearTimeout(this.#timer)
    const text = Buffer.concat(this.#chunks).toString('utf8')
    this.#resolve({ status: this.#status, headers: this.#headers, text, complete })
  }

  #fail(error: GatewayError): void {
    clearTimeout(this.#timer)
    this.#reject(this.#options.write ? forWrite(error, this.#sent) : error)
  }
}

type IncomingHeaders = Record<string, string | string[] | undefined>

function tooLarge(bytes: number): GatewayError {
  return new GatewayError('invalid_input', `The answer is larger than max_response_bytes (${bytes} bytes).`, {
    hint: 'Ask for fewer records or fields.'
  })
}

function toFailure(error: Error, sent: boolean): GatewayError {
  if (error instanceof GatewayError) return error
  // What came is not HTTP.
  if (error instanceof errors.HTTPParserError) return unavailable('notOdoo', { cause: error })
  return unavailable(sent ? 'http' : 'connect', { cause: error, retryable: true })
}

function forWrite(error: GatewayError, sent: boolean): GatewayError {
  if (!sent) return error.with({ outcome: 'not_applied' })
  // Odoo may have done it: sending it again is no advice to give.
  const { retryable: _, ...extra } = error.extra
  return new GatewayError(error.code, error.detail, { ...extra, cause: error.cause, outcome: 'unknown' })
}

function toSingle(headers: IncomingHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  )
}
