import { isDate, type Measure } from '../../core/check/aggregate-specs.js'
import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'
import type { GroupRequest, RawGroup, ReadCall, Term } from './source.js'

/**
 * What Odoo leaves out until 16: a measure of a field that is grouped by. All records of a group have the same value,
 * so it follows from the value and the number of records. Throws `invalid_input` where it does not.
 */
export function ofKey(
  { spec, aggregate }: Measure,
  { name, info }: Term,
  value: Json,
  count: number,
  major: number
): Json {
  // A period is not one value, and false may stand for empty booleans, too, which are not counted.
  if (isDate(info) || info.type === 'boolean') {
    throw new GatewayError('invalid_input', `measures: Odoo ${major} cannot compute ${spec} in groups by ${name}`, {
      hint: 'Group by another field, or use a measure of another field.'
    })
  }
  const isEmpty = value === false
  if (aggregate === 'count') return isEmpty ? 0 : count
  if (aggregate === 'count_distinct') return isEmpty ? 0 : 1
  return aggregate === 'sum' && !isEmpty ? Number(((value as number) * count).toPrecision(15)) : value
}

/** The one group of all records, asked for in a way that never gets a None back. */
export async function withoutNulls(
  request: GroupRequest,
  ask: (request: GroupRequest) => Promise<RawGroup[]>,
  read: ReadCall
): Promise<RawGroup[]> {
  const { model, domain, measures } = request
  const count = (await read(model, 'search_count', [domain], {})) as number
  if (count === 0) return [{ keys: [], count, measures: measures.map(() => false) }]
  const counts = measures.map(measure => ({ ...measure, aggregate: 'count' as const }))
  const [counted] = await ask({ ...request, measures: counts })
  const hasValues = measures.map((_measure, index) => counted?.measures[index] !== 0)
  const [group] = await ask({ ...request, measures: measures.filter((_measure, index) => hasValues[index]) })
  const values = [...(group?.measures ?? [])]
  return [{ keys: [], count, measures: hasValues.map(has => (has ? (values.shift() as Json) : false)) }]
}
