import { type Call, type Case, type Json, single } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { markedBy } from './differential-data.js'
import type { Labels } from './labels.js'
import { malformed } from './malformed-domains.js'
import type { Random } from './random.js'
import { fitting, odd } from './values-by-type.js'

const plain = ['=', '!=', '<', '>', '<=', '>=', '=?', 'in', 'not in']
const operators = [...plain, 'like', 'not like', 'ilike', 'not ilike']
const patterns = ['=like', '=ilike']
const hierarchies = ['child_of', 'parent_of']
const strange = [
  '<>',
  '==',
  '=LIKE',
  'ILIKE',
  'IN',
  'not =like',
  'not =ilike',
  'any',
  'not any',
  'is',
  'foo',
  '',
  'not  in'
]

/** Fields whose values are not the same on both sides, or that the two order by records which are not of the test. */
const unequal =
  /^(create_date|write_date|__last_update|create_uid|write_uid|day_open|day_close|date_open|date_last_stage_update|date_automation_last|date_action_last|date_closed|image_.*|message_.*|activity_.*|access_.*|signup_.*|self|im_status|avatar_.*|automated_probability|prorated_revenue|duration_tracking|parent_path|expected_date|.*lang_count|is_automated_probability|duplicate_lead.*|calendar_.*|email_state|phone_state|team_id)$/

/**
 * Not looked for: `credit`, `debit` and `is_blacklisted` have search methods of modules' own, with mistakes of their own;
 * so have `product_template_id` of order lines; `barcode` depends on the company on 19. The others stand in records that are not of the test, where the two Odoos hold other data.
 */
const unsearched =
  /^(credit|debit|is_blacklisted|product_template_id|barcode|opt_out|vat_label|parent_name|state_required|sequence|log_ids)$/

/** What cases about a model are made of. */
export function equalFields(catalogue: Catalogue, model: string): string[] {
  return catalogue.fields(model).filter(name => !unequal.test(name))
}

function searchedFields(catalogue: Catalogue, model: string): string[] {
  return equalFields(catalogue, model).filter(name => !unsearched.test(name))
}

const searched = [
  'res.partner',
  'res.partner',
  'res.partner',
  'crm.lead',
  'product.product',
  'sale.order',
  'sale.order.line'
]

/** Domains of all kinds, each through one of the methods that take one. */
export function domainCases(catalogue: Catalogue, labels: Labels, random: Random, count: number): Case[] {
  const cases: Case[] = []
  const make = new DomainMaker(catalogue, labels, random)
  for (let n = 0; n < count; n++) {
    const model = random.pick(searched)
    const domain = n % 4 === 0 ? make.tree(model, 1 + random.below(4)) : [make.leaf(model, random.chance(0.35))]
    cases.push(single('domain', make.call(model, domain)))
  }
  for (const domain of malformed) {
    cases.push(single('domain', make.raw('res.partner', domain)))
  }
  return cases
}

class DomainMaker {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly labels: Labels,
    private readonly random: Random
  ) {}

  /** One leaf: a field or a path, an operator, and a value that fits or an odd one. */
  leaf(model: string, oddly: boolean): Json {
    const path = this.path(model)
    const facts = this.catalogue.get(this.catalogue.relation(model, parentOf(path)) ?? model, lastOf(path))
    const type = path === 'id' || facts === undefined ? 'id' : facts.type
    const relation = facts?.relation ?? this.catalogue.relation(model, parentOf(path)) ?? model
    // Odoo 14 never ends looking for the children of records that are their own parents.
    const tree = lastOf(path) === 'commercial_partner_id' ? 'char' : type
    const operator = sortable(this.operator(tree, oddly), lastOf(path) === 'id' ? 'id' : type, relation)
    const values = { type, relation, field: lastOf(path), labels: this.labels, random: this.random }
    const value = oddly ? odd(values) : fitting(values, operator)
    // Lists have no order: what comes of one is that of their Python text.
    return [path, /^[<>]/.test(operator) && Array.isArray(value) ? '=' : operator, value]
  }

  /** A leaf that Odoo can search: which of several bad ones it complains of is its own affair. */
  private soundLeaf(model: string): Json {
    for (;;) {
      const leaf = this.leaf(model, false) as [string, string, Json]
      const [path, operator] = leaf
      const owner = this.catalogue.relation(model, parentOf(path)) ?? model
      const relation = this.catalogue.relation(model, path) ?? model
      const hierarchy = /partner$|category$/.test(relation)
      if (this.searchable(owner, lastOf(path)) && (hierarchy || !operator.endsWith('_of'))) return leaf
    }
  }

  private searchable(model: string, name: string): boolean {
    return name === 'id' || this.catalogue.get(model, name)?.searchable === true
  }

  /** Leaves joined by `&`, `|` and `!`, so many levels deep. */
  tree(model: string, depth: number): Json[] {
    if (depth === 0) return [this.random.chance(0.06) ? this.constant() : this.soundLeaf(model)]
    const [left, right] = [this.tree(model, depth - 1), this.tree(model, this.random.below(depth))]
    return this.random.pick([
      ['&', ...left, ...right],
      ['|', ...left, ...right],
      ['!', '|', ...left, ...right],
      ['|', '!', ...left, ...right],
      ['!', ...left],
      [...left, ...right]
    ] as Json[][])
  }

  /** The domain among the records of the test, through one of the methods. */
  call(model: string, domain: Json[]): Call {
    const marked = [[markedBy[model] as string, '=like', '§%'], ...domain]
    const context = this.random.chance(0.3) ? { active_test: false } : {}
    const kwargs = { context }
    switch (this.random.below(6)) {
      case 0:
        return { model, method: 'search_count', args: [marked], kwargs, shape: 'plain' }
      case 1: {
        const fields = [this.random.pick(['display_name', 'id', 'write_uid'])]
        const page = { fields, order: 'id desc', limit: 5 }
        return { model, method: 'search_read', args: [marked], kwargs: { ...page, ...kwargs }, shape: 'rows' }
      }
      default:
        return { model, method: 'search', args: [marked], kwargs: { order: 'id', ...kwargs }, shape: 'ids' }
    }
  }

  /** Something that is perhaps no domain; where it is one, it may match records that are not of the test. */
  raw(model: string, domain: Json): Call {
    const empty = !Array.isArray(domain) || domain.length === 0
    const args = [empty ? domain : [['ref', '=like', '§%'], ...(domain as Json[])]]
    if (empty) return { model, method: 'search', args, kwargs: { limit: 1 }, shape: 'type' }
    return { model, method: 'search', args, kwargs: { order: 'id' }, shape: 'ids' }
  }

  private constant(): Json {
    return this.random.pick<Json>([
      [1, '=', 1],
      [0, '=', 1],
      [1, '=', 0],
      [1, '!=', 1]
    ])
  }

  private path(model: string): string {
    const names = searchedFields(this.catalogue, model)
    const relational = names.filter(name => {
      const relation = this.catalogue.get(model, name)?.relation
      return relation !== undefined && this.catalogue.fields(relation).length > 0
    })
    if (relational.length > 0 && this.random.chance(0.2)) {
      const through = this.random.pick(relational)
      const next = this.catalogue.get(model, through)?.relation as string
      const more = searchedFields(this.catalogue, next)
      return `${through}.${this.random.pick(['id', 'name', ...more].filter(name => name === 'id' || more.includes(name)))}`
    }
    if (this.random.chance(0.08)) return 'id'
    const name = this.random.pick(names)
    return this.searchable(model, name) || this.random.chance(0.2) ? name : this.path(model)
  }

  private operator(type: string, oddly: boolean): string {
    // Ids have other digits on the other side.
    if (type === 'id') return this.random.pick([...plain, ...hierarchies])
    if (oddly && this.random.chance(0.15)) return this.random.pick(strange)
    if (type.includes('2')) return this.random.pick([...operators, ...hierarchies, ...hierarchies])
    if (/char|text|html|selection/.test(type) || oddly) return this.random.pick([...operators, ...patterns])
    return this.random.pick(plain)
  }
}

/** Ids of records that are not of the test come in another order on the other side; parents of lines are not one. */
function sortable(operator: string, type: string, relation: string): string {
  if (type === 'one2many' && operator === 'parent_of') return 'child_of'
  const foreign = type === 'id' || (type === 'many2one' && markedBy[relation] === undefined)
  return /^[<>]=?$/.test(operator) && foreign ? '=' : operator
}

const parentOf = (path: string) => path.split('.').slice(0, -1).join('.') || 'id'
const lastOf = (path: string) => path.split('.').at(-1) as string
