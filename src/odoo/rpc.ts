import { GatewayError } from '../core/errors.js'
import type { CallReply, CallScope, Clock, Json, JsonObject, Log } from '../core/ports.js'
import { OdooFault } from './faults/faults.js'
import { withRetries } from './retry.js'
import type { Transport } from './transport/transport.js'
import type { Wire, WireAnswer, WireCall } from './wires/wire.js'

export interface RpcOptions {
  transport: Transport
  wire: Wire
  url: string
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

/** Calls to one Odoo over one wire. Throws GatewayError only. */
export interface Rpc {
  /** Sent again on transient failures. */
  read(call: WireCall, scope: CallScope): Promise<Json>
  /** Sent at most once; errors carry `outcome`. */
  write(call: WireCall, scope: CallScope): Promise<CallReply>
}

export function createRpc({ transport, wire, url, retries, clock, log }: RpcOptions): Rpc {
  async function exchange(call: WireCall, scope: CallScope, write: boolean): Promise<WireAnswer> {
    const request = wire.encode(call)
    const finish = async (reply: ReturnType<Transport['send']>) => {
      try {
        return wire.decode(call, await reply, url)
      } catch (error) {
        throw withoutSecret(error, call)
      }
    }
    const onLate = (reply: ReturnType<Transport['send']>) => {
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

  function logFailure(error: unknown, call: WireCall): void {
    if (!(error instanceof GatewayError)) return
    const { kind } = call
    const target = kind === 'execute' ? { model: call.model, method: call.method } : {}
    const traceback = error.cause instanceof OdooFault ? error.cause.exception.debug : undefined
    log.debug({ url, kind, ...target, code: error.code, err: error.cause, traceback }, 'call to Odoo failed')
  }

  return {
    async read(call, scope) {
      const answer = await withRetries(() => exchange(call, scope, false), scope, { retries, clock }).catch(
        withoutOutcome
      )
      if (answer.warning === undefined) return answer.result
      throw new GatewayError('odoo_error', "Odoo's answer could not be read.")
    },
    async write(call, scope) {
      const { result, warning } = await exchange(call, scope, true)
      return warning === undefined ? { result } : { result, warning }
    }
  }
}

/** One call of a model's method as somebody. */
export function execute(login: Login, model: string, method: string, args: Json[], kwargs: JsonObject): WireCall {
  const { database, uid, secret } = login
  return { kind: 'execute', database, uid, secret, model, method, args, kwargs }
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
