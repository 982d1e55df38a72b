import { type ErrorExtra, GatewayError } from './errors.js'
import type { JsonObject } from './json.js'
import type { Access } from './ports/gateway.js'

/** A call that destroys something, as the person who is asked about it must know it. Nothing in it comes from Odoo. */
export interface Destruction {
  tool: string
  model: string
  method?: string
  ids?: number[]
}

/**
 * A call that would be sent, if the person behind the caller said yes to it. A surface that can ask does so, and calls
 * again with `confirmed`; for all others it is the refusal that it says it is.
 */
export class ConfirmationNeeded extends GatewayError {
  readonly about: Destruction

  constructor(about: Destruction, extra: ErrorExtra = {}) {
    super('policy_denied', `This server asks first about what cannot be undone. ${toQuestion(about)}`, {
      hint: 'Ask the person you act for; after a yes, send the same call with "confirm": true beside its arguments.',
      ...extra
    })
    this.about = about
  }

  override with(extra: ErrorExtra): ConfirmationNeeded {
    return new ConfirmationNeeded(this.about, { ...this.extra, ...extra })
  }
}

/** The question, in our own words around technical names: what people have written into Odoo must not be able to ask. */
export function toQuestion({ tool, model, method, ids = [] }: Destruction): string {
  const on = records(model, ids)
  if (tool === 'odoo_unlink' || method === 'unlink') return `Delete ${on}? This cannot be undone.`
  if (method !== undefined) return `Run the method ${method} on ${on}? What it does may not be possible to undo.`
  const what = tool === 'odoo_create' ? `Create records of ${model}` : `Change ${on}`
  return `${what} and delete other records that the values name? This cannot be undone.`
}

const shown = 20

function records(model: string, ids: readonly number[]): string {
  if (ids.length === 0) return model
  const more = ids.length > shown ? ` and ${ids.length - shown} more` : ''
  const word = ids.length === 1 ? 'record' : 'records'
  return `${ids.length} ${word} of ${model} (${ids.slice(0, shown).join(', ')}${more})`
}

/**
 * Takes `confirm` out of the input of a tool that writes, where callers of REST and of the dialect put it beside the
 * arguments. Everything else is left for the check of the input. Throws `invalid_input` for what is neither true nor false.
 */
export function liftConfirm(given: unknown, access: Access): { input: unknown; confirmed?: true } {
  const isWriting = access === 'write' || access === 'destructive'
  if (!isWriting || !isObject(given) || !Object.hasOwn(given, 'confirm')) return { input: given }
  const { confirm, ...input } = given
  if (typeof confirm !== 'boolean') {
    throw new GatewayError('invalid_input', 'confirm: does not fit; expected true or false', {
      hint: 'true says that the person you act for has been asked, and wants just this call.',
      outcome: 'not_applied'
    })
  }
  return { input, ...(confirm && { confirmed: true as const }) }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
