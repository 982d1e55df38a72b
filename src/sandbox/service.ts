import { asList, checkArguments, type Signature } from './arguments.js'
import type { Database } from './database.js'
import {
  accessDenied,
  assertionError,
  attributeError,
  indexError,
  keyError,
  nameError,
  OdooException,
  typeError,
  valueError
} from './exceptions.js'
import { isObject, type Json, type JsonObject } from './json.js'
import { dictOf } from './orm/browse.js'
import { repr, truthy, typeName } from './python.js'
import type { Major, Release } from './release.js'
import type { Outcome } from './wires/wire.js'

/** Where a service call came in: Python's errors differ by what holds the arguments. */
export type Holder = 'list' | 'tuple'

/** Calls a method of a service, as `dispatch_rpc` does. Both wires that have services end here. */
export function dispatch(database: Database, service: Json, method: Json, args: Json, holder: Holder): Outcome {
  if (service === 'common') return common(database, method, args)
  if (service === 'db') return db(database, method, args, holder)
  if (service === 'object') return object(database, method, asList(args), holder)
  if (database.release.major === 14) {
    throw new OdooException('builtins.UnboundLocalError', "local variable 'dispatch' referenced before assignment")
  }
  throw keyError(typeof service === 'string' ? service : repr(service))
}

/** The answer of `common.version`, which the web client's `version_info` gives too. */
export function versionOf({ version, versionInfo, serie }: Release): JsonObject {
  return {
    server_version: version,
    server_version_info: [...versionInfo],
    server_serie: serie,
    protocol_version: 1
  }
}

/** Throws the error that a database of another name gives. */
export function checkDatabase({ name, release }: Database, given: Json): void {
  if (given === name) return
  if (release.major !== 14 && !truthy(given)) throw assertionError('Missing database name')
  if (typeof given !== 'string') {
    throw attributeError(`'${typeName(given)}' object has no attribute 'startswith'`)
  }
  // 14 connects without a name, and PostgreSQL takes the name of the role.
  throw noSuchDatabase(release.major, given === '' ? 'odoo' : given)
}

const signatures: { [method: string]: Signature } = {
  version: { name: 'exp_version', required: [] },
  about: { name: 'exp_about', required: [], optional: ['extended'] },
  login: { name: 'exp_login', required: ['db', 'login', 'password'] },
  authenticate: { name: 'exp_authenticate', required: ['db', 'login', 'password', 'user_agent_env'] },
  set_loglevel: { name: 'exp_set_loglevel', required: ['loglevel'], optional: ['logger'] },
  list: { name: 'exp_list', required: [], optional: ['document'] },
  server_version: { name: 'exp_server_version', required: [] },
  db_exist: { name: 'exp_db_exist', required: ['db_name'] }
}

function common(database: Database, method: Json, args: Json): Outcome {
  const values = argumentsOf(
    'odoo.service.common',
    method,
    ['version', 'about', 'login', 'authenticate', 'set_loglevel'],
    args
  )
  if (values === undefined) throw new OdooException('builtins.Exception', `Method not found: ${text(method)}`)
  if (method === 'version') return versionOf(database.release)
  if (method === 'set_loglevel') return true
  if (method === 'about') {
    const about = 'See http://openerp.com'
    return truthy(values[0]) ? [about, database.release.version] : about
  }
  const [name = null, login = null, secret = null, environment = null] = values
  checkDatabase(database, name)
  if (truthy(environment) && !isObject(environment)) {
    throw typeError(`'${typeName(environment)}' object is not a mapping`)
  }
  return database.authenticate(login, secret)
}

/** The databases service: what only looks. The rest asks for the master password, which the sandbox has none of. */
function db({ name, release }: Database, method: Json, args: Json, holder: Holder): Outcome {
  const values = argumentsOf('odoo.service.db', method, ['list', 'server_version', 'db_exist'], args)
  if (values === undefined) {
    if (typeof method === 'string' && guarded.includes(method)) {
      throw asList(args).length === 0 ? indexError(`${holder} index out of range`) : accessDenied()
    }
    throw keyError(`Method not found: ${text(method)}`)
  }
  if (method === 'list') return [name]
  if (method === 'db_exist') return values[0] === name
  return release.version
}

const guarded = [
  'create_database',
  'duplicate_database',
  'drop',
  'dump',
  'restore',
  'change_admin_password',
  'rename',
  'migrate_databases'
]

function argumentsOf(module: string, method: Json, methods: readonly string[], args: Json): Json[] | undefined {
  if (typeof method !== 'string') {
    throw typeError(`can only concatenate str (not "${typeName(method)}") to str`)
  }
  const signature = methods.includes(method) ? signatures[method] : undefined
  if (signature === undefined) return undefined
  const values = asList(args, type => `${module}.${signature.name}() argument after * must be an iterable, not ${type}`)
  checkArguments(signature, values.length)
  return values
}

/** `execute` and `execute_kw`. What is looked at first differs by release, as their sources do. */
function object(database: Database, method: Json, params: Json[], holder: Holder): Outcome {
  const { major } = database.release
  if (major !== 19 && params.length < 3) throw indexError(`${holder} index out of range`)
  if (major === 19 && params.length < 5) {
    throw valueError(`not enough values to unpack (expected at least 5, got ${params.length})`)
  }
  const [name = null, user = null, secret = null, ...rest] = params
  const uid = toInt(user, major)
  if (major === 14) checkObjectMethod(method, major)
  if (major === 19 && !truthy(secret)) throw accessDenied()
  checkDatabase(database, name)
  if (major === 19) checkObjectMethod(method, major)
  const call = major === 19 ? unpacked(method, rest) : undefined
  if (!truthy(secret) || uid === 0) throw accessDenied()
  database.checkCredentials(uid, secret)
  if (major === 17) checkObjectMethod(method, major)
  const { model, name: called, args, kwargs } = call ?? bound(method, rest)
  return database.executeKw(uid, model, called, args, kwargs)
}

interface MethodCall {
  model: Json
  name: Json
  args: Json[]
  kwargs: Json
}

/** 14 and 17 pass the rest on to a function with named parameters. */
function bound(method: Json, rest: Json[]): MethodCall {
  const named = method === 'execute'
  const signature: Signature = named
    ? { name: 'execute', required: ['db', 'uid', 'obj', 'method'], rest: true }
    : { name: 'execute_kw', required: ['db', 'uid', 'obj', 'method', 'args'], optional: ['kw'] }
  checkArguments(signature, rest.length + 2)
  const [model = null, name = null, ...more] = rest
  if (named) return { model, name, args: more, kwargs: {} }
  const [args = null, kwargs = null] = more
  if (truthy(kwargs) && !isObject(kwargs)) {
    throw typeError(`odoo.service.model.execute() argument after ** must be a mapping, not ${typeName(kwargs)}`)
  }
  return { model, name, args: positional(args), kwargs: isObject(kwargs) ? kwargs : {} }
}

/** 19 takes the rest apart itself. */
function unpacked(method: Json, rest: Json[]): MethodCall {
  const [model = null, name = null, ...more] = rest
  if (method === 'execute') return { model, name, args: more, kwargs: {} }
  if (more.length === 0) throw valueError('not enough values to unpack (expected 2, got 0)')
  if (more.length > 2) throw valueError('too many values to unpack (expected 2)')
  const [args = null, kwargs = null] = more
  return { model, name, args: positional(args), kwargs: kwargs === null ? {} : dictOf(kwargs) }
}

function positional(args: Json): Json[] {
  return asList(args, type => `Value after * must be an iterable, not ${type}`)
}

function checkObjectMethod(method: Json, major: Major): void {
  if (method === 'execute' || method === 'execute_kw') return
  if (major === 14 && method === 'obj_list') {
    throw nameError('obj_list has been discontinued via RPC as of 6.0, please query ir.model directly!')
  }
  throw nameError(`Method not available ${text(method)}`)
}

/** Python's `int()`: the uid may come as a text. */
function toInt(value: Json, major: Major): number {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return Number(value.replaceAll('_', ''))
    throw valueError(`invalid literal for int() with base 10: ${repr(value)}`)
  }
  const number = major === 14 ? 'a number' : 'a real number'
  throw typeError(`int() argument must be a string, a bytes-like object or ${number}, not '${typeName(value)}'`)
}

function noSuchDatabase(major: Major, name: string): OdooException {
  const socket = 'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: '
  const message = `${major === 14 ? '' : socket}FATAL:  database "${name}" does not exist\n`
  return new OdooException('psycopg2.OperationalError', message)
}

function text(value: Json): string {
  return typeof value === 'string' ? value : repr(value)
}
