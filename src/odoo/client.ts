import { GatewayError } from '../core/errors.js'
import type { FileStream } from '../core/files.js'
import type { Json, JsonObject } from '../core/json.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { CallScope, FieldMap, Identity, OdooContext, OdooPort } from '../core/ports/odoo.js'
import { aggregate } from './aggregate/aggregate.js'
import type { ReadCall } from './aggregate/source.js'
import { expectCount, expectDescriptions, expectRows } from './expected.js'
import { isInvalidField } from './faults/faults.js'
import { contentField, fetchFacts } from './files/facts.js'
import type { MetadataCache } from './metadata/cache.js'
import { fetchDefaultOrder } from './metadata/default-order.js'
import { fieldAttributes, toFieldMap } from './metadata/fields.js'
import { fetchListColumns } from './metadata/list-columns.js'
import { fetchReadableModels } from './metadata/models.js'
import { nameSearchArguments, toNamedIds } from './names.js'
import { isObject } from './parse-json.js'
import { withOtherProperties } from './properties.js'
import { inOneShape } from './result-shapes.js'
import { execute, type Rpc } from './rpc.js'
import { explicit, visibleReader } from './visible.js'
import { changedIds } from './write-queue.js'

export interface ClientOptions {
  rpc: Rpc
  cache: MetadataCache
  identity: Identity
  secret: string
  /** Opens a file over Odoo's web server; see `OdooPort`. */
  openFile(scope: CallScope, model: string, id: number, field: string, range?: string): Promise<FileStream | undefined>
  log: Log
  clock: Clock
}

/** One Odoo, as one user, within one call. */
export function createClient(options: ClientOptions, scope: CallScope): OdooPort {
  const { rpc, cache, identity, secret } = options
  const login = { database: identity.database, uid: identity.uid, secret }
  const owner = { identity, lang: langOf(identity, scope.context) }

  const read = (model: string, method: string, args: Json[], kwargs: JsonObject, as = scope): Promise<Json> =>
    guard(rpc.read(execute(login, model, method, args, withContext(kwargs, as.context)), as))

  /** `ids`: the records that it changes, as far as they are known. */
  const write = (model: string, method: string, ids: number[], args: Prepared, kwargs: JsonObject = {}) => {
    const prepare = async () =>
      execute(login, model, method, Array.isArray(args) ? args : await args(), withContext(kwargs, scope.context))
    return guard(rpc.write({ database: identity.database, model, ids, prepare }, scope))
  }

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

  const { readVisible, readAll } = visibleReader(read, scope)

  const fields = (model: string): Promise<FieldMap> =>
    cache.get(owner, `fields ${model}`, scope, async shared => {
      const kwargs = { attributes: [...fieldAttributes] }
      const described = await read(model, 'fields_get', [], kwargs, withLang(shared, owner.lang))
      return toFieldMap(expectDescriptions(described))
    })

  // The same in every language.
  const defaultOrder = (model: string): Promise<string> =>
    cache.get({ identity, lang: null }, `order ${model}`, scope, shared =>
      fetchDefaultOrder(model, (of, method, args, kwargs) => read(of, method, args, kwargs, shared))
    )

  return {
    identity,
    fields,

    async search(model, { domain, fields, limit, offset, order }) {
      const sorted = { order: order ?? (await defaultOrder(model)) }
      const page = { ...(limit !== undefined && { limit }), ...(offset && { offset }), ...sorted }
      return expectRows(await read(model, 'search_read', [], { domain, fields: explicit(fields), ...page }))
    },

    async read(model, ids, fields) {
      const rows = new Map((await readAll(model, ids, fields)).map(row => [row.id, row]))
      return ids.flatMap(id => rows.get(id) ?? [])
    },

    async count(model, domain) {
      return expectCount(await read(model, 'search_count', [domain], {}))
    },

    async nameSearch(model, query) {
      const kwargs = nameSearchArguments(query, identity.major)
      return toNamedIds(await read(model, 'name_search', [], kwargs), query.limit)
    },

    async listColumns(model) {
      // The columns are the same in every language.
      const lists = { identity, lang: null }
      try {
        return await cache.get(lists, `list ${model}`, scope, shared =>
          fetchListColumns(model, identity, (method, args, as) => read(model, method, args, {}, as), shared, options)
        )
      } catch (error) {
        if (error instanceof GatewayError) return []
        throw error
      }
    },

    aggregate: (model, query) =>
      aggregate(model, query, {
        identity,
        context: scope.context ?? {},
        fields,
        read: withoutEmptyGroups(read, scope)
      }),

    async describeFields(model, fields, attributes) {
      const kwargs = { ...(fields.length > 0 && { allfields: fields }), ...(attributes.length > 0 && { attributes }) }
      return expectDescriptions(await read(model, 'fields_get', [], kwargs))
    },

    models() {
      return cache.get(owner, 'models', scope, shared => {
        const as = withLang(shared, owner.lang)
        return fetchReadableModels(identity.major, (model, method, args, kwargs) =>
          read(model, method, args, kwargs, as)
        )
      })
    },

    fileFacts(model, id, field) {
      const asSizes = { ...scope, context: { ...scope.context, bin_size: true } }
      const reads = {
        major: identity.major,
        sizes: async (of: string, one: number, names: string[]) => (await readVisible(of, [one], names, asSizes))[0],
        attachment: async (domain: Json[], names: string[]) =>
          expectRows(await read('ir.attachment', 'search_read', [], { domain, fields: names, limit: 1 }))[0]
      }
      return fetchFacts(reads, model, id, field)
    },

    async readFile(model, id, field) {
      const content = contentField(model, field)
      // A `bin_size` of the caller would give the size in place of the content.
      const as = { ...scope, context: { ...scope.context, bin_size: false } }
      const [row] = await readVisible(model, [id], [content], as)
      const value = row?.[content]
      return typeof value === 'string' ? value : ''
    },

    openFile: (model, id, field, range) => options.openFile(scope, model, id, field, range),

    async create(model, rows) {
      // A list gives a list of ids on 14 to 19; JSON-2 gives one for a single object, too.
      const { result, warning } = await write(model, 'create', [], [rows])
      const ids = (Array.isArray(result) ? result : [result]).filter(id => typeof id === 'number')
      if (ids.length === rows.length) return ids
      throw new GatewayError('odoo_error', 'Odoo created the records, but not all of their ids are known.', {
        outcome: 'unknown',
        hint: warning ?? 'Search for the records before creating them again.'
      })
    },

    write(model, ids, values) {
      const reader = { fields: () => fields(model), read: (names: string[]) => readVisible(model, ids, names) }
      return write(model, 'write', ids, async () => [ids, await withOtherProperties(ids, values, reader)])
    },

    unlink: (model, ids) => write(model, 'unlink', ids, [ids]),

    async call(model, method, args, kwargs, options) {
      const reply = options.read
        ? { result: await read(model, method, args, kwargs) }
        : await write(model, method, changedIds(method, args, kwargs), args, kwargs)
      return { ...reply, result: inOneShape(method, reply.result) }
    }
  }
}

/** These would make groups without records, for Odoo's own views. */
function withoutEmptyGroups(
  read: (model: string, method: string, args: Json[], kwargs: JsonObject, as: CallScope) => Promise<Json>,
  scope: CallScope
): ReadCall {
  const { fill_temporal, read_group_expand, ...context } = scope.context ?? {}
  return (model, method, args, kwargs) => read(model, method, args, kwargs, { ...scope, context })
}

/** Arguments, or what makes them when the turn of a write has come. */
type Prepared = Json[] | (() => Promise<Json[]>)

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
