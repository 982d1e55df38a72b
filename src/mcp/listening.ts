import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server'
import { type ErrorCode, GatewayError } from '../core/errors.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import type { Watch } from './provider.js'
import { toProtocolError } from './server.js'
import { Teller } from './teller.js'

/** URIs that one listen request may name: as many as one session may watch. */
const maxUris = 1000

/** URIs that are read at once when a listen request begins, so that it leaves room in the queue to Odoo for others. */
const readAtOnce = 8

/** Faults of the URI or the caller's rights. With any other, such as an Odoo that is down, asking again may help. */
const lasting: readonly ErrorCode[] = ['invalid_input', 'not_found', 'access_denied', 'policy_denied']

const sessionEnded = new GatewayError('auth_required', 'The session has just ended.')

export interface ListeningOptions {
  /** Undefined: nothing can be watched. */
  watch: Watch | undefined
  /** Tells the client that a resource has changed; settles when it can take more. */
  tell(uri: string): Promise<void>
  /** The session has ended, and with it everything that this watches. Told once, and not while it begins. */
  ended(): void
  log: Log
}

/** What one `subscriptions/listen` request of revision 2026-07-28 watches, with the rights of who sent it. */
export class Listening {
  readonly #options: ListeningOptions
  readonly #teller: Teller
  readonly #stops: (() => void)[] = []
  readonly #closed = new AbortController()
  readonly #opened: Promise<void>
  #open: () => void = () => {}
  #begun = false
  #isOpen = false

  constructor(options: ListeningOptions) {
    this.#options = options
    this.#opened = new Promise(resolve => {
      this.#open = resolve
    })
    this.#teller = new Teller(async uri => {
      // Not waited for when it is: a change just before the end is still told of.
      if (!this.#isOpen) await this.#opened
      if (!this.isClosed) await options.tell(uri)
    })
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted
  }

  /**
   * Begins to watch what the filter of this request names, and takes out of the filter what the caller may not: so the
   * acknowledgement names what is watched. Throws a ProtocolError that names a URI when none can be, and when one cannot
   * for a reason that may pass.
   */
  async begin(message: unknown, caller: Caller, signal: AbortSignal): Promise<void> {
    const filter = filterOf(message)
    if (filter === undefined || this.#options.watch === undefined) return
    const uris = [...new Set(filter.resourceSubscriptions)]
    if (uris.length > maxUris) {
      const found = `resourceSubscriptions names ${uris.length} URIs; expected ${maxUris} at most`
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params: ${found}`)
    }
    const refused = await this.#watchAll(uris, { caller, signal: AbortSignal.any([signal, this.#closed.signal]) })
    if (this.isClosed) throw naming(uris[0] ?? '', sessionEnded, caller, this.#options.log)
    this.#begun = true
    filter.resourceSubscriptions = uris.filter(uri => !refused.has(uri))
    const [first] = refused
    if (first === undefined || filter.resourceSubscriptions.length > 0) return
    throw naming(first[0], first[1], caller, this.#options.log)
  }

  /** The client has been told what is watched: from now on it is told of changes, first of those that came before. */
  opened(): void {
    this.#isOpen = true
    this.#open()
  }

  /** Ends it; calling it again does nothing. */
  close(): void {
    this.#closed.abort()
    this.#open()
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** Watches all of these; gives those that this caller may not, with the reasons. */
  async #watchAll(uris: readonly string[], request: { caller: Caller; signal: AbortSignal }) {
    const left = uris.values()
    const refused = new Map<string, unknown>()
    const work = async () => {
      for (const uri of left) {
        try {
          await this.#watchOne(uri, request)
        } catch (error) {
          if (!isLasting(error)) throw naming(uri, error, request.caller, this.#options.log)
          refused.set(uri, error)
        }
      }
    }
    try {
      await Promise.all(Array.from({ length: readAtOnce }, work))
    } catch (error) {
      this.close()
      throw error
    }
    return refused
  }

  async #watchOne(uri: string, request: { caller: Caller; signal: AbortSignal }): Promise<void> {
    if (request.signal.aborted) throw new GatewayError('cancelled', 'The caller went away.')
    const stop = await this.#options.watch?.(uri, request, {
      updated: () => this.#teller.updated(uri),
      ended: () => this.#end()
    })
    if (stop === undefined) throw new ResourceNotFoundError(uri)
    if (this.isClosed) stop()
    else this.#stops.push(stop)
  }

  #end(): void {
    if (this.isClosed) return
    this.close()
    if (this.#begun) this.#options.ended()
  }
}

/** The filter of a listen request, if it names resources; a malformed one is for the SDK to refuse. */
function filterOf(message: unknown): { resourceSubscriptions: string[] } | undefined {
  const { notifications } = (message as { params?: { notifications?: unknown } }).params ?? {}
  const named = (notifications as { resourceSubscriptions?: unknown } | undefined)?.resourceSubscriptions
  if (!Array.isArray(named) || named.length === 0 || !named.every(uri => typeof uri === 'string')) return undefined
  // Seen to be one.
  return notifications as { resourceSubscriptions: string[] }
}

function isLasting(error: unknown): boolean {
  if (error instanceof GatewayError) return lasting.includes(error.code)
  return error instanceof ProtocolError && error.code === ProtocolErrorCode.InvalidParams
}

function naming(uri: string, error: unknown, caller: Caller, log: Log): ProtocolError {
  const { code, message, data } = toProtocolError(error, caller, 'subscriptions/listen', log)
  return new ProtocolError(code, message.includes(uri) ? message : `${uri}: ${message}`, { ...(data as object), uri })
}
