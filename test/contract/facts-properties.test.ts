import type { Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { everywhere, type Place, records, type Wired } from './facts.js'

/** The lead and its team, whose leads have these properties. */
interface Leads {
  team: number
  friend: number
  lead: number
  alike: number
  other: number
  /** What Odoo shows of a lead's properties, by name. */
  values(lead: number): Promise<JsonObject>
}

const definitions = [
  { name: 'f_colour', string: 'Colour', type: 'char' },
  { name: 'f_size', string: 'Size', type: 'integer' },
  { name: 'f_when', string: 'When', type: 'datetime' },
  { name: 'f_friend', string: 'Friend', type: 'many2one', comodel: 'res.partner' },
  { name: 'f_friends', string: 'Friends', type: 'many2many', comodel: 'res.partner' },
  {
    name: 'f_kind',
    string: 'Kind',
    type: 'selection',
    selection: [
      ['a', 'A'],
      ['b', 'B']
    ],
    default: 'a'
  }
]

async function open(t: Test, { admin }: Place): Promise<Leads> {
  const [friend = 0] = await records(t, admin, 'res.partner', [{ name: 'facts friend' }])
  const [team = 0] = await records(t, admin, 'crm.team', [{ name: 'facts', lead_properties_definition: definitions }])
  const set = { f_colour: 'red', f_size: 3, f_friend: friend, f_friends: [friend], f_kind: 'b' }
  const [lead = 0, alike = 0, other = 0] = await records(t, admin, 'crm.lead', [
    { name: 'facts 1', team_id: team, lead_properties: set },
    { name: 'facts 2', team_id: team, lead_properties: set },
    { name: 'facts 3', team_id: team, lead_properties: { ...set, f_colour: 'blue' } }
  ])
  return {
    team,
    friend,
    lead,
    alike,
    other,
    async values(id) {
      const [row] = await admin.call<{ lead_properties: { name: string; value?: never }[] }[]>('crm.lead', 'read', [
        [id],
        ['lead_properties']
      ])
      return Object.fromEntries((row?.lead_properties ?? []).map(({ name, value = null }) => [name, value]))
    }
  }
}

/** Properties of leads: Odoo 16 and later; the sandbox has none. */
const haveProperties = ({ major, isSandbox }: Wired) => major >= 16 && !isSandbox

everywhere(
  'one property is written and the others stay',
  async (t, place) => {
    const { lead, alike, other, friend, values } = await open(t, place)
    const others = { f_friend: [friend, 'facts friend'], f_friends: [[friend, 'facts friend']], f_kind: 'b' }
    for (const [index, surface] of place.surfaces.entries()) {
      const write = (ids: number[], lead_properties: JsonObject) =>
        surface.call('odoo_write', { model: 'crm.lead', ids, values: { lead_properties } })
      t.match((await write([lead], { f_size: 10 + index })).output, { updated: 1 }, surface.name)
      t.match(await values(lead), { ...others, f_colour: 'red', f_size: 10 + index })
      t.match((await write([lead], { f_when: '2026-01-02T10:00:00+02:00' })).output, { updated: 1 })
      t.match(await values(lead), { ...others, f_when: '2026-01-02 08:00:00', f_size: 10 + index })
      t.match((await write([lead, alike], { f_size: 10 + index, f_when: null })).output, { updated: 2 }, 'now alike')
      t.match((await write([lead, other], { f_size: 5 })).problem, {
        code: 'invalid_input',
        detail: `values.lead_properties: the other properties of records ${lead} and ${other} differ, and one write can only set all of them alike; expected one record`,
        outcome: 'not_applied'
      })
      t.match(await values(other), { f_colour: 'blue', f_size: 3 })
      t.match((await write([lead], { f_sise: 5 })).problem, { detail: /unknown property "f_sise"; .*"f_size"\?$/ })
      t.match((await write([lead], { f_size: '5' })).problem, {
        detail: /^values\.lead_properties\.f_size: "5" does not/
      })
    }
  },
  haveProperties
)

everywhere(
  'properties that several callers write at once all stay',
  async (t, place) => {
    const { lead, values } = await open(t, place)
    const given = { f_colour: 'green', f_size: 99, f_kind: 'a', f_when: '2026-01-02 03:04:05' }
    const replies = await Promise.all(
      Object.entries(given).map(([name, value], index) =>
        place.surfaces[index % 2]?.call('odoo_write', {
          model: 'crm.lead',
          ids: [lead],
          values: { lead_properties: { [name]: value } }
        })
      )
    )
    t.same(
      replies.map(reply => reply?.problem),
      [undefined, undefined, undefined, undefined]
    )
    t.match(await values(lead), given)
  },
  haveProperties
)

everywhere(
  'a new record with properties names the parent that defines them',
  async (t, place) => {
    const { team, values } = await open(t, place)
    for (const surface of place.surfaces) {
      const create = (more: JsonObject) =>
        surface.call('odoo_create', {
          model: 'crm.lead',
          values: { name: 'facts new', lead_properties: { f_size: 7 }, ...more }
        })
      const { output } = await create({ team_id: team })
      const id = output?.id as number
      t.teardown(() => place.admin.call('crm.lead', 'unlink', [[id]]))
      t.match(await values(id), { f_size: 7, f_kind: 'a' }, 'given, and the default of another')
      t.match((await create({})).problem, {
        code: 'invalid_input',
        detail: /without team_id, Odoo drops the properties/
      })
    }
  },
  haveProperties
)

everywhere(
  'properties are read, searched, and grouped by in odoo_call',
  async (t, place) => {
    const { lead, alike, other } = await open(t, place)
    const mine = ['id', 'in', [lead, alike, other]]
    for (const surface of place.surfaces) {
      const read = await surface.call('odoo_read', { model: 'crm.lead', ids: [lead], fields: ['lead_properties'] })
      t.match(read.output?.records, [{ lead_properties: [{ name: 'f_colour', string: 'Colour', value: 'red' }] }])
      const count = (leaf: unknown[]) => surface.call('odoo_count', { model: 'crm.lead', domain: [mine, leaf] })
      t.match((await count(['lead_properties.f_colour', '=', 'red'])).output, { count: 2 })
      t.match((await count(['lead_properties.f_size', '>', 2])).output, { count: 3 })
      t.match((await count(['lead_properties.f_sise', '=', false])).problem, {
        code: 'invalid_input',
        detail: /^domain\[1\]\[0\]: unknown property "f_sise"; .*Did you mean "f_size"\?$/
      })
      const group = (name: string) =>
        surface.call('odoo_call', {
          model: 'crm.lead',
          method: 'formatted_read_group',
          kwargs: { domain: [mine], groupby: [`lead_properties.${name}`], aggregates: ['__count'] }
        })
      t.match((await group('f_colour')).output?.result, [{ __count: 1 }, { __count: 2 }])
      t.match((await group('f_nope')).problem, { code: 'invalid_input', detail: /unknown property "f_nope"/ })
    }
  },
  haveProperties
)

everywhere(
  'where Odoo has no properties, a property is refused',
  async (t, place) => {
    for (const surface of place.surfaces) {
      const domain = [['lead_properties.f_size', '=', 1]]
      t.match((await surface.call('odoo_count', { model: 'crm.lead', domain })).problem, {
        code: 'invalid_input',
        detail: /^domain\[0\]\[0\]: unknown field "lead_properties"/
      })
    }
  },
  place => !haveProperties(place)
)
