import type { Measure } from '../../core/check/aggregate-specs.js'
import type { Json } from '../../core/json.js'
import type { FieldMap, Group, GroupKey, Identity, OdooContext } from '../../core/ports/odoo.js'
import { isoTime, keyDomain, toGroupKey } from './group-key.js'
import { knownZone } from './periods.js'
import type { GroupRequest, RawGroup, RawKey } from './source.js'

/** A search sees no archived records unless told to: where the groups do, their domains tell it. */
function findable(domain: Json[], fields: FieldMap, { active_test }: OdooContext): Json[] {
  const isTold = domain.some(node => Array.isArray(node) && node[0] === 'active')
  return active_test === false && fields.has('active') && !isTold
    ? [['active', 'in', [true, false]], ...domain]
    : domain
}

/** A group on its way out: in its one form, with what it is sorted and filtered by. */
export interface Row {
  group: Group
  /** As Odoo said them. */
  keys: RawKey[]
  /** Tells its key: rows of one name look the same. */
  name: string
  /** What it is by a term or a measure, shown or not; null when it has no value. */
  valueBy(spec: string): Json
}

/** What the form of groups depends on, besides what was asked for. */
export interface Surroundings {
  fields: FieldMap
  identity: Identity
  context: OdooContext
}

/** Gives the groups of Odoo their one form. */
export class Form {
  readonly #domain: Json[]
  readonly #tz: string | null

  /** @param shown the measures that the caller wants to see */
  constructor(
    readonly request: GroupRequest,
    readonly shown: readonly Measure[],
    readonly around: Surroundings
  ) {
    const { fields, identity, context } = around
    this.#domain = findable(request.domain, fields, context)
    this.#tz = knownZone(typeof context.tz === 'string' ? context.tz : identity.tz)
  }

  rowOf({ keys, count, measures }: RawGroup): Row {
    const { terms, measures: computed } = this.request
    const key = Object.fromEntries(
      terms.map((term, index) => [term.name, toGroupKey(term, keys[index] as RawKey, this.#tz)])
    )
    const values = new Map<string, Json>(terms.map(({ name }) => [name, key[name]?.value as Json]))
    const name = JSON.stringify([...values.values()])
    values.set('__count', count)
    for (const [index, measure] of computed.entries()) {
      values.set(measure.spec, toValue(measure, measures[index] as Json, count))
    }
    const shown = this.shown.map(measure => [measure.spec, this.#show(measure, values.get(measure.spec) as Json)])
    const domain = [...this.#domain, ...this.domainOf(key)]
    const valueBy = (spec: string) => values.get(spec) as Json
    return { group: { key, count, measures: Object.fromEntries(shown), domain }, keys, name, valueBy }
  }

  /** What a key adds to the domain of the query. */
  domainOf(key: Group['key']): Json[] {
    const { major } = this.around.identity
    return this.request.terms.flatMap(term => keyDomain(term, key[term.name] as GroupKey, major))
  }

  #show({ field = '' }: Measure, value: Json): Json {
    const isTime = typeof value === 'string' && this.around.fields.get(field)?.type === 'datetime'
    return isTime ? isoTime(value) : value
  }
}

/** Odoo says false or None where there is no value. */
function toValue({ aggregate }: Measure, value: Json, count: number): Json {
  if (aggregate === 'count' || aggregate === 'count_distinct') return value || 0
  if (aggregate === 'bool_and' || aggregate === 'bool_or') return count === 0 ? null : value === true
  return value === false ? null : value
}
