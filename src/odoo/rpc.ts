import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { CallReply, CallScope } from '../core/ports/odoo.js'
import { OdooFault } from './faults/faults.js'
import { missingInstead } from './faults/missing.js'
import { withRetries } from './retry.js'
import type { Transport } from './transport/transport.js'
import type { Wire, WireAnswer, WireCall } from './wires/wire.js'
import { type WriteQueue, writeKeys } from './write-queue.js'

export interface RpcOptions {
  transport: Transport
  wire: Wire
  url: string
  /** Shared by all sessions and users of an Odoo. */
  queue: WriteQueue
  retries: number
  clock: Clock
  log: Log
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
   * this server, whoever sends them.
   */
  write(writing: Writing, scope: CallScope): Promise<CallReply>
}

export function createRpc({ transport, wire, url, queue, retries, clock, log }: RpcOptions): Rpc {
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
    const onLate = (reply: ReturnType<Transport['send']>) => {
      onLateReply?.(reply)
      finish(reply).then(
        () => scope.onLateReply?.('applied'),
        (error: unknown) => scope.onLateReply?.(error instanceof GatewayError ? error.code : 'internal')
      )
    }
    try {
      return await finish(transport.send({ url, request, write, scope, onLate }))
    } catch (error) {
      logFailure(error, call)
      throw error
    }
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
        const { result, warning } = await explained(await prepared(prepare), scope, true, late => {
          end = late
        })
        return warning === undefined ? { result } : { result, warning }
      } finally {
        if (end === undefined) leave()
        else end.then(leave, leave)
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

/** `outcome` is for writes: of a read there is nothing to know. */
function withoutOutcome(error: unknown): never {
  if (!(error instanceof GatewayError)) throw error
  const { outcome: _, ...extra } = error.extra
  throw new GatewayError(error.code, error.detail, { ...extra, cause: error.cause })
}

/** Odoo never repeats a password in a message that we know of; an addon might. Short ones are too common as words. */
function withoutSecret(error: unknown, call: WireCall): unknown {
  if (call.kind === 'version' || call.secret.length < 8 || !(error instanceof GatewayError)) return error
  if (!error.detail.includes(call.secret)) return error
  return new GatewayError(error.code, error.detail.replaceAll(call.secret, '…'), { ...error.extra, cause: error.cause })
}
