import { storedValues, toDefinitions } from '../core/check/property-definitions.js'
import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { FieldMap, Row } from '../core/ports/odoo.js'

/** What is asked of Odoo for it. */
export interface PropertiesReader {
  fields(): Promise<FieldMap>
  read(fields: string[]): Promise<Row[]>
}

/**
 * Odoo takes an object of properties for the whole set and drops the others (16 to 19): adds their present values. To be
 * called while no other write of these records runs. What somebody else writes in these milliseconds past this server is
 * lost, as it is by Odoo's own web client, which sends the whole set as well.
 * @returns the values to write; throws `invalid_input` when the records would need different ones
 */
export async function withOtherProperties(
  ids: readonly number[],
  values: JsonObject,
  reader: PropertiesReader
): Promise<JsonObject> {
  const names = Object.keys(values).filter(name => isObject(values[name]))
  if (names.length === 0) return values
  const fields = await reader.fields()
  const properties = names.filter(name => fields.get(name)?.type === 'properties')
  if (properties.length === 0) return values
  if (ids.length > mostIds) throw tooMany(properties, ids.length)
  const rows = await reader.read(properties)
  const merged = properties.map(name => [name, mergedValue(name, values[name] as JsonObject, rows)])
  return { ...values, ...Object.fromEntries(merged) }
}

/** Above it, writes of one record are not kept apart. */
const mostIds = 100

function mergedValue(name: string, given: JsonObject, rows: Row[]): JsonObject {
  const all = rows.map(row => ({ id: row.id, set: { ...storedValues(toDefinitions(row[name])), ...given } }))
  const [first, ...others] = all
  if (first === undefined) return given
  const other = others.find(({ set }) => comparable(set) !== comparable(first.set))
  if (other === undefined) return first.set
  throw new GatewayError(
    'invalid_input',
    `values.${name}: the other properties of records ${first.id} and ${other.id} differ, and one write can only set all of them alike; expected one record`,
    { outcome: 'not_applied', hint: 'Write the properties of these records one by one.' }
  )
}

function tooMany(names: string[], count: number): GatewayError {
  return new GatewayError(
    'invalid_input',
    `values.${names[0]}: properties of ${count} records; expected at most ${mostIds} ids`,
    {
      outcome: 'not_applied'
    }
  )
}

function comparable(set: JsonObject): string {
  return JSON.stringify(Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
