import { checkArguments } from '../arguments.js'
import { send } from '../bus/messages.js'
import { OdooException } from '../exceptions.js'
import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Model } from '../orm/types.js'
import { valueAt } from '../orm/values.js'
import { typeName } from '../python.js'
import { type Expression, parse } from './parse.js'
import { PythonError } from './python-error.js'
import { CodeError } from './tokens.js'

/** What a name can stand for, besides what JSON knows. */
type Thing = Json | Environment | Records | Method | Thing[] | { [key: string]: Thing }

class Environment {}

class Method {
  readonly call: (args: Json[]) => void
  constructor(call: (args: Json[]) => void) {
    this.call = call
  }
}

/** Records of a model; none for the model itself. */
class Records {
  readonly model: Model
  readonly ids: readonly number[]
  constructor(model: Model, ids: readonly number[]) {
    this.model = model
    this.ids = ids
  }
}

interface Names {
  [name: string]: Thing
}

/** Runs the code of an action on records. Throws PythonError where the code does; a syntax error is one too. */
export function runCode(env: Env, code: string, model: Model, ids: readonly number[]): void {
  const records = new Records(model, ids)
  const names: Names = {
    env: new Environment(),
    model: new Records(model, []),
    records,
    record: new Records(model, ids.slice(0, 1)),
    uid: env.uid,
    user: userOf(env),
    log: new Method(() => undefined)
  }
  for (const expression of compiled(code)) resolve(env, expression, names)
}

/** The value of one expression, such as a domain, with these names. */
export function evaluate(env: Env, code: string, names: { [name: string]: Json }): Json {
  const [expression] = compiled(code.trim())
  return expression === undefined ? null : toJson(resolve(env, expression, names))
}

function compiled(code: string): Expression[] {
  try {
    return parse(code)
  } catch (error) {
    throw error instanceof CodeError ? new PythonError('SyntaxError', error.message) : error
  }
}

function resolve(env: Env, expression: Expression, names: Names): Thing {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      if (!Object.hasOwn(names, expression.name)) {
        throw new PythonError('NameError', `name '${expression.name}' is not defined`)
      }
      return names[expression.name] as Thing
    case 'list':
      return expression.items.map(item => resolve(env, item, names))
    case 'dict': {
      const entries = expression.items.map(([key, value]) => [keyOf(resolve(env, key, names)), value] as const)
      return Object.fromEntries(entries.map(([key, value]) => [key, resolve(env, value, names)]))
    }
    case 'attribute':
      return attributeOf(env, resolve(env, expression.of, names), expression.name)
    case 'item':
      return itemOf(env, resolve(env, expression.of, names), resolve(env, expression.key, names))
    case 'call': {
      const method = resolve(env, expression.of, names)
      const args = expression.args.map(arg => toJson(resolve(env, arg, names)))
      if (!(method instanceof Method)) throw new PythonError('TypeError', `'${nameOf(method)}' object is not callable`)
      method.call(args)
      return null
    }
  }
}

function attributeOf(env: Env, thing: Thing, name: string): Thing {
  if (thing instanceof Environment && name === 'uid') return env.uid
  if (thing instanceof Environment && name === 'user') return userOf(env)
  const found = thing instanceof Records ? recordAttribute(env, thing, name) : undefined
  if (found === undefined)
    throw new PythonError('AttributeError', `'${nameOf(thing)}' object has no attribute '${name}'`)
  return found
}

function recordAttribute(env: Env, { model, ids }: Records, name: string): Thing | undefined {
  if (name === '_name') return model.name
  if (name === 'ids') return [...ids]
  if (name === 'id') return ids[0] ?? false
  if (model.name === 'bus.bus' && sending(env)[name] !== undefined) return sending(env)[name]
  const field = model.fields.get(name)
  if (field === undefined) return undefined
  const value = ids[0] === undefined ? null : valueAt(env.sudo(), model, ids[0], name)
  if (field.relation === undefined) return value ?? false
  const others = Array.isArray(value) ? value : typeof value === 'number' ? [value] : []
  return new Records(env.models.need(field.relation), others)
}

/** The methods of `bus.bus` by which code sends. They are private over RPC since 15, but not to code. */
function sending(env: Env): { [name: string]: Method } {
  const check = (name: string, required: readonly string[], args: Json[]) => {
    const owner = env.major < 15 ? '' : env.major < 18 ? 'ImBus.' : 'BusBus.'
    // Python counts `self`.
    const self = args.length > required.length ? 1 : 0
    asPython(() =>
      checkArguments({ name: owner + name, required: ['self', ...required].slice(1 - self) }, args.length + self)
    )
  }
  if (env.major < 15) {
    return {
      sendone: new Method(args => {
        check('sendone', ['channel', 'message'], args)
        send(env, args[0] as Json, args[1] as Json)
      })
    }
  }
  const names =
    env.major < 18 ? ['channel', 'notification_type', 'message'] : ['target', 'notification_type', 'message']
  return {
    _sendone: new Method(args => {
      check('_sendone', names, args)
      send(env, args[0] as Json, { type: args[1] as Json, payload: args[2] as Json })
    })
  }
}

/** A refusal of ours as the exception of Python that it stands for. */
function asPython(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof OdooException)) throw error
    throw new PythonError(error.className.replace('builtins.', ''), error.message)
  }
}

function itemOf(env: Env, thing: Thing, key: Thing): Thing {
  if (thing instanceof Environment) {
    const model = typeof key === 'string' ? env.models.get(key) : undefined
    if (model === undefined) throw new PythonError('KeyError', String(toJson(key)))
    return new Records(model, [])
  }
  if (Array.isArray(thing)) {
    if (typeof key !== 'number') {
      throw new PythonError('TypeError', `list indices must be integers or slices, not ${nameOf(key)}`)
    }
    const item = thing.at(key)
    if (item === undefined) throw new PythonError('IndexError', 'list index out of range')
    return item
  }
  if (isDict(thing)) {
    const name = keyOf(key)
    if (!Object.hasOwn(thing, name)) throw new PythonError('KeyError', name)
    return thing[name] as Thing
  }
  throw new PythonError('TypeError', `'${nameOf(thing)}' object is not subscriptable`)
}

function isDict(thing: Thing): thing is { [key: string]: Thing } {
  return (
    typeof thing === 'object' &&
    thing !== null &&
    !Array.isArray(thing) &&
    !(thing instanceof Environment || thing instanceof Records || thing instanceof Method)
  )
}

/** A key of a dictionary as JSON has it. */
function keyOf(key: Thing): string {
  if (key === null) return 'null'
  if (typeof key === 'object') throw new PythonError('TypeError', `unhashable type: '${nameOf(key)}'`)
  return String(key)
}

/** What Odoo's JSON says of a value: of records, what Python prints. */
function toJson(thing: Thing): Json {
  if (thing instanceof Records)
    return `${thing.model.name}(${thing.ids.join(', ')}${thing.ids.length === 1 ? ',' : ''})`
  if (thing instanceof Environment || thing instanceof Method) return nameOf(thing)
  if (Array.isArray(thing)) return thing.map(toJson)
  if (isDict(thing)) return Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, toJson(value)]))
  return thing
}

function nameOf(thing: Thing): string {
  if (thing instanceof Records) return thing.model.name
  if (thing instanceof Environment) return 'Environment'
  return thing instanceof Method ? 'method' : typeName(thing)
}

function userOf(env: Env): Records {
  return new Records(env.models.need('res.users'), [env.uid])
}
