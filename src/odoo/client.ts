import { GatewayError } from '../core/errors.js'
import type { CallScope, Identity, Json, JsonObject, OdooContext, OdooPort, Row } from '../core/ports.js'
import { isInvalidField } from './faults/faults.js'
import type { MetadataCache } from './metadata/cache.js'
import { fieldAttributes, toFieldMap } from './metadata/fields.js'
import { fetchReadableModels } from './metadata/models.js'
import { isObject } from './parse-json.js'
import { execute, type Rpc } from './rpc.js'

export interface ClientOptions {
  rpc: Rpc
  cache: MetadataCache
  identity: Identity
  secret: string
}

/** One Odoo, as one user, within one call. */
export function createClient({ rpc, cache, identity, secret }: ClientOptions, scope: CallScope): OdooPort {
  const login = { database: identity.database, uid: identity.uid, secret }
  const owner = { identity, lang: langOf(identity, scope.context) }

  const read = (model: string, method: string, args: Json[], kwargs: JsonObject, as = scope): Promise<Json> =>
    guard(rpc.read(execute(login, model, method, args, withContext(kwargs, as.context)), as))

  const write = (model: string, method: string, args: Json[], kwargs: JsonObject = {}) =>
    guard(rpc.write(execute(login, model, method, args, withContext(kwargs, scope.context)), scope))

  function withContext(kwargs: JsonObject, context: OdooContext = {}): JsonObject {
    const own = isObject(kwargs.context) ? kwargs.context : {}
    return { ...kwargs, context: { ...userContext(identity), ...own, ...context } }
  }

  async function guard<T>(call: Promise<T>): Promise<T> {
    try {
      return await call
    } catch (error) {
      if (error instanceof GatewayError && (error.code === 'auth_failed' || isInvalidField(error))) cache.drop(identity)
      throw error
    }
  }

  /** Which of the ids exist and may be seen, archived ones included. */
  async function visible(model: string, ids: number[]): Promise<number[]> {
    const context = { ...scope.context, active_test: false }
    return (await read(model, 'search', [[['id', 'in', ids]]], {}, { ...scope, context })) as number[]
  }

  /**
   * Odoo leaves missing records out of what it reads, mostly: computed fields may raise MissingError for them, and one
   * record that a rule hides raises AccessError for all. Then those that can be seen are read alone.
   */
  async function readVisible(model: string, ids: number[], fields: string[]): Promise<Row[]> {
    const attempt = (some: number[]) => read(model, 'read', [some], { fields: explicit(fields) }) as Promise<Row[]>
    try {
      return await attempt(ids)
    } catch (error) {
      if (!(error instanceof GatewayError) || !['not_found', 'access_denied'].includes(error.code)) throw error
      const left = await visible(model, ids)
      // Nothing to leave out: the fault has another reason.
      if (left.length >= ids.length) throw error
      return left.length === 0 ? [] : await attempt(left)
    }
  }

  return {
    identity,

    async search(model, { domain, fields, limit, offset, order }) {
      const page = { ...(limit !== undefined && { limit }), ...(offset && { offset }), ...(order && { order }) }
      return (await read(model, 'search_read', [], { domain, fields: explicit(fields), ...page })) as Row[]
    },

    async read(model, ids, fields) {
      const rows = new Map((await readVisible(model, ids, fields)).map(row => [row.id, row]))
      return ids.flatMap(id => rows.get(id) ?? [])
    },

    async count(model, domain) {
      return (await read(model, 'search_count', [domain], {})) as number
    },

    fields(model) {
      return cache.get(owner, `fields ${model}`, scope, async shared => {
        const kwargs = { attributes: [...fieldAttributes] }
        const described = await read(model, 'fields_get', [], kwargs, withLang(shared, owner.lang))
        return toFieldMap(described as Record<string, JsonObject>)
      })
    },

    async describeFields(model, fields, attributes) {
      const kwargs = { ...(fields.length > 0 && { allfields: fields }), ...(attributes.length > 0 && { attributes }) }
      return (await read(model, 'fields_get', [], kwargs)) as Record<string, JsonObject>
    },

    models() {
      return cache.get(owner, 'models', scope, shared => {
        const as = withLang(shared, owner.lang)
        return fetchReadableModels(identity.major, (model, method, args, kwargs) =>
          read(model, method, args, kwargs, as)
        )
      })
    },

    async create(model, rows) {
      // A list gives a list of ids on 14 to 19; JSON-2 gives one for a single object, too.
      const { result, warning } = await write(model, 'create', [rows])
      const ids = (Array.isArray(result) ? result : [result]).filter(id => typeof id === 'number')
      if (ids.length === rows.length) return ids
      throw new GatewayError('odoo_error', 'Odoo created the records, but not all of their ids are known.', {
        outcome: 'unknown',
        hint: warning ?? 'Search for the records before creating them again.'
      })
    },

    write: (model, ids, values) => write(model, 'write', [ids, values]),

    unlink: (model, ids) => write(model, 'unlink', [ids]),

    async call(model, method, args, kwargs, options) {
      return options.read
        ? { result: await read(model, method, args, kwargs) }
        : await write(model, method, args, kwargs)
    }
  }
}

/** What is sent on every call: without it Odoo speaks no language and knows no time zone (14 and 19). */
function userContext({ lang, tz }: Identity): OdooContext {
  return { ...(lang !== null && { lang }), ...(tz !== null && { tz }) }
}

function langOf({ lang }: Identity, context: OdooContext = {}): string | null {
  return typeof context.lang === 'string' ? context.lang : lang
}

/** What is shared must not depend on the rest of one caller's context. */
function withLang(scope: CallScope, lang: string | null): CallScope {
  return lang === null ? scope : { ...scope, context: { lang } }
}

/** No fields would mean all fields to Odoo: megabytes, and an HTML error on ir.attachment (19). */
function explicit(fields: string[]): string[] {
  return fields.length > 0 ? fields : ['id']
}
