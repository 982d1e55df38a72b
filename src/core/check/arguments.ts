import type { Json, JsonObject } from '../json.js'
import type { Policy } from '../policy.js'
import type { FieldMap } from '../ports/odoo.js'
import { isId } from './field-values.js'
import type { Names } from './names.js'
import { checkRecords } from './records.js'

/** What the arguments of one call may not name. */
interface Screen {
  names: Names
  /** The fields of the model that is called. */
  fields: FieldMap
  /** Those of them that are withheld. */
  secrets: ReadonlySet<string>
  /** Models that exist and may not be changed, and why. */
  refused: ReadonlyMap<string, string>
  /** Paths from the model that is called, and where they were named. */
  paths: Map<string, string>
  /** Files that were named, by where they were. */
  files: Map<string, number[]>
}

/**
 * Looks through the arguments of a method of which nothing is known for what such methods pass on: names of withheld
 * fields, of models that it may not change and of files, paths to what is hidden, and commands that make or change records
 * of whatever model. What a method does with other text cannot be told from here: this narrows, and does not judge.
 */
export async function screenArguments(args: Json[], kwargs: JsonObject, fields: FieldMap, names: Names): Promise<void> {
  if (args.length === 0 && Object.keys(kwargs).length === 0) return
  const { policy, odoo } = names
  const secrets = [...fields].filter(([name, info]) => policy.withholds(name, info)).map(([name]) => name)
  // A model's name looks like that of a file or an external id: only what exists is one.
  const models = holdsDottedName([args, kwargs]) ? (await odoo.models()).map(({ model }) => model) : []
  const screen: Screen = {
    names,
    fields,
    secrets: new Set(secrets),
    refused: new Map(models.flatMap(model => refusalOf(model, policy))),
    paths: new Map(),
    files: new Map()
  }
  for (const [index, value] of args.entries()) lookThrough(value, `args[${index}]`, screen)
  for (const [name, value] of Object.entries(kwargs)) lookThroughMember(name, value, `kwargs.${name}`, screen)
  for (const [path, at] of screen.paths) await follow(path.split('.'), at, screen)
  for (const [at, ids] of screen.files) await checkFiles(ids, at, names)
}

/** Nothing is known of the method: what it is told of may be what it changes. */
function refusalOf(model: string, policy: Policy): [string, string][] {
  const refusal = policy.refusal(model, 'write')
  return refusal === undefined ? [] : [[model, refusal]]
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
    lookThroughMember(key, item, `${at}.${key}`, screen)
  }
}

/** By this name methods take files, to send them for example. */
const filesName = /^(?:\w+_)?attachment_ids?$/

function lookThroughMember(name: string, value: Json, at: string, screen: Screen): void {
  const files = filesName.test(name) ? [value].flat().flatMap(idsIn) : []
  if (files.length > 0) screen.files.set(at, files)
  lookThrough(value, at, screen)
}

/** An id, or those in a command that links, such as `[4, id]` and `[6, 0, [ids]]`. */
function idsIn(item: Json): number[] {
  return (Array.isArray(item) ? item.slice(1).flat() : [item]).filter(isId)
}

async function checkFiles(ids: number[], at: string, names: Names): Promise<void> {
  const fields = await names.reach('ir.attachment', 'read', at)
  if (fields !== undefined) await checkRecords(ids, { model: 'ir.attachment', fields, effect: 'read' }, at, names)
}

/** Refuses a path that goes through, or ends at, what is hidden. What is no path ends where it is none any more. */
async function follow(path: string[], at: string, { names, fields }: Screen): Promise<void> {
  let known: FieldMap | undefined = fields
  for (const name of path) {
    const info = known?.get(name)
    if (info === undefined) return
    names.denyWithheld(name, info, at)
    if (info.relation === undefined) return
    known = await names.reach(info.relation, 'read', at)
  }
}

/** Longer text is prose. */
const longest = 256
const longestCode = 4096
/** A name, a path, a list of them, `access_token:max`, `partner_id/signup_token`, `res.users,5`. */
const nameLike = /^[\w.:/,() ]+$/
const dotted = /^[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)+(?:,\d+)?$/

/** A path of fields, in whatever text: a domain may be written as Python writes it. */
const pathLike = /(?<![\w.])[a-z_]\w*(?:\.[a-z_]\w*)+/g

function refuseName(text: string, at: string, { names, fields, secrets, refused, paths }: Screen): void {
  if (text.length <= longestCode) {
    for (const [path] of text.matchAll(pathLike)) if (fields.has(path.split('.')[0] as string)) paths.set(path, at)
  }
  if (text.length > longest || !nameLike.test(text)) return
  const parts = text.split(/[^\w]+/)
  for (const part of parts) {
    const info = fields.get(part)
    if (info !== undefined) names.denyNamesOfHidden(part, info, at)
  }
  const secret = parts.find(part => secrets.has(part))
  if (secret !== undefined) {
    names.problems.deny(at, `the content of the field ${secret} is withheld by the policy of this server`)
  }
  const model = text.split(',')[0] as string
  const refusal = refused.get(model)
  if (refusal !== undefined) names.problems.deny(at, refusal)
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
