import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'
import { execute } from '../rpc.js'
import type { WireAnswer, WireCall } from '../wires/wire.js'
import { OdooFault } from './faults.js'

/**
 * Over XML-RPC one fault stands for all errors that are meant for people, and its text may be in any language. So when
 * a call has failed with one that tells nothing else, a second call finds out whether what it was about exists: fewer
 * records than ids, or no such model, make a `not_found` of it. Returns the error to throw.
 */
export async function missingInstead(
  error: unknown,
  call: WireCall,
  ask: (call: WireCall) => Promise<WireAnswer>
): Promise<unknown> {
  if (!(error instanceof GatewayError) || call.kind !== 'execute' || !saysTooLittle(error)) return error
  const ids = idsOf(call.args[0])
  // Without a language the answer is English, and so known. A model that does not exist fails with any domain.
  const context = { active_test: false }
  try {
    const { result } = await ask(execute(call, call.model, 'search_count', [[['id', 'in', ids]]], { context }))
    if (typeof result !== 'number' || result >= ids.length) return error
    return new GatewayError('not_found', error.detail, { ...error.extra, cause: error.cause })
  } catch (other) {
    // Anything else that goes wrong here is not what the caller needs to hear of.
    if (!(other instanceof GatewayError) || other.code !== 'not_found') return error
    return new GatewayError('not_found', other.detail, { ...other.extra, ...error.extra, cause: error.cause })
  }
}

function saysTooLittle({ code, cause }: GatewayError): boolean {
  return code === 'validation' && cause instanceof OdooFault && cause.exception.name === 'odoo.exceptions.UserError'
}

/** The ids that a method of records is called on: its first argument, if it is such a list. */
function idsOf(first: Json | undefined): number[] {
  const ids = Array.isArray(first) ? first : [first]
  return ids.every(id => typeof id === 'number') ? [...new Set(ids)] : []
}
