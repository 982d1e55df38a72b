import type { Json, JsonObject } from '../../src/core/json.js'

/** What to group: the arguments behind the domain, and the named ones. */
export interface GroupCase {
  /** Default `crm.lead`. */
  model?: string
  /** Narrows the domain of the records. */
  domain?: Json[]
  args: Json[]
  kwargs?: JsonObject
}

const sum = 'expected_revenue:sum'
const units = ['hour', 'day', 'week', 'month', 'quarter', 'year']
const group = (fields: Json, groupby: Json, kwargs: JsonObject = {}): GroupCase => ({ args: [fields, groupby], kwargs })

const domains: Json[][] = [
  ['|', ['priority', '=', '0'], ['priority', '=', '1']],
  ['!', ['priority', '=', '0']],
  ['!', '|', ['priority', '=', '0'], ['active', '=', false]],
  ['&', ['priority', '=', '0'], ['active', '=', true]],
  [
    ['priority', 'in', ['0', '2']],
    ['country_id', '!=', false]
  ],
  [[1, '=', 1]],
  [[0, '=', 1]],
  [['id', '=', -1]],
  [['nope', '=', 1]]
]

/** Calls of `read_group` that a sandbox and a real Odoo of the same release answer alike. */
export const readGroupCases: GroupCase[] = [
  ...units.map(unit => group([sum], [`date_deadline:${unit}`])),
  ...units.map(unit => group([sum], [`date_deadline:${unit}`], { lazy: false, orderby: 'date_deadline desc' })),
  ...units.map(unit => group([sum], [`write_date:${unit}`], { context: { tz: 'Asia/Kolkata' } })).slice(3),
  group(['expected_revenue'], ['date_deadline']),
  group(['expected_revenue'], ['country_id']),
  group(['expected_revenue'], ['country_id'], { orderby: 'country_id desc' }),
  group(['expected_revenue'], ['country_id'], { orderby: 'expected_revenue desc' }),
  group(['expected_revenue'], ['country_id'], { orderby: 'expected_revenue' }),
  group(['expected_revenue'], ['country_id'], { orderby: '__count desc, country_id' }),
  group(['expected_revenue'], ['country_id'], { orderby: 'country_id_count desc, country_id' }),
  group(['expected_revenue'], ['stage_id'], { lazy: false }),
  group(['expected_revenue'], ['country_id', 'date_deadline:month']),
  group(['expected_revenue'], ['country_id', 'date_deadline:month'], { lazy: false }),
  group(['expected_revenue'], ['priority', 'country_id'], { lazy: false, orderby: 'priority desc, country_id desc' }),
  group([sum], ['date_deadline:month', 'date_deadline:year'], { lazy: false }),
  group(['expected_revenue:avg', 'most:max(expected_revenue)', 'n:count(date_deadline)'], ['priority']),
  group(['countries:count_distinct(country_id)', 'active:bool_or', 'all:bool_and(active)'], ['priority']),
  group(['name:max', 'first:min(name)', 'date_deadline:min'], ['country_id']),
  group(['display_name', '__count', 'tag_ids'], ['priority']),
  group([sum], ['country_id'], { limit: 1, offset: 1 }),
  group([sum], ['country_id'], { offset: 1 }),
  group([sum], 'country_id'),
  group([sum], ['country_id', 'country_id']),
  group(['country_id'], ['country_id']),
  group([sum], ['expected_revenue']),
  group([sum], ['active']),
  group([sum], ['name']),
  group([sum], ['partner_id']),
  group([sum], ['date_closed']),
  { ...group(['partner_latitude:sum', 'color:sum'], ['city']), model: 'res.partner' },
  { ...group(['partner_latitude'], ['country_code']), model: 'res.partner' },
  ...domains.map(domain => ({ ...group(['expected_revenue'], ['priority']), domain }))
]

/** Calls of `read_group` that are refused. */
export const badReadGroupCases: GroupCase[] = [
  group(['nope'], ['priority']),
  group(['nope:sum'], ['priority']),
  group(['most:max(nope)'], ['priority']),
  group(['expected_revenue:nope'], ['priority']),
  group(['most:nope(expected_revenue)'], ['priority']),
  group(['expected_revenue:sum', 'expected_revenue:avg'], ['priority']),
  group(['display_name:max'], ['priority']),
  group(['tag_ids:count'], ['priority']),
  group(['name:sum'], ['priority']),
  group(['active:max'], ['priority']),
  group(['date_deadline:avg'], ['priority']),
  group(['expected_revenue:bool_or'], ['priority']),
  group(['-x'], ['priority']),
  group('expected_revenue', ['priority']),
  group([sum], ['nope']),
  group([sum], ['']),
  group([sum], false),
  group([sum], ['display_name']),
  group([sum], ['activity_ids']),
  group([sum], ['date_deadline:nope']),
  group([sum], ['country_id:month']),
  group([sum], ['partner_id.country_id']),
  group([sum], ['country_id'], { limit: -1 }),
  group([sum], ['country_id'], { orderby: 'nope' }),
  group([sum], ['country_id'], { orderby: 'name' }),
  group([sum], ['country_id'], { orderby: 'bad order spec' })
]

const numbers =
  'year_number quarter_number month_number iso_week_number day_of_year day_of_month day_of_week hour_number'.split(' ')

/** Calls of `formatted_read_group`, which came with 19. */
export const formattedCases: GroupCase[] = [
  group([], [sum, '__count']),
  group(['country_id'], []),
  group(['country_id'], [sum, '__count']),
  group(['tag_ids'], ['__count', sum]),
  group(['tag_ids'], ['__count'], { order: 'tag_ids desc' }),
  group(['priority', 'tag_ids'], ['__count'], { order: '__count desc, tag_ids, priority' }),
  group(['partner_id.country_id'], ['__count']),
  group(['partner_id.city'], ['__count']),
  group(['partner_id.category_id'], ['__count']),
  group(['partner_id.create_date:year'], ['__count']),
  group(['country_id.code'], [sum], { order: 'country_id.code desc' }),
  group(['user_id.partner_id.country_id'], []),
  ...[...units, ...numbers].map(unit => group([`date_deadline:${unit}`], ['__count'])),
  ...units.map(unit => group([`date_deadline:${unit}`], [], { order: `date_deadline:${unit} desc` })),
  group(['write_date:month'], ['__count'], { context: { tz: 'Asia/Kolkata' } }),
  group(['write_date:week'], ['__count'], { context: { tz: 'Europe/Brussels' } }),
  group(['country_id'], ['priority:array_agg', 'country_id:count_distinct', 'active:bool_and', 'name:recordset']),
  group(['country_id'], ['expected_revenue:avg', 'date_deadline:min', 'priority:count', 'priority:array_agg_distinct']),
  group(['priority'], ['expected_revenue:sum_currency']),
  ...having([
    [[sum, '>', 50]],
    ['|', [sum, '>', 200], ['__count', '=', 2]],
    ['!', [sum, '>', 200]],
    ['!', '|', [sum, '>', 200], ['__count', '=', 2]],
    ['&', ['__count', '>=', 2], [sum, '<', 110]],
    [
      ['__count', '>', 1],
      ['__count', '<', 3]
    ],
    [['__count', '=', null]],
    [['__count', '!=', 2]],
    [['date_deadline:max', '>', '2026-12-01']]
  ]),
  group([], ['__count'], { having: [['__count', '>', 100]] }),
  ...orders([
    `${sum} desc`,
    '__count desc nulls last, country_id desc',
    'country_id desc',
    'country_id nulls first',
    'country_id desc nulls last',
    'name:max',
    'color:sum, country_id',
    ' country_id ',
    ''
  ]),
  group(['stage_id'], ['__count']),
  group(['country_id'], [], { limit: 1, offset: 1 }),
  group(['country_id'], [], { limit: 0 }),
  group(['active'], ['__count']),
  group(['name'], ['__count']),
  group(['expected_revenue'], ['__count']),
  group(['country_id', 'country_id'], ['country_id:count']),
  { ...group(['country_code'], ['partner_latitude:sum']), model: 'res.partner' },
  ...domains.map(domain => ({ ...group(['country_id'], ['__count']), domain })),
  ...domains.map(domain => ({ ...group([], ['__count', sum, 'name:max', 'priority:array_agg']), domain }))
]

/** Calls of `formatted_read_group` that are refused. */
export const badFormattedCases: GroupCase[] = [
  group([], []),
  ...['date_deadline', 'date_deadline:nope', 'nope', 'country_id:month', 'country_id.nope'].map(spec =>
    group([spec], [])
  ),
  ...['name.x', 'display_name', 'a b', 'activity_ids', 'user_id.nope.name'].map(spec => group([spec], [])),
  ...['nope:sum', 'expected_revenue', 'expected_revenue:nope', 'display_name:max', 'a b'].map(spec =>
    group(['country_id'], [spec])
  ),
  ...['partner_id.color:sum', 'name:sum', 'tag_ids:count', 'color:sum_currency'].map(spec =>
    group(['country_id'], [spec])
  ),
  ...having([
    [['__count', 'in', [1, 2]]],
    [['__count', 'in', []]],
    [['__count', 'like', 2]],
    [['country_id', '=', 2]],
    [['nope:sum', '>', 1]],
    [[sum, '=', false]],
    [[sum, '>', 'x']],
    ['a'],
    ['|']
  ]),
  ...orders(['nope', 'name', 'stage_id', 'bad order spec', 'country_id,', 'tag_ids', 'country_id.code']),
  group(['country_id'], [], { limit: -1 }),
  group(['country_id'], [], { offset: -1 }),
  group(['country_id'], [], { limit: 'x' }),
  group('country_id', []),
  group(['country_id'], 'x')
]

function having(all: Json[][]): GroupCase[] {
  return all.map(clause => group(['country_id'], [sum], { having: clause }))
}

function orders(all: string[]): GroupCase[] {
  return all.map(order => group(['country_id'], [sum], { order }))
}
