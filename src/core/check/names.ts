import { randomUUID } from 'node:crypto'
import { GatewayError } from '../errors.js'
import type { Json } from '../json.js'
import { didYouMean } from '../nearest.js'
import type { Effect, Policy } from '../policy.js'
import type { FieldInfo, FieldMap, OdooPort } from '../ports/odoo.js'
import { ofType, show } from './field-values.js'
import { isRelational } from './leaf.js'
import { findPassage, passageHelp } from './passage.js'
import { type Problems, policyHint } from './problems.js'
import { propertyIsDefined } from './properties.js'

/** A field found at the end of a path, and the model it belongs to. */
export interface Found {
  info: FieldInfo
  model: string
  /** The field's own name: the last segment of the path. */
  name: string
}

const maxSegments = 16

/** What a path is used for; decides which property of a field it needs. */
export type Use = 'domain' | 'order' | 'group_by' | 'plain'

/**
 * Resolves the names of a call against `fields_get`, segment by segment, and asks the policy before every step: the
 * fields of a model that is hidden are never fetched and never named.
 */
export class Names {
  /** Set once anything in the call deletes records, or may. */
  destroys = false

  constructor(
    readonly odoo: OdooPort,
    readonly policy: Policy,
    readonly problems: Problems
  ) {}

  /** The fields of the model that a call is about. Throws `policy_denied`, or `not_found` with the nearest name. */
  async enter(model: string, effect: Effect): Promise<FieldMap> {
    const refusal = this.policy.refusal(model, effect)
    if (refusal !== undefined) throw new GatewayError('policy_denied', `model: ${refusal}`, { hint: policyHint })
    return this.fields(model)
  }

  /** Likewise for a model that is reached on the way; a refusal is collected and gives undefined. */
  async reach(model: string, effect: Effect, at: string): Promise<FieldMap | undefined> {
    const refusal = this.policy.refusal(model, effect)
    if (refusal === undefined) return this.fields(model)
    this.problems.deny(at, refusal)
    return undefined
  }

  async fields(model: string): Promise<FieldMap> {
    try {
      return await this.odoo.fields(model)
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error
      throw new GatewayError('not_found', `model: "${model}" does not exist.${await this.#nearestModel(model)}`, {
        hint: 'odoo_get_models lists the models that you may read.',
        cause: error
      })
    }
  }

  /** One field by its name; an unknown one becomes a problem that names the nearest. */
  field(fields: FieldMap, model: string, name: string, at: string): FieldInfo | undefined {
    const info = fields.get(name)
    // To look for the nearest name takes long, for thousands of names.
    if (info === undefined && !this.problems.isFull) {
      const visible = [...fields]
        .filter(([field, known]) => !this.policy.withholds(field, known))
        .map(([field]) => field)
      this.problems.add(
        at,
        `unknown field ${show(name)} on ${model}; expected one of its fields.${didYouMean(name, visible)}`,
        `odoo_get_fields lists the fields of ${model}.`
      )
    }
    return info
  }

  /** Refuses a field whose content is a secret: even to search by it would tell it. */
  denyWithheld(name: string, info: Pick<FieldInfo, 'type' | 'related'>, at: string): void {
    if (this.policy.withholds(name, info)) {
      this.problems.deny(at, `the content of the field ${name} is withheld by the policy of this server`)
    }
  }

  /** Refuses the value of a reference, such as `res.users,5`, that names a hidden model. */
  denyReference(value: Json, at: string): void {
    if (typeof value !== 'string' || !value.includes(',')) return
    const refusal = this.policy.refusal(value.split(',')[0] as string, 'read')
    if (refusal !== undefined) this.problems.deny(at, refusal)
  }

  /**
   * Refuses a field whose records the policy hides where Odoo shows them by their names: every many2one, and whatever is
   * grouped or sorted by. A many2many is read as ids.
   */
  denyNamesOfHidden(name: string, info: FieldInfo, at: string, use: Use = 'plain'): void {
    const { type, relation } = info
    const isNamed = type === 'many2one' || (use !== 'plain' && isRelational(info))
    if (!isNamed || relation === undefined) return
    const refusal = this.policy.refusal(relation, 'read')
    if (refusal !== undefined) this.problems.deny(at, `${name} shows names of records of ${relation}: ${refusal}`)
  }

  /** Follows a dotted path from a model to its last field. Undefined once a problem was noted. */
  async path(model: string, path: string, at: string, use: Use): Promise<Found | undefined> {
    const segments = path.split('.')
    if (segments.length > maxSegments) {
      // Each segment is a join in PostgreSQL.
      this.problems.add(at, `a path of ${segments.length} fields; expected at most ${maxSegments}`)
      return undefined
    }
    const found = await this.#follow(model, await this.fields(model), segments, at, use)
    if (found === undefined || use === 'domain') return found
    this.denyNamesOfHidden(found.name, found.info, at, use)
    const passage = await findPassage(model, segments.slice(0, -1), this)
    // Only a domain can leave out the rows of what is hidden on its way.
    if (passage !== undefined) this.problems.deny(at, passageHelp(passage))
    return found
  }

  async #follow(
    model: string,
    fields: FieldMap,
    [name = '', ...rest]: string[],
    at: string,
    use: Use
  ): Promise<Found | undefined> {
    const info = this.field(fields, model, name, at)
    if (info === undefined) return undefined
    this.denyWithheld(name, info, at)
    if (!this.#fits(info, name, model, at, use)) return undefined
    if (rest.length === 0) return { info, model, name }
    const ended = this.#endsEarly(info, name, rest, at)
    if (ended === 'problem') return undefined
    if (ended?.type === 'property' && !(await propertyIsDefined(info, fields, rest.join('.'), at, this)))
      return undefined
    if (ended !== undefined) return { info: ended, model, name }
    const comodel = info.relation as string
    const next = await this.reach(comodel, 'read', at)
    return next && this.#follow(comodel, next, rest, at, use)
  }

  /**
   * Whether text finds records of a model. Most have a field `name`; of the others nothing tells whether they have
   * another name, so Odoo is asked for one that cannot be. True as well once a problem was noted.
   */
  async areFoundByName(model: string, at: string): Promise<boolean> {
    const fields = await this.reach(model, 'read', at)
    if (fields === undefined || fields.get('name')?.searchable) return true
    const wanted = { name: randomUUID(), domain: [], operator: 'ilike', limit: 1 }
    try {
      return (await this.odoo.nameSearch(model, wanted)).length === 0
    } catch (error) {
      // Some names cannot be searched, such as those of product.pricelist.item (19).
      if (error instanceof GatewayError && error.code === 'invalid_input') return false
      throw error
    }
  }

  /** Odoo 14 treats a leaf on a field that cannot be searched as true: such a leaf widens the filter in silence. */
  #fits(info: FieldInfo, name: string, model: string, at: string, use: Use): boolean {
    const why =
      use === 'domain' && !info.searchable
        ? 'cannot be searched'
        : use === 'order' && !info.sortable
          ? 'cannot be sorted by'
          : // A field inherited from another model, as a product's from its template, is stored over there.
            use === 'group_by' && !info.store && !info.sortable
            ? 'is not stored and cannot be grouped or aggregated'
            : undefined
    if (why === undefined) return true
    this.problems.add(
      at,
      `the field "${name}" of ${model} ${why}; expected a field that can be`,
      'odoo_get_fields with attributes ["store","searchable","sortable"] tells which can.'
    )
    return false
  }

  /** A path may go on after a field that is no relation only into a part of a date, or into one property. */
  #endsEarly(info: FieldInfo, name: string, rest: string[], at: string): FieldInfo | 'problem' | undefined {
    if (info.relation !== undefined && isRelational(info)) return undefined
    const [part = ''] = rest
    const { major } = this.odoo.identity
    if (rest.length === 1 && (info.type === 'date' || info.type === 'datetime') && major >= 18 && dateParts.has(part)) {
      return { ...info, type: 'integer' }
    }
    if (rest.length === 1 && info.type === 'properties' && major >= 16) return { ...info, type: 'property' }
    const meant = info.type.startsWith('date') ? didYouMean(part, dateParts) : ''
    this.problems.add(
      at,
      `"${name}" is ${ofType(info)}, nothing can follow it; expected a relation before a dot.${meant}`
    )
    return 'problem'
  }

  async #nearestModel(model: string): Promise<string> {
    try {
      const readable = await this.odoo.models()
      return didYouMean(
        model,
        readable.map(known => known.model).filter(name => this.policy.mayRead(name))
      )
    } catch {
      // The suggestion is a courtesy: the caller's problem is the unknown model, not that the list failed.
      return ''
    }
  }
}

/** Odoo 17.3 and later: numeric parts of a date in a domain or a grouping, `date_order.month_number`. */
export const dateParts: ReadonlySet<string> = new Set([
  'year_number',
  'quarter_number',
  'month_number',
  'iso_week_number',
  'day_of_year',
  'day_of_month',
  'day_of_week',
  'hour_number',
  'minute_number',
  'second_number'
])
