import type { Json, JsonObject } from '../json.js'
import type { FieldInfo, FieldMap } from '../ports/odoo.js'
import { isId, show } from './field-values.js'
import type { Names } from './names.js'
import { checkProperty, type Definition, isNamed, toDefinitions, unknownProperty } from './property-definitions.js'

/** The records that values are for. `elsewhere`: in an x2many command or inside odoo_call. */
export type Target = { write: number[] } | 'create' | 'elsewhere'

/** A properties field in the values of a create or write. */
export interface PropertiesField {
  model: string
  name: string
  info: FieldInfo
  /** All values of the record, among them perhaps the parent that defines its properties. */
  values: JsonObject
  target: Target
}

/**
 * Checks an object of properties and their values against their definitions, which lie on another record. Odoo takes
 * whatever it is given for the whole set: the adapter adds the other values before it writes (`odoo/properties.ts`).
 * The list form is refused, because in it Odoo takes changes of the definitions, too: a write to the parent.
 */
export async function checkProperties(value: Json, field: PropertiesField, at: string, names: Names): Promise<Json> {
  if (value === null || value === false) return false
  if (typeof value !== 'object' || Array.isArray(value)) {
    names.problems.add(at, `${show(value)} does not fit; expected an object of property names and values, or false`)
    return false
  }
  const definitions = await definitionsFor(field, at, names)
  if (definitions === undefined) return false
  const out: JsonObject = {}
  for (const [name, given] of Object.entries(value)) {
    const here = `${at}.${name}`
    const checked = checkProperty(definitions, name, given)
    if ('problem' in checked) names.problems.add(here, checked.problem)
    else {
      const { comodel } = checked.definition
      if (comodel !== undefined) await names.reach(comodel, 'read', here)
      out[name] = checked.value
    }
  }
  return out
}

async function definitionsFor(field: PropertiesField, at: string, names: Names): Promise<Definition[] | undefined> {
  const { model, name, info, values, target } = field
  const parent = info.definition_record ?? ''
  if (target === 'elsewhere') {
    const how =
      'properties cannot be set here; expected odoo_write on the record itself, which keeps its other properties'
    names.problems.add(at, how)
    return undefined
  }
  if (target === 'create') return definitionsOfParent(field, at, names)
  if (Object.hasOwn(values, parent)) {
    names.problems.add(
      at,
      `the properties of a record are defined by its ${parent}, which this write changes; expected two writes, ${parent} first`
    )
    return undefined
  }
  const rows = await names.odoo.read(model, target.write, [name])
  // Of records that are missing Odoo says so itself.
  return toDefinitions(rows[0]?.[name])
}

/** Odoo drops the properties of a new record without a parent in silence (seen on 19). */
async function definitionsOfParent({ info, values, model }: PropertiesField, at: string, names: Names) {
  const { definition_record: parent = '', definition_record_field: definitions = '' } = info
  const id = values[parent]
  const comodel = (await names.fields(model)).get(parent)?.relation
  if (!isId(id) || comodel === undefined) {
    names.problems.add(
      at,
      `without ${parent}, Odoo drops the properties of a new record; expected ${parent}, which defines them, in values too`,
      'Or create the record first, then set its properties with odoo_write.'
    )
    return undefined
  }
  if ((await names.reach(comodel, 'read', at)) === undefined) return undefined
  const [row] = await names.odoo.read(comodel, [id], [definitions])
  return toDefinitions(row?.[definitions])
}

const page = 1000

/**
 * Whether a property is defined by any parent that this user sees. Odoo takes an unknown one for a property that is
 * empty everywhere, so that `= false` finds all records and a grouping has one group (seen on 19). Adds the problem.
 */
export async function propertyIsDefined(
  { definition_record: parent = '', definition_record_field: field = '' }: FieldInfo,
  fields: FieldMap,
  name: string,
  at: string,
  names: Names
): Promise<boolean> {
  const comodel = fields.get(parent)?.relation
  if (comodel === undefined) {
    names.problems.add(at, 'nothing tells where these properties are defined; expected another field')
    return false
  }
  const parentFields = await names.reach(comodel, 'read', at)
  if (parentFields === undefined) return false
  const archivedToo: Json[] = parentFields.has('active') ? [['active', 'in', [true, false]]] : []
  const known: Definition[] = []
  for (let offset = 0; ; offset += page) {
    const domain = [[field, '!=', false], ...archivedToo]
    const rows = await names.odoo.search(comodel, { domain, fields: [field], limit: page, offset, order: 'id' })
    known.push(...rows.flatMap(row => toDefinitions(row[field])))
    if (known.some(definition => isNamed(definition, name))) return true
    if (rows.length < page) break
  }
  names.problems.add(at, unknownProperty(known, name))
  return false
}
