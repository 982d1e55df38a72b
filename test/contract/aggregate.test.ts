import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { Group } from '../../src/core/ports/odoo.js'
import type { LabOdoo } from '../lab/odoos.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { createRandom, type Random } from '../sandbox/random.js'
import { type Asked, groupsOf, type Known, keysOf, type Way } from './grouping.js'
import { createLeads, type Leads } from './leads.js'
import { connectionFlags, startServer } from './server.js'
import { rest, type Surface } from './surfaces.js'

// The same number, the same records and groupings. Others for a while: TEST_SEED=2.
const seed = Number(process.env.TEST_SEED ?? 20261124)
const rounds = 30
const measures = [
  '__count',
  'color:sum',
  'expected_revenue:sum',
  'expected_revenue:avg',
  'id:min',
  'city:count_distinct'
]
const zones = ['Europe/Brussels', 'America/New_York', 'UTC']

for (const odoo of [...(await witnesses()), await sandboxAs(17)]) {
  await t.test(`${odoo.name}: any grouping is what the records themselves add up to`, t => testGroupings(t, odoo))
}

/** Asks for random groupings of known records, and compares every group, its numbers, its place and its domain. */
async function testGroupings(t: Test, odoo: LabOdoo): Promise<void> {
  t.comment(`seed ${seed}`)
  const leads = await createLeads(odoo, seed)
  const server = await startServer(connectionFlags(odoo))
  const surface = rest(server.url)
  t.teardown(() => server.close())
  t.teardown(() => leads.close())
  const random = createRandom(seed)
  const major = Number(odoo.version)
  for (let round = 0; round < rounds; round++) {
    const tz = random.pick(zones)
    const withArchived = random.chance(0.3)
    const ways = waysOf(leads, tz, major)
    const asked = randomAsked(
      random,
      [...ways.keys()].filter(spec => spec !== 'tag_ids' || major >= 15)
    )
    const records = leads.records.filter(({ active }) => withArchived || active)
    const expected = groupsOf(records, asked, ways)
    const page = { limit: random.pick([1, 3, 1000]), offset: random.pick([0, 0, 1, 4]) }
    const context = { tz, ...(withArchived && { active_test: false }) }
    await compare(t, { asked, page, context, expected, surface, leads })
  }
}

interface Round {
  asked: Asked
  page: { limit: number; offset: number }
  context: JsonObject
  expected: ReturnType<typeof groupsOf>
  surface: Surface
  leads: Leads
}

async function compare(t: Test, { asked, page, context, expected, surface, leads }: Round): Promise<void> {
  const order = asked.order.map(({ spec, descending, nulls }) => {
    return `${spec}${descending ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`
  })
  const input = {
    model: 'crm.lead',
    domain: leads.domain,
    group_by: asked.group_by,
    measures: asked.measures,
    ...(asked.having.length > 0 && { having: asked.having }),
    ...(order.length > 0 && { order: order.join(', ') }),
    ...page,
    context
  }
  const title = JSON.stringify({ ...input, domain: undefined })
  const { output, problem } = await surface.call('odoo_aggregate', input)
  if (output === undefined) return void t.match(problem, undefined, title)
  const groups = output.groups as unknown as Group[]
  const end = page.offset + page.limit
  const wanted = expected.slice(page.offset, end)
  t.strictSame(
    groups.map(group => [keysOf(group, asked.group_by), group.count, rounded(group.measures)]),
    wanted.map(({ keys, ids, measures }) => [keys, ids.length, rounded(measures)]),
    title
  )
  t.equal(output.next_offset, expected.length > end ? end : undefined, `${title}: next_offset`)
  for (const [index, { domain }] of groups.slice(0, 3).entries()) {
    const search = { model: 'crm.lead', domain, fields: ['id'], order: 'id' }
    const found = await surface.call('odoo_search', search)
    const ids = (found.output?.records as unknown as { id: number }[] | undefined)?.map(({ id }) => id)
    t.strictSame(ids ?? found.problem, wanted[index]?.ids, `${title}: ${JSON.stringify(domain)}`)
  }
}

/** Databases add in binary or in decimal: equal to a person, not to the last bit. */
function rounded(measures: Record<string, Json>): Json[] {
  return Object.values(measures).map(value => (typeof value === 'number' ? Number(value.toPrecision(12)) : value))
}

function randomAsked(random: Random, specs: string[]): Asked {
  const some = random.some(specs, random.below(4))
  // A date alone means its months: both would be one term twice.
  const group_by = some.filter(spec => spec !== 'date_deadline:month' || !some.includes('date_deadline'))
  // Until 16 Odoo does not aggregate what it groups by; that is told apart elsewhere.
  const fitting = measures.filter(measure => !group_by.includes(measure.split(':')[0] as string))
  const sortable = [...group_by, ...fitting]
  const order = random.chance(0.6) ? random.some(sortable, 1 + random.below(2)) : []
  const filters = random.chance(0.4) ? random.some(fitting, 1 + random.below(2)) : []
  return {
    group_by,
    measures: random.some(fitting, random.below(4)),
    having: filters.map(measure => [measure, random.pick(['>', '<=', '!=']), random.pick([0, 1, 2, 12.5])]),
    order: order.map(spec => ({
      spec,
      descending: random.chance(0.5),
      ...(random.chance(0.2) && { nulls: random.pick(['first', 'last'] as const) })
    }))
  }
}

/** How every kind of field is grouped, worked out from the record alone. */
function waysOf({ countries, tags }: Leads, tz: string, major: number): Map<string, Way> {
  const plain = (field: string): Way => ({ keysOf: record => [record[field] as Json] })
  const weekday = major >= 17 ? 0 : 1
  const day = (granularity: string): Way => ({
    keysOf: ({ date_deadline }: Known) => [
      date_deadline === null ? null : startOf(`${String(date_deadline)}T00:00`, granularity, weekday).slice(0, 10)
    ]
  })
  const time = (granularity: string): Way => ({
    keysOf: ({ date_conversion }: Known) => {
      if (date_conversion === null) return [null]
      const local = clock(Date.parse(`${String(date_conversion).replace(' ', 'T')}Z`), tz)
      return [firstInstant(startOf(local, granularity, weekday), tz)]
    }
  })
  return new Map<string, Way>([
    ['city', plain('city')],
    ['color', plain('color')],
    ['expected_revenue', plain('expected_revenue')],
    ['priority', plain('priority')],
    ['active', plain('active')],
    ['country_id', { ...plain('country_id'), rankOf: key => countries.indexOf(key as number) }],
    [
      'tag_ids',
      {
        keysOf: ({ tag_ids }) => ((tag_ids as number[]).length > 0 ? (tag_ids as number[]) : [null]),
        rankOf: key => tags.indexOf(key as number)
      }
    ],
    ['date_deadline', day('month')],
    ...['day', 'week', 'month', 'quarter', 'year'].map((word): [string, Way] => [`date_deadline:${word}`, day(word)]),
    ...['hour', 'day', 'week', 'month', 'quarter', 'year'].map((word): [string, Way] => [
      `date_conversion:${word}`,
      time(word)
    ])
  ])
}

/** What a clock in a time zone shows, `2026-01-01T05:30`. */
function clock(instant: number, timeZone: string): string {
  return new Date(instant).toLocaleString('sv-SE', { timeZone }).slice(0, 16).replace(' ', 'T')
}

/** The start of the period that a local time is in. */
function startOf(local: string, granularity: string, weekday: number): string {
  const [year, month] = [local.slice(0, 4), Number(local.slice(5, 7))]
  if (granularity === 'hour') return `${local.slice(0, 13)}:00`
  if (granularity === 'day') return `${local.slice(0, 10)}T00:00`
  if (granularity === 'month') return `${local.slice(0, 7)}-01T00:00`
  if (granularity === 'quarter') return `${year}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01T00:00`
  if (granularity === 'year') return `${year}-01-01T00:00`
  const date = new Date(`${local.slice(0, 10)}T00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() - weekday + 7) % 7))
  return `${date.toISOString().slice(0, 10)}T00:00`
}

/** The first instant at which a clock in a time zone shows a time, found by trying. */
function firstInstant(local: string, tz: string): string {
  const near = Date.parse(`${local}Z`)
  for (let minutes = -15 * 60; minutes <= 15 * 60; minutes += 15) {
    const instant = near + minutes * 60_000
    if (clock(instant, tz) === local) return `${new Date(instant).toISOString().slice(0, 19)}Z`
  }
  throw new Error(`no clock in ${tz} ever shows ${local}`)
}
