import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { CallReply, CallScope, OdooExchange } from '../core/ports/odoo.js'
import type { Breaker } from './breaker.js'
import { OdooFault } from './faults/faults.js'
import { missingInstead } from './faults/missing.js'
import { withRetries } from './retry.js'
import { orEnded } from './transport/ending.js'
import type { Transport } from './transport/transport.js'
import type { Wire, WireAnswer, WireCall } from './wires/wire.js'
import { type WriteQueue, writeKeys } from './write-queue.js'

export interface RpcOptions {
  transport: Transport
  wire: Wire
  url: string
  /** Shared by all sessions and users of an Odoo. */
  queue: WriteQueue
  /** Of this Odoo and database, asked for at every call. */
  breaker: () => Breaker
  retries: number
  /** Told of every request that has ended. Must not throw. */
  onExchange?: ((exchange: OdooExchange) => void) | undefined
  clock: Clock
  log: Log
  /** How long after its deadline a write without a reply still holds up the next of its records; 30,000 milliseconds. */
  heldMs?: number
}

/** Whose call it is: what `execute` needs besides the call itself. */
export interface Login {
  database: string
  uid: number
  secret: string
}

/** A call that changes something. */
export interface Writing {
  database: string
  model: string
  /** The records that it changes, as far as they are known. */
  ids: readonly number[]
  /** Makes the call when its turn has come; what it reads for that is not changed by another write through us. */
  prepare(): WireCall | Promise<WireCall>
}

/** Calls to one Odoo over one wire. Throws GatewayError only. */
export interface Rpc {
  /** Sent again on transient failures. */
  read(call: WireCall, scope: CallScope): Promise<Json>
  /**
   * Sent at most once; errors carry `outcome`. Waits until earlier writes of the same records are done: those through
   * this server, whoever sends them. One that Odoo never answers is not waited for much longer than its own time.
   */
  write(writing: Writing, scope: CallScope): Promise<CallReply>
}

export function createRpc(options: RpcOptions): Rpc {
  const { transport, wire, url, queue, breaker, retries, onExchange, clock, log, heldMs = 30_000 } = options

  /** @param onLateReply called when the caller is answered before the reply of a write has come; settles when it has. */
  async function exchange(
    call: WireCall,
    scope: CallScope,
    write: boolean,
    onLateReply?: (end: Promise<unknown>) => void
  ): Promise<WireAnswer> {
    const request = wire.encode(call)
    const finish = async (reply: ReturnType<Transport['send']>) => {
      try {
        return await wire.decode(call, await reply, url)
      } catch (error) {
        throw withoutSecret(error, call)
      }
    }
    const guarding = breaker()
    let sentAt: number | undefined
    let isLate = false
    const onRequest = () => {
      sentAt = clock()
      scope.onRequest?.()
    }
    const ended = (error?: unknown) => {
      guarding.ended(sentAt, error)
      if (sentAt === undefined) return
      const access = write ? 'write' : 'read'
      onExchange?.({ wire: wire.protocol, access, outcome: outcomeOf(error), ms: clock() - sentAt })
    }
    const onLate = (reply: ReturnType<Transport['send']>) => {
      isLate = true
      onLateReply?.(reply)
      const result = finish(reply)
      result.then(() => ended(), ended)
      result.then(
        () => scope.onLateReply?.('applied'),
        (error: unknown) => scope.onLateReply?.(error instanceof GatewayError ? error.code : 'internal')
      )
    }
    try {
      await guarding.admit(probe, scope)
      const admit = () => guarding.check()
      const answer = await finish(
        transport.send({ url, request, write, scope: { ...scope, onRequest }, admit, onLate })
      )
      ended()
      return answer
    } catch (error) {
      // The request of a write whose caller was answered goes on.
      if (isLate) guarding.ended(sentAt, error)
      else ended(error)
      logFailure(error, call)
      throw write ? withOutcome(error, sentAt !== undefined) : error
    }
  }

  async function probe(scope: CallScope): Promise<void> {
    const call: WireCall = { kind: 'version' }
    const reply = await transport.send({ url, request: wire.encode(call), write: false, scope })
    await wire.decode(call, reply, url)
  }

  /** The same, with one call more where XML-RPC says too little of what went wrong. */
  const explained: typeof exchange = (call, scope, ...more) =>
    exchange(call, scope, ...more).catch(async error => {
      if (wire.protocol !== 'xmlrpc') throw error
      throw await missingInstead(error, call, other => exchange(other, scope, false))
    })

  function logFailure(error: unknown, call: WireCall): void {
    if (!(error instanceof GatewayError)) return
    const { kind } = call
    const target = kind === 'execute' ? { model: call.model, method: call.method } : {}
    const traceback = error.cause instanceof OdooFault ? error.cause.exception.debug : undefined
    log.debug({ url, kind, ...target, code: error.code, err: error.cause, traceback }, 'call to Odoo failed')
  }

  return {
    async read(call, scope) {
      const answer = await withRetries(() => explained(call, scope, false), scope, { retries, clock }).catch(
        withoutOutcome
      )
      if (answer.warning === undefined) return answer.result
      throw answer.unreadable ?? new GatewayError('odoo_error', "Odoo's answer could not be read.")
    },
    async write({ database, model, ids, prepare }, scope) {
      const leave = await queue.enter(writeKeys(url, database, model, ids), scope)
      // The write of a caller who has left still runs in Odoo: the next one waits for its reply, too.
      let end: Promise<unknown> | undefined
      try {
        const call = await prepared(prepare)
        const { result, warning } = await explained(call, scope, true, late => {
          end = late
        }).catch(withAdvice)
        return warning === undefined ? { result } : { result, warning }
      } finally {
        const patience = { signal: new AbortController().signal, deadline: scope.deadline + heldMs }
        if (end === undefined) leave()
        else orEnded(end, patience, clock).then(leave, leave)
      }
    }
  }
}

/** One call of a model's method as somebody. */
export function execute(login: Login, model: string, method: string, args: Json[], kwargs: JsonObject): WireCall {
  const { database, uid, secret } = login
  return { kind: 'execute', database, uid, secret, model, method, args, kwargs }
}

/** Whatever fails before the write is made, nothing has been written. */
async function prepared(prepare: Writing['prepare']): Promise<WireCall> {
  try {
    return await prepare()
  } catch (error) {
    throw error instanceof GatewayError ? error.with({ outcome: 'not_applied' }) : error
  }
}

function outcomeOf(error: unknown): OdooExchange['outcome'] {
  if (error === undefined) return 'ok'
  return error instanceof GatewayError ? error.code : 'internal'
}

/** What is not known of a write: of one that was sent, everything. */
function withOutcome(error: unknown, sent: boolean): unknown {
  if (!(error instanceof GatewayError) || error.extra.outcome !== undefined) return error
  return error.with({ outcome: sent ? 'unknown' : 'not_applied' })
}

/** Nobody is told to send again what Odoo may have done. */
function withAdvice(error: unknown): never {
  if (!(error instanceof GatewayError) || error.extra.outcome !== 'unknown') throw error
  const { retryable: _, ...extra } = error.extra
  const hint = 'Odoo may have done it: look at the records before you send this again.'
  throw new GatewayError(error.code, error.detail, { hint, ...extra, cause: error.cause })
}

/** `outcome` is for writes: of a read there is nothing to know. */
function withoutOutcome(error: unknown): never {
  if (!(error instanceof GatewayError)) throw error
  const { outcome: _, ...extra } = error.extra
  throw new GatewayError(error.code, error.detail, { ...extra, cause: error.cause })
}

/**
 * Odoo never repeats a password in a message that we know of; an addon might, and a server that somebody brought may do
 * so on purpose. It is taken out of the cause, too, which goes to the log. Short ones are too common as words.
 */
function withoutSecret(error: unknown, call: WireCall): unknown {
  if (call.kind === 'version' || call.secret.length < 8 || !(error instanceof GatewayError)) return error
  const { code, detail, extra, cause } = error
  const washed = (text: string) => text.replaceAll(call.secret, '…')
  if (!(cause instanceof OdooFault)) return new GatewayError(code, washed(detail), { ...extra, cause })
  const { name, message, debug, ...rest } = cause.exception
  const exception = { ...rest, name: washed(name), message: washed(message), debug: washed(debug) }
  return new GatewayError(code, washed(detail), { ...extra, cause: new OdooFault(exception) })
}
