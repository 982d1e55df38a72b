import { asList } from './arguments.js'
import { seed as seedData } from './data/seed.js'
import type { Database } from './database.js'
import {
  accessDenied,
  accessError,
  attributeError,
  indexError,
  missingError,
  OdooException,
  typeError,
  userError,
  valueError
} from './exceptions.js'
import { isObject, type Json, type JsonObject } from './json.js'
import { isSecretOf, userWithKey, userWithLogin } from './models/credentials.js'
import { specs } from './models/index.js'
import { bindByName, bindByPosition } from './orm/arguments.js'
import { browse, hashable, idsIn } from './orm/browse.js'
import type { Context, Env } from './orm/env.js'
import { createEnv, languages } from './orm/env.js'
import { isAttribute, isPrivate, methodsOf } from './orm/methods.js'
import { createModels } from './orm/models.js'
import { createTables } from './orm/tables.js'
import type { Method, Model } from './orm/types.js'
import { toInt } from './orm/write/sql-values.js'
import { repr, truthy, typeName } from './python.js'
import { type Major, releaseOf } from './release.js'

export interface DatabaseOptions {
  name: string
  major: Major
  /** The same number gives the same data. */
  seed: number
  /** With 100,000 partners more, for load tests. */
  scale: boolean
}

/** A database of its own, filled with demo data. */
export function createDatabase({ name, major, seed, scale }: DatabaseOptions): Database {
  const release = releaseOf(major)
  const models = createModels(major, specs)
  const tables = createTables(models)
  const builtIn = methodsOf(major)
  const envOf = (uid: number, context: Context = {}) =>
    createEnv({ release, models, tables, uid, context, su: uid === 1 })
  seedData({ env: createEnv({ release, models, tables, uid: 1, su: true }), seed, scale })

  const methodOf = (model: Model, method: string) => model.methods.get(method) ?? builtIn.get(method)

  function inTransaction<T>(run: () => T): T {
    tables.begin()
    try {
      const result = run()
      tables.commit()
      return result
    } catch (error) {
      tables.rollback()
      // A stack that ends here has ended in Python long before.
      if (error instanceof RangeError)
        throw new OdooException('builtins.RecursionError', 'maximum recursion depth exceeded')
      throw error
    }
  }

  return {
    name,
    release,
    models,
    tables,
    authenticate(login, secret) {
      const uid = typeof login === 'string' ? userWithLogin(tables, login) : undefined
      return uid !== undefined && isSecret(uid, secret) ? uid : false
    },
    checkCredentials(given, secret) {
      const uid = toInt(given)
      if (!truthy(secret)) throw accessDenied()
      if (uid <= 0) throw accessDenied()
      const user = tables.row('res.users', uid)
      if (user === undefined) throw missingError('res.users', [uid], uid)
      if (user.active === false || !isSecret(uid, secret)) throw accessDenied()
    },
    userOfKey: key => userWithKey(tables, key),
    executeKw(uid, modelName, methodName, args, kwargs) {
      const name = checkedName(major, methodName)
      if (major <= 18 && isPrivate(major, name)) throw privateMethod(name)
      const model = modelOf(modelName)
      if (isPrivate(major, name)) throw privateMethod(`'${model.name}.${name}'`)
      const method = methodOf(model, name)
      if (method === undefined) throw unknownMethod(major, model, name, args)
      return inTransaction(() => {
        const { ids, positional, named, context } = splitArguments(major, method, args, kwargs)
        const env = checkedEnv(envOf(uid, context))
        const bound = bindByPosition(major, model, name, method, positional, named)
        return method.run(env, model, idsFor(method, ids), bound)
      })
    },
    callNamed(uid, modelName, name, ids, context, kwargs) {
      const model = models.get(modelName)
      if (model === undefined) throw notFound(`the model ${repr(modelName)} does not exist`)
      if (isPrivate(major, name)) throw privateMethod(`'${model.name}.${name}'`)
      const method = methodOf(model, name)
      if (method === undefined) throw notFound(`The method '${model.name}.${name}' does not exist`)
      if (method.on === 'model' && truthy(ids)) throw unprocessable(`cannot call ${model.name}.${name} with ids`)
      return inTransaction(() => {
        const env = checkedEnv(envOf(uid, toContext(major, context)))
        const bound = bindByName(major, method, kwargs, unprocessable)
        const result = method.run(env, model, idsFor(method, ids), bound)
        // JSON-2 gives the recordset that create returns as ids, also for a single object.
        return name === 'create' && typeof result === 'number' ? [result] : result
      })
    }
  }

  function modelOf(name: Json): Model {
    if (Array.isArray(name) || isObject(name)) throw typeError(`unhashable type: '${typeName(name)}'`)
    const model = typeof name === 'string' ? models.get(name) : undefined
    if (model !== undefined) return model
    throw userError(`Object ${typeof name === 'string' ? name : repr(name)} doesn't exist`)
  }

  function isSecret(uid: number, secret: Json): boolean {
    return typeof secret === 'string' && isSecretOf(tables, uid, secret)
  }
}

function privateMethod(name: string): OdooException {
  return accessError(`Private methods (such as ${name}) cannot be called remotely.`)
}

/** What Odoo says of a name that is no text depends on what it does with it first. */
function checkedName(major: Major, name: Json): string {
  if (typeof name === 'string') return name
  const type = typeName(name)
  if (major >= 19) throw attributeError(`'${type}' object has no attribute 'startswith'`)
  throw typeError(`expected string or bytes-like object${major <= 14 ? '' : `, got '${type}'`}`)
}

function unknownMethod(major: Major, model: Model, name: string, args: Json): OdooException {
  if (major >= 19) return attributeError(`The method '${model.name}.${name}' does not exist`)
  // Before, whatever a record has was taken for a method: fields, too.
  if (truthy(args) || !isAttribute(model, name)) {
    return attributeError(`type object '${model.name}' has no attribute '${name}'`)
  }
  return noIds(major)
}

/** A method of records finds no ids among its arguments. */
function noIds(major: Major): OdooException {
  return indexError(`${major <= 18 ? 'tuple' : 'list'} index out of range`)
}

const notFound = (message: string) => new OdooException('werkzeug.exceptions.NotFound', message)
const unprocessable = (message: string) => new OdooException('werkzeug.exceptions.UnprocessableEntity', message)

interface Split {
  ids: Json | undefined
  positional: Json[]
  named: JsonObject
  context: Context
}

/** `execute_kw` takes everything as Python's `*args, **kwargs`: odd values fail as they do there. */
function splitArguments(major: Major, method: Method, args: Json, kwargs: Json): Split {
  const positional = asList(args, type => `Value after * must be an iterable, not ${type}`)
  const given = truthy(kwargs) ? kwargs : {}
  if (!isObject(given)) throw typeError(`argument after ** must be a mapping, not ${typeName(given)}`)
  const { context, ...named } = given
  if (method.on === 'model') return { ids: undefined, positional, named, context: toContext(major, context) }
  if (positional.length === 0) throw noIds(major)
  const [ids, ...rest] = positional
  return { ids, positional: rest, named, context: toContext(major, context) }
}

/** `dict(context)` of Python, which takes pairs as well. */
function toContext(major: Major, context: Json | undefined): Context {
  if (context === undefined || !truthy(context)) return {}
  if (isObject(context)) return context
  if (typeof context === 'string') throw notPairs('1')
  if (!Array.isArray(context)) {
    // Odoo 14 looks whether companies are in it first.
    const type = typeName(context)
    throw typeError(major <= 14 ? `argument of type '${type}' is not iterable` : `'${type}' object is not iterable`)
  }
  const pairs: Context = Object.create(null)
  for (const [index, pair] of context.entries()) {
    const items = asList(pair, () => `cannot convert dictionary update sequence element #${index} to a sequence`)
    if (items.length !== 2) throw notPairs(String(items.length), index)
    pairs[String(items[0])] = items[1] as Json
  }
  return pairs
}

function notPairs(length: string, index = 0): OdooException {
  return valueError(`dictionary update sequence element #${index} has length ${length}; 2 is required`)
}

/** The ids for a method; few take those that are none. */
function idsFor({ takesNoIds = false, castsIds = false }: Method, ids: Json | undefined): number[] {
  const notNumber = (text: string) => valueError(`invalid literal for int() with base 10: ${repr(text)}`)
  return (takesNoIds ? idsIn : browse)(ids, castsIds ? notNumber : undefined)
}

/** 16 and later refuse a language that is not installed; before, it was no language. */
function checkedEnv(env: Env): Env {
  const { lang = null, allowed_company_ids: allowed } = env.context
  if (env.major >= 17 && truthy(lang)) {
    const code = String(hashable(lang))
    if (code !== 'en_US' && !languages(env.tables).has(code)) throw userError(`Invalid language code: ${code}`)
  }
  const companies = typeof allowed === 'string' ? [...allowed] : allowed
  if (Array.isArray(companies) && !env.su) {
    const own = env.tables.links('res_company_users_rel', env.uid, true)
    if (companies.some(id => !own.has(Number(id)))) throw accessError('Access to unauthorized or invalid companies.')
  }
  return env
}
