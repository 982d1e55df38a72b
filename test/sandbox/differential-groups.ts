import { type Call, type Case, type Json, type JsonObject, single } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { markedBy } from './differential-data.js'
import { equalFields } from './differential-domains.js'
import type { Random } from './random.js'

const models = ['res.partner', 'crm.lead', 'sale.order', 'sale.order.line']
const parts = ['day', 'week', 'month', 'quarter', 'year', 'hour']
const numberParts = ['year_number', 'quarter_number', 'month_number', 'iso_week_number', 'day_of_week', 'day_of_month']

/** `read_group`, and on 19 `formatted_read_group`. */
export function groupCases(catalogue: Catalogue, version: string, random: Random, count: number): Case[] {
  const old = Array.from({ length: count }, () => oldGroup(catalogue, random))
  const strange = strangeGroups.map(([domain, fields, groupby, kwargs = {}]) =>
    oldCall('crm.lead', domain, fields, groupby, kwargs)
  )
  const calls = [...old, ...strange]
  if (Number(version) >= 19) {
    calls.push(...Array.from({ length: count }, () => newGroup(catalogue, random)))
    calls.push(
      ...strangeFormatted.map(([groupby, aggregates, kwargs = {}]) => newCall('crm.lead', groupby, aggregates, kwargs))
    )
  }
  return calls.map(call => single('group', call))
}

/** A field to group by, with a part of the time where it needs one. */
function groupable(catalogue: Catalogue, model: string, random: Random, version: 'old' | 'new'): string {
  const names = equalFields(catalogue, model).filter(name => {
    const { type, store, relation } = catalogue.get(model, name) ?? { type: '', store: false }
    // Groups of records come in the order of those: only of the test's own.
    const known = relation === undefined || /partner|product|category|tag|country$|stage|lead|order/.test(relation)
    return store && known && !/one2many|binary|json|properties|text|html/.test(type)
  })
  const name = random.pick([...names, ...preferred.filter(field => names.includes(field))])
  const type = catalogue.get(model, name)?.type
  if (type !== 'date' && type !== 'datetime') return name
  return `${name}:${random.pick(version === 'new' && random.chance(0.4) ? numberParts : parts)}`
}

const preferred = [
  ...['date_deadline', 'date_order', 'stage_id', 'partner_id', 'country_id', 'category_id', 'state', 'type'],
  ...['tag_ids', 'product_id', 'user_id', 'priority', 'parent_id', 'is_company', 'active']
]

function measured(catalogue: Catalogue, model: string, random: Random, aggregators: string[]): string[] {
  const numbers = equalFields(catalogue, model).filter(name => {
    const { type, store } = catalogue.get(model, name) ?? { type: '', store: false }
    return store && /integer|float|monetary/.test(type) && name !== 'id'
  })
  return random.some(numbers, random.below(3)).map(name => `${name}:${random.pick(aggregators)}`)
}

function oldGroup(catalogue: Catalogue, random: Random): Call {
  const model = random.pick(models)
  const groupby = [
    ...new Set(Array.from({ length: random.below(3) }, () => groupable(catalogue, model, random, 'old')))
  ]
  const fields = measured(catalogue, model, random, ['sum', 'avg', 'min', 'max', 'count_distinct'])
  const kwargs: JsonObject = { lazy: random.chance(0.6) }
  if (random.chance(0.3)) kwargs.context = random.pick<JsonObject>([{ tz: 'Europe/Brussels' }, { active_test: false }])
  if (random.chance(0.2)) kwargs.limit = 2
  if (random.chance(0.1)) kwargs.offset = 1
  return oldCall(
    model,
    [],
    random.chance(0.3) ? fields.map(name => name.split(':')[0] as string) : fields,
    groupby,
    kwargs
  )
}

function oldCall(model: string, domain: Json, fields: Json, groupby: Json, kwargs: JsonObject): Call {
  const marked = Array.isArray(domain) ? [[markedBy[model] as string, '=like', '§%'], ...domain] : domain
  // Without fields, 14 gives all that can be added up: those that the sandbox does not have, too.
  const some = Array.isArray(fields) && fields.length > 0
  return { model, method: 'read_group', args: [marked, fields, groupby], kwargs, shape: some ? 'rows' : 'type' }
}

function newGroup(catalogue: Catalogue, random: Random): Call {
  const model = random.pick(models)
  const groupby = [
    ...new Set(Array.from({ length: random.below(3) }, () => groupable(catalogue, model, random, 'new')))
  ]
  const aggregates = measured(catalogue, model, random, ['sum', 'avg', 'min', 'max', 'count_distinct', 'count'])
  const kwargs: JsonObject = {}
  if (random.chance(0.3)) kwargs.context = random.pick<JsonObject>([{ tz: 'Europe/Brussels' }, { active_test: false }])
  if (random.chance(0.2)) kwargs.limit = 2
  if (random.chance(0.1)) kwargs.offset = 1
  if (random.chance(0.2)) kwargs.having = [['__count', '>', 1]]
  return newCall(model, groupby, random.chance(0.7) ? [...aggregates, '__count'] : aggregates, kwargs)
}

function newCall(model: string, groupby: Json, aggregates: Json, kwargs: JsonObject): Call {
  const args = [[[markedBy[model] as string, '=like', '§%']], groupby, aggregates]
  return { model, method: 'formatted_read_group', args, kwargs, shape: 'rows' }
}

const revenue = ['expected_revenue:sum']

const strangeGroups: [domain: Json, fields: Json, groupby: Json, kwargs?: JsonObject][] = [
  [[], revenue, []],
  [[['id', '=', 999999999]], revenue, []],
  [[['id', '=', 999999999]], revenue, ['stage_id']],
  [[], [], ['stage_id']],
  [[], revenue, 'stage_id'],
  [[], revenue, ['stage_id', 'user_id'], { lazy: true }],
  [[], revenue, ['stage_id', 'priority'], { lazy: false }],
  [[], ['expected_revenue'], ['priority']],
  [[], ['total:sum(expected_revenue)'], ['priority']],
  [[], ['total:max(expected_revenue)', 'least:min(expected_revenue)'], ['priority']],
  [[], ['expected_revenue:nope'], ['priority']],
  [[], ['expected_revenue:'], ['priority']],
  [[], ['nope:sum'], ['priority']],
  [[], ['nope'], ['priority']],
  [[], ['name'], ['priority']],
  [[], ['name:count'], ['priority']],
  [[], ['name:count_distinct'], ['priority']],
  [[], ['name:max'], ['priority']],
  [[], ['name:sum'], ['priority']],
  [[], ['tag_ids'], ['priority']],
  [[], ['tag_ids:count'], ['priority']],
  [[], ['id:count'], ['priority']],
  [[], ['stage_id:count_distinct'], ['priority']],
  [[], ['date_deadline:min'], ['priority']],
  [[], ['date_deadline:max'], ['type']],
  [[], ['display_name:count'], ['priority']],
  [[], ['expected_revenue:sum', 'expected_revenue:avg'], ['priority']],
  [[], revenue, ['nope']],
  [[], revenue, ['stage_id.nope']],
  [[], revenue, ['partner_id.country_id']],
  [[], revenue, ['display_name']],
  [[], revenue, ['id'], { limit: 2 }],
  [[], revenue, ['tag_ids']],
  [[], revenue, ['date_deadline']],
  [[], revenue, ['date_deadline:nope']],
  [[], revenue, ['date_deadline:month:year']],
  [[], revenue, ['name:month']],
  [[], revenue, ['stage_id:month']],
  [[], revenue, ['date_deadline:month'], { context: { lang: 'en_US' } }],
  [[], revenue, ['date_deadline:week'], { context: { lang: 'en_US' } }],
  [[], revenue, ['date_deadline:month'], { context: { tz: 'Nowhere/Land' } }],
  [[], revenue, ['priority'], { orderby: 'priority desc' }],
  [[], revenue, ['priority'], { orderby: 'expected_revenue desc' }],
  [[], revenue, ['priority'], { orderby: 'expected_revenue' }],
  [[], revenue, ['priority'], { orderby: 'priority_count desc, priority' }],
  [[], revenue, ['priority'], { orderby: '__count desc, priority' }],
  [[], revenue, ['priority'], { orderby: 'nope' }],
  [[], revenue, ['priority'], { orderby: 'priority; drop table x' }],
  [[], revenue, ['stage_id'], { orderby: 'stage_id desc' }],
  [[], revenue, ['partner_id'], { orderby: 'partner_id desc' }],
  [[], revenue, ['date_deadline:month'], { orderby: 'date_deadline desc' }],
  [[], revenue, ['date_deadline:month'], { orderby: 'date_deadline:month desc' }],
  [[], revenue, ['priority'], { limit: -1 }],
  [[], revenue, ['priority'], { limit: 'x' }],
  [[], revenue, ['priority'], { limit: 0 }],
  [[], revenue, ['priority'], { offset: 1 }],
  [[], revenue, ['priority'], { offset: 'x' }],
  [[['nope', '=', 1]], revenue, ['priority']],
  [[['name', '=']], revenue, ['priority']],
  ['x', revenue, ['priority']],
  [[], 'expected_revenue', ['priority']],
  [[], [5], ['priority']],
  [[], null, ['priority']],
  [[], false, ['priority']],
  [[], revenue, null],
  [[], revenue, false],
  [[], revenue, 5],
  [[], revenue, [5]],
  [[], revenue, [null]],
  [[], revenue, ['']],
  [[], revenue, {}]
]

const strangeFormatted: [groupby: Json, aggregates: Json, kwargs?: JsonObject][] = [
  [[], ['__count']],
  [[], []],
  [[], revenue],
  [['stage_id'], []],
  [['stage_id'], ['__count', ...revenue]],
  [
    ['stage_id', 'priority'],
    ['__count', ...revenue]
  ],
  [['priority'], ['expected_revenue']],
  [['priority'], ['expected_revenue:nope']],
  [['priority'], ['expected_revenue:']],
  [['priority'], ['nope:sum']],
  [['priority'], ['name:sum']],
  [['priority'], ['name:max']],
  [['priority'], ['name:array_agg']],
  [['priority'], ['id:array_agg']],
  [['priority'], ['id:recordset']],
  [['priority'], ['partner_id:array_agg']],
  [['priority'], ['tag_ids:count']],
  [['priority'], ['active:bool_and', 'active:bool_or']],
  [['priority'], ['date_deadline:min', 'date_deadline:max']],
  [['priority'], ['stage_id:count_distinct', 'id:count_distinct', 'id:count']],
  [['priority'], ['display_name:count']],
  [['priority'], ['expected_revenue:sum_currency']],
  [['priority'], ['probability:avg']],
  [['nope'], ['__count']],
  [['stage_id.name'], ['__count']],
  [['partner_id.country_id'], ['__count']],
  [['partner_id.name'], ['__count']],
  [['partner_id.nope'], ['__count']],
  [['display_name'], ['__count']],
  [['tag_ids'], ['__count']],
  [['date_deadline'], ['__count']],
  [['date_deadline:nope'], ['__count']],
  [['date_deadline:month:year'], ['__count']],
  [['date_deadline:day_of_year'], ['__count']],
  [['date_deadline:second_number'], ['__count']],
  [['name:month'], ['__count']],
  [['stage_id:month'], ['__count']],
  [['date_deadline:week'], ['__count'], { context: { lang: 'en_US' } }],
  [['date_deadline:month'], ['__count'], { context: { tz: 'Nowhere/Land' } }],
  [['priority'], ['__count'], { order: 'priority desc' }],
  [['priority'], ['__count'], { order: '__count desc, priority' }],
  [['priority'], ['__count'], { order: 'expected_revenue:sum desc, priority' }],
  [['priority'], ['__count'], { order: 'expected_revenue desc' }],
  [['priority'], ['__count'], { order: 'nope' }],
  [['priority'], ['__count'], { order: 'stage_id' }],
  [['priority'], ['__count'], { order: 'priority; drop table x' }],
  [['stage_id'], ['__count'], { order: 'stage_id desc' }],
  [['partner_id'], ['__count'], { order: 'partner_id desc' }],
  [['date_deadline:month'], ['__count'], { order: 'date_deadline:month desc' }],
  [['date_deadline:month'], ['__count'], { order: 'date_deadline desc' }],
  [['priority'], ['__count'], { limit: 2, offset: 1 }],
  [['priority'], ['__count'], { limit: -1 }],
  [['priority'], ['__count'], { limit: 'x' }],
  [['priority'], ['__count'], { limit: 0 }],
  [['priority'], ['__count'], { having: [['__count', '>', 1]] }],
  [['priority'], ['__count'], { having: [['expected_revenue:sum', '>', 100]] }],
  [['priority'], ['__count'], { having: ['|', ['__count', '>', 3], ['expected_revenue:sum', '<', 100]] }],
  [['priority'], ['__count'], { having: [['nope', '>', 1]] }],
  [['priority'], ['__count'], { having: [['__count', 'like', 1]] }],
  [['priority'], ['__count'], { having: [['__count', 'in', [1, 2]]] }],
  [['priority'], ['__count'], { having: 'x' }],
  ['priority', ['__count']],
  [['priority'], '__count'],
  [null, ['__count']],
  [['priority'], null],
  [[5], ['__count']],
  [['priority'], [5]],
  [[''], ['__count']],
  [['priority', 'priority'], ['__count']]
]
