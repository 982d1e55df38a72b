import { typeError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import { suggestion } from '../nearest.js'
import type { Major } from '../release.js'
import type { Method, Model } from './types.js'

type Bound = { [name: string]: Json | undefined }

/** Gives each parameter its argument, or says what Python says when they do not fit. */
export function bindByPosition(
  major: Major,
  model: Model,
  name: string,
  method: Method,
  positional: readonly Json[],
  named: JsonObject
): Bound {
  const { params, owner, passesOn } = method
  const label = major >= 19 ? `${ownerOf(model, name, owner)}.${name}()` : `${name}()`
  const names = params.map(param => param.replace('?', ''))
  if (positional.length > names.length) throw tooMany(label, params, positional.length)
  const bound: Bound = Object.create(null)
  for (const [index, value] of positional.entries()) bound[names[index] as string] = value
  for (const [key, value] of Object.entries(named)) {
    if (key in bound) throw typeError(`${label} got multiple values for argument '${key}'`)
    if (!names.includes(key) && passesOn === undefined) throw unexpected(major, label, key, names)
    bound[key] = value
  }
  const missing = params.filter(param => !param.endsWith('?') && !(param in bound))
  if (missing.length > 0)
    throw typeError(
      `${label} missing ${missing.length} required positional argument${missing.length === 1 ? '' : 's'}: ${listed(missing)}`
    )
  checkPassedOn(major, method, bound)
  return bound
}

/** Odoo 19 names the classes of models as the models themselves: `ResUsers` is that of `res.users`. */
function ownerOf(model: Model, name: string, owner: string | undefined): string {
  const camelCase = () => model.name.replace(/(?:^|[._])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return model.overrides?.[name] ?? owner ?? (model.methods.has(name) ? camelCase() : 'BaseModel')
}

function unexpected(major: Major, label: string, key: string, names: readonly string[]): Error {
  const meant = major >= 19 ? suggestion(key, names) : undefined
  const hint = meant === undefined ? '' : `. Did you mean '${meant}'?`
  return typeError(`${label} got an unexpected keyword argument '${key}'${hint}`)
}

/** What the other method says of arguments that it does not know either. */
function checkPassedOn(major: Major, { params, passesOn }: Method, bound: Bound): void {
  if (passesOn === undefined) return
  const known = [...params.map(param => param.replace('?', '')), ...passesOn.params]
  const unknown = Object.keys(bound).find(key => !known.includes(key))
  const label = major >= 19 ? `BaseModel.${passesOn.to}()` : `${passesOn.to}()`
  if (unknown !== undefined) throw unexpected(major, label, unknown, passesOn.params)
}

function tooMany(label: string, params: readonly string[], given: number): Error {
  const required = params.filter(param => !param.endsWith('?')).length
  // Python counts self, too.
  const most = params.length + 1
  const takes = required === params.length ? `${most}` : `from ${required + 1} to ${most}`
  return typeError(`${label} takes ${takes} positional argument${most === 1 ? '' : 's'} but ${given + 1} were given`)
}

function listed(names: readonly string[]): string {
  const quoted = names.map(name => `'${name}'`)
  return quoted.length < 3 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}

/** As `inspect.Signature.bind` does for JSON-2. */
export function bindByName(major: Major, method: Method, named: JsonObject, refuse: (message: string) => Error): Bound {
  const { params, passesOn } = method
  const names = params.map(param => param.replace('?', ''))
  const missing = params.find(param => !param.endsWith('?') && !(param in named))
  if (missing !== undefined) throw refuse(`missing a required argument: '${missing}'`)
  const unknown = passesOn === undefined ? Object.keys(named).find(key => !names.includes(key)) : undefined
  if (unknown !== undefined) throw refuse(`got an unexpected keyword argument '${unknown}'`)
  checkPassedOn(major, method, named)
  return Object.assign(Object.create(null), named)
}
