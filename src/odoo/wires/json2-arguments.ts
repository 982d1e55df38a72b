import { GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import { type MethodInfo, methodInfo } from '../../core/methods.js'

/**
 * The body of a JSON-2 call: `ids`, `context` and the method's parameters by name (Odoo 19). JSON-2 takes no positional
 * arguments: those of the ORM's own methods get their names from `core/methods.ts`; of any other method only the ids
 * have a place. Throws `invalid_input`, before anything is sent, for what has none.
 */
export function toNamed(method: string, args: Json[], kwargs: JsonObject): JsonObject {
  const info = methodInfo(method)
  const body = { ...kwargs }
  const give = (name: string, value: Json) => {
    if (Object.hasOwn(body, name)) throw refused(`kwargs.${name}: given as a positional argument of ${method}, too`)
    body[name] = value
  }
  const positional = [...args]
  if (Object.hasOwn(kwargs, 'ids') && !takesIds(info)) throw ownIds(method)
  if (info === undefined || info.mayTakeIds) {
    // Nobody knows whether such a method is one of records. JSON-2 refuses ids for one that is not; but an empty list
    // it would drop.
    if (isIds(positional[0])) give('ids', positional.shift() as Json)
  }
  const parameters = info?.parameters ?? []
  if (positional.length > parameters.length) throw noPlace(method, info)
  for (const [index, { names }] of parameters.slice(0, positional.length).entries()) {
    give(names[0], positional[index] as Json)
  }
  return body
}

function takesIds(info: MethodInfo | undefined): boolean {
  return info?.parameters[0]?.kind === 'ids' || info?.mayTakeIds === true
}

function isIds(value: Json | undefined): boolean {
  const list = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every(id => typeof id === 'number' && Number.isInteger(id) && id > 0)
}

function noPlace(method: string, info: MethodInfo | undefined): GatewayError {
  if (info === undefined) {
    return refused(
      `args: JSON-2 takes no positional arguments besides ids, and the names of those of ${method} are not known; give them by name in kwargs over JSON-2`
    )
  }
  const names = info.parameters.map(parameter => parameter.names[0]).join(', ')
  return refused(`args: more than ${method} takes over JSON-2; expected ${names === '' ? 'none' : `at most ${names}`}`)
}

function ownIds(method: string): GatewayError {
  return refused(
    `kwargs.ids: means the records that a method is called on over JSON-2, so a parameter of ${method} that has this name cannot be given; expected the records in ids`
  )
}

function refused(detail: string): GatewayError {
  return new GatewayError('invalid_input', detail, {
    outcome: 'not_applied',
    hint: 'The other wires (protocol jsonrpc or xmlrpc) take positional arguments.'
  })
}
