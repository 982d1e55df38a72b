import type { Json, JsonObject } from '../json.js'
import type { FieldMap } from '../ports/odoo.js'
import { isId } from './field-values.js'
import type { Names } from './names.js'

/** What the arguments of one call may not name. */
interface Screen {
  names: Names
  /** The withheld fields of the model that is called. */
  secrets: ReadonlySet<string>
  /** Hidden models that exist. */
  hidden: ReadonlySet<string>
}

/**
 * Looks through the arguments of a method of which nothing is known for what such methods pass on: names of withheld
 * fields and of hidden models, and commands that make or change records of whatever model. What a method does with
 * other text cannot be told from here: this narrows, and does not judge.
 */
export async function screenArguments(args: Json[], kwargs: JsonObject, fields: FieldMap, names: Names): Promise<void> {
  if (args.length === 0 && Object.keys(kwargs).length === 0) return
  const { policy, odoo } = names
  const secrets = [...fields].filter(([name, info]) => policy.withholds(name, info)).map(([name]) => name)
  // A model's name looks like that of a file or an external id: only what exists is one.
  const models = holdsDottedName([args, kwargs]) ? (await odoo.models()).map(({ model }) => model) : []
  const screen: Screen = {
    names,
    secrets: new Set(secrets),
    hidden: new Set(models.filter(model => !policy.mayRead(model)))
  }
  for (const [index, value] of args.entries()) lookThrough(value, `args[${index}]`, screen)
  for (const [name, value] of Object.entries(kwargs)) lookThrough(value, `kwargs.${name}`, screen)
}

function lookThrough(value: Json, at: string, screen: Screen): void {
  if (typeof value === 'string') refuseName(value, at, screen)
  if (typeof value !== 'object' || value === null) return
  if (isCommand(value)) {
    const why = 'commands that make or change records are not let through to a method of which nothing is known'
    screen.names.problems.deny(at, `${why}; use odoo_create or odoo_write`)
    return
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) lookThrough(item, `${at}[${index}]`, screen)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    refuseName(key, `${at}.${key}`, screen)
    lookThrough(item, `${at}.${key}`, screen)
  }
}

/** Longer text is prose. */
const longest = 256
/** A name, a path, a list of them, `access_token:max`, `partner_id/signup_token`, `res.users,5`. */
const nameLike = /^[\w.:/,() ]+$/
const dotted = /^[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)+(?:,\d+)?$/

function refuseName(text: string, at: string, { names, secrets, hidden }: Screen): void {
  if (text.length > longest || !nameLike.test(text)) return
  const secret = text.split(/[^\w]+/).find(part => secrets.has(part))
  if (secret !== undefined) {
    names.problems.deny(at, `the content of the field ${secret} is withheld by the policy of this server`)
  }
  const model = text.split(',')[0] as string
  if (hidden.has(model)) names.problems.deny(at, `the policy of this server gives no access to ${model}`)
}

function holdsDottedName(value: Json): boolean {
  if (typeof value === 'string') return dotted.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => dotted.test(key) || holdsDottedName(item))
}

/** `[0, 0, {…}]` or `[1, id, {…}]`. */
function isCommand(value: Json): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [code, id, values] = value
  const isObject = typeof values === 'object' && values !== null && !Array.isArray(values)
  return isObject && (code === 0 || (code === 1 && isId(id)))
}
