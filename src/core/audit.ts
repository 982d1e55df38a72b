import { isId } from './check/field-values.js'
import { type ErrorCode, GatewayError, internalDetail, type Outcome } from './errors.js'
import type { Json, JsonObject } from './json.js'
import type { Written } from './live.js'
import { type Argument, bindArguments } from './methods.js'
import type { Log } from './ports/log.js'
import type { Caller, Session } from './ports/sessions.js'

/** One line per write, and one more if its reply came after its caller had gone. */
export interface AuditEntry {
  request_id: string
  session: string
  principal: string
  tool: string
  model: string
  method?: string
  ids?: number[]
  fields?: string[]
  outcome: 'applied' | Outcome | 'applied_late' | 'failed_late'
  code?: ErrorCode
}

/**
 * Writes the one audit line of a write, and a second one if Odoo's reply came after its caller had gone.
 * @param onWrite told of each write that was, or may have been, applied
 */
export function createAudit(tool: string, caller: Caller, log: Log, onWrite: (written: Written) => void = () => {}) {
  let session: Session | undefined
  let about: ReturnType<typeof auditedParts> | undefined
  let sent = false
  const write = (outcome: AuditEntry['outcome'], code?: AuditEntry['code']) => {
    // What never had a session and a model was refused before it meant anything.
    if (session === undefined || about === undefined) return
    const audit: AuditEntry = {
      request_id: caller.requestId,
      session: session.id.slice(0, 12),
      principal: caller.principal,
      tool,
      ...about,
      outcome,
      ...(code !== undefined && { code })
    }
    log.info({ audit }, 'write')
    if (outcome === 'not_applied' || outcome === 'failed_late') return
    onWrite({ identity: session.odoo.identity, model: about.model, ids: about.ids ?? [] })
  }
  return {
    of(found: Session) {
      session = found
    },
    about(input: JsonObject) {
      about = auditedParts(input)
    },
    /** From here on the write may be on its way. */
    sending() {
      sent = true
    },
    done: () => write('applied'),
    late: (result: 'applied' | NonNullable<AuditEntry['code']>) =>
      result === 'applied' ? write('applied_late') : write('failed_late', result),
    /** The error with its outcome: what did not come from the sent write itself was refused before it. */
    failed(error: unknown): GatewayError {
      const known = error instanceof GatewayError ? error : bug(error, log, caller.requestId)
      const outcome: Outcome = !sent
        ? 'not_applied'
        : (known.extra.outcome ?? (known === error ? 'not_applied' : 'unknown'))
      write(outcome, known.code)
      return known.with({ outcome })
    }
  }
}

/** A bug of ours in a write has an outcome, too; it is logged here, because surfaces log only what is no GatewayError. */
function bug(error: unknown, log: Log, requestId: string): GatewayError {
  log.error({ err: error, request_id: requestId }, 'a write failed in this server')
  return new GatewayError('internal', internalDetail, { cause: error })
}

/** What the audit tells of a write: which model, records and fields; never a value. */
export function auditedParts(input: JsonObject): Pick<AuditEntry, 'model' | 'method' | 'ids' | 'fields'> {
  const { model, method } = input
  const bound = typeof method === 'string' ? argumentsOf(method, input) : []
  const ids = idsOf(input, bound)
  const fields = fieldNames([input.values, ...bound.filter(({ kind }) => kind === 'values').map(({ value }) => value)])
  return {
    model: String(model),
    ...(typeof method === 'string' && { method }),
    ...(ids.length > 0 && { ids }),
    ...(fields.length > 0 && { fields })
  }
}

function argumentsOf(method: string, { args, kwargs, ids }: JsonObject): Argument[] {
  return bindArguments(method, (args ?? []) as Json[], (kwargs ?? {}) as JsonObject, ids !== undefined)
}

/** Ids given apart, those of an ORM method, or the first argument of another method, where its ids stand. */
function idsOf({ ids, args }: JsonObject, bound: Argument[]): number[] {
  const first = bound.find(({ kind }) => kind === 'ids')?.value ?? (Array.isArray(args) ? args[0] : undefined)
  const given = ids ?? first
  return (Array.isArray(given) ? given : [given]).filter(isId)
}

function fieldNames(values: (Json | undefined)[]): string[] {
  const names = values.flat().flatMap(row => (isObject(row) ? Object.keys(row) : []))
  return [...new Set(names)]
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
