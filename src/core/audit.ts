import { isId } from './check/field-values.js'
import { type ErrorCode, GatewayError, internalDetail, type Outcome } from './errors.js'
import type { Json, JsonObject } from './json.js'
import type { Written } from './live.js'
import { type Argument, bindArguments, methodEffect } from './methods.js'
import type { Log } from './ports/log.js'
import type { Caller, Session } from './ports/sessions.js'
import { type Who, whoOf } from './who.js'

/** One line per write, and one more if its reply came after its caller had gone. Names, never values. */
export interface AuditEntry extends Who {
  /** The address of the Odoo. */
  odoo: string
  database: string
  /** As whom it was done there: the user's id, which stays, and the login, which somebody may change. */
  uid: number
  login: string
  tool: string
  model: string
  method?: string
  ids?: number[]
  fields?: string[]
  /** Ids of new records. */
  created?: number[]
  /** The caller said that a person had been asked. */
  confirmed?: true
  outcome: 'applied' | Outcome | 'applied_late' | 'failed_late'
  code?: ErrorCode
}

/**
 * Writes the one audit line of a write, and a second one if Odoo's reply came after its caller had gone.
 * @param onWrite told of each write that was, or may have been, applied
 */
export function createAudit(write: Auditing, log: Log, onWrite: (written: Written) => void = () => {}) {
  const { tool, caller, confirmed } = write
  let session: Session | undefined
  let about: ReturnType<typeof auditedParts> | undefined
  let sent = false
  const tell = (outcome: AuditEntry['outcome'], more: Pick<AuditEntry, 'code' | 'created'> = {}) => {
    // What never had a session and a model was refused before it meant anything.
    if (session === undefined || about === undefined) return
    const { url, database, uid, username } = session.odoo.identity
    const odoo = { odoo: url, database, uid, login: username }
    const what = { tool, ...about, ...(confirmed && { confirmed: true as const }) }
    const audit: AuditEntry = { ...whoOf(caller, session), ...odoo, ...what, outcome, ...more }
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
    /** @param output of the tool, which may tell the ids of what is new */
    done: (output: unknown) => tell('applied', createdIn(output, about?.method)),
    late: (result: 'applied' | NonNullable<AuditEntry['code']>) =>
      result === 'applied' ? tell('applied_late') : tell('failed_late', { code: result }),
    /** The error with its outcome: what did not come from the sent write itself was refused before it. */
    failed(error: unknown): GatewayError {
      const known = error instanceof GatewayError ? error : bug(error, log, caller.requestId)
      const outcome: Outcome = !sent
        ? 'not_applied'
        : (known.extra.outcome ?? (known === error ? 'not_applied' : 'unknown'))
      tell(outcome, { code: known.code })
      return known.with({ outcome })
    }
  }
}

/** A write, before anything of it is known but who wants it. */
export interface Auditing {
  tool: string
  caller: Caller
  confirmed: boolean
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

/** The ids of new records: `odoo_create` answers them, and so do the ORM's methods that create. */
function createdIn(output: unknown, method: string | undefined): Pick<AuditEntry, 'created'> {
  const { id, ids, result } = (output ?? {}) as JsonObject
  const answered = method === undefined ? (id ?? ids) : methodEffect(method) === 'create' ? result : undefined
  const created = [answered].flat().filter(isId)
  return created.length > 0 ? { created } : {}
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
