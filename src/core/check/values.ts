import type { Json, JsonObject } from '../json.js'
import type { Effect } from '../policy.js'
import type { FieldInfo, FieldMap } from '../ports/odoo.js'
import { checkValue, isId, ofType, show } from './field-values.js'
import type { Names } from './names.js'
import { checkProperties, type Target } from './properties.js'
import { toDefinitions } from './property-definitions.js'
import { checkOwner, checkRecords } from './records.js'
import { checkTemplates, refuseExpression, rendersText } from './templates.js'

/** Odoo sets these itself and drops what a caller gives: better refused than lost. */
const setByOdoo = new Set(['id', 'create_uid', 'create_date', 'write_uid', 'write_date', 'display_name'])

/**
 * Checks the values of a create or write: every name, the type of every value, and every x2many command with the
 * models it reaches, recursively. Gives the values as Odoo takes them: dates converted, null as false.
 */
export async function checkValues(
  values: JsonObject,
  model: string,
  fields: FieldMap,
  at: string,
  names: Names,
  target: Target = 'elsewhere'
) {
  const out: JsonObject = {}
  checkOwner(values, fields, `${at}.`, names)
  const isRendered = rendersText(model, fields)
  for (const [name, value] of Object.entries(values)) {
    const here = `${at}.${name}`
    const info = names.field(fields, model, name, here)
    if (info === undefined) continue
    if (setByOdoo.has(name)) {
      names.problems.add(here, `the field ${name} is set by Odoo itself; expected no value for it`)
      continue
    }
    names.denyWithheld(name, info, here)
    if (isRendered) refuseExpression(value, here, names)
    await reachRelated(info, fields, here, names)
    out[name] =
      info.type === 'properties'
        ? await checkProperties(value, { model, name, info, values, target }, here, names)
        : await checkField(info, value, here, names)
  }
  return out
}

/** Checks one value of a create or write against its field, and the models that its commands reach. */
export async function checkField(info: FieldInfo, value: Json, at: string, names: Names): Promise<Json> {
  if (isX2many(info)) {
    return checkCommands(info, value, at, names)
  }
  const checked = checkValue(info, value)
  if ('problem' in checked) {
    names.problems.add(at, checked.problem)
    return false
  }
  if (info.type === 'many2one' && info.relation !== undefined && isId(checked.value)) {
    await reachRecords(info.relation, 'read', [checked.value], at, names)
  }
  if (info.type === 'reference') names.denyReference(checked.value, at)
  if (info.type === 'properties_definition') {
    // Odoo shows the value of a property that is a record by its name.
    for (const { comodel } of toDefinitions(checked.value)) {
      if (comodel !== undefined) await names.reach(comodel, 'read', at)
    }
  }
  return checked.value
}

/** Reaches a model for some of its records. Its fields; undefined once it was refused. */
async function reachRecords(model: string, effect: Effect, ids: readonly Json[], at: string, names: Names) {
  const fields = await names.reach(model, effect, at)
  if (fields === undefined) return undefined
  await checkRecords(ids, { model, fields, effect }, at, names)
  await checkTemplates(ids, model, at, names)
  return fields
}

/** A field that shows one of another record, and may be written, writes that one: a product's name is its template's. */
async function reachRelated({ related, readonly }: FieldInfo, fields: FieldMap, at: string, names: Names) {
  if (related === undefined || readonly) return
  const path = Array.isArray(related) ? related : String(related).split('.')
  let known: FieldMap | undefined = fields
  for (const [index, step] of path.slice(0, -1).entries()) {
    const comodel: string | undefined = known?.get(String(step))?.relation
    if (comodel === undefined) return
    known = await names.reach(comodel, index === path.length - 2 ? 'write' : 'read', at)
  }
}

/** Whether a field holds many records; Odoo then names their model. */
export function isX2many(info: FieldInfo): info is FieldInfo & { relation: string } {
  return info.type === 'one2many' || info.type === 'many2many'
}

const commandHelp =
  'expected commands such as [0,0,{…}] create, [1,id,{…}] change, [2,id] delete, [4,id] link, [6,0,[ids]] replace'

async function checkCommands(
  info: FieldInfo & { relation: string },
  value: Json,
  at: string,
  names: Names
): Promise<Json> {
  // Odoo takes false for [5], "unlink all"; an empty list changes nothing (seen on 14 and 19).
  if (value === null || value === false) {
    noteUnlinking(info, names)
    await names.reach(info.relation, linkEffect(info), at)
    return false
  }
  if (!Array.isArray(value)) {
    names.problems.add(at, `${show(value)} does not fit ${ofType(info)}; ${commandHelp}`)
    return false
  }
  // A plain list of ids replaces what is linked, as [6,0,ids] does (seen on 14 and 19).
  if (value.every(isId)) {
    if (value.length > 0) {
      noteUnlinking(info, names)
      await reachRecords(info.relation, linkEffect(info), value, at, names)
    }
    return value
  }
  const out: Json[] = []
  for (const [index, command] of value.entries()) out.push(await checkCommand(info, command, `${at}[${index}]`, names))
  return out
}

async function checkCommand(
  info: FieldInfo & { relation: string },
  command: Json,
  at: string,
  names: Names
): Promise<Json> {
  if (!Array.isArray(command)) {
    names.problems.add(at, `${show(command)} is not an x2many command; ${commandHelp}`)
    return false
  }
  const [code, id, payload] = command
  const effect = effectOf(code, info)
  if (effect === undefined || !isWellFormed(command)) {
    names.problems.add(at, `${show(command)} is not an x2many command; ${commandHelp}`)
    return false
  }
  if (effect === 'unlink') names.destroys = true
  else if (code === 3 || code === 5 || code === 6) noteUnlinking(info, names)
  const named = code === 6 && Array.isArray(payload) ? payload : code === 0 || code === 5 ? [] : [id as Json]
  const fields = await reachRecords(info.relation, effect, named, at, names)
  if (fields === undefined || (code !== 0 && code !== 1)) return command
  return [code, id as Json, await checkValues(payload as JsonObject, info.relation, fields, `${at}[2]`, names)]
}

/**
 * What a command does to the comodel. Linking through a one2many writes the inverse field over there; linking through
 * a many2many only names a record.
 */
function effectOf(code: Json | undefined, info: FieldInfo): Effect | undefined {
  switch (code) {
    case 0:
      return 'create'
    case 1:
      return 'write'
    case 2:
      return 'unlink'
    case 3:
    case 4:
    case 5:
    case 6:
      return linkEffect(info)
    default:
      return undefined
  }
}

function linkEffect(info: FieldInfo): Effect {
  return info.type === 'one2many' ? 'write' : 'read'
}

/**
 * What is taken out of a one2many is deleted where its field over there says `ondelete: cascade` (14 and 19), which
 * `fields_get` does not tell.
 */
function noteUnlinking({ type }: FieldInfo, names: Names): void {
  if (type === 'one2many') names.destroys = true
}

function isWellFormed([code, id, payload, ...more]: Json[]): boolean {
  if (more.length > 0) return false
  switch (code) {
    case 0:
      return isObject(payload)
    case 1:
      return isId(id) && isObject(payload)
    case 5:
      return true
    case 6:
      return Array.isArray(payload) && payload.every(isId)
    default:
      return isId(id)
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
