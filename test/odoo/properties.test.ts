import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { FieldInfo, Row } from '../../src/core/ports/odoo.js'
import { type PropertiesReader, withOtherProperties } from '../../src/odoo/properties.js'

const info = (type: string): FieldInfo => ({
  type,
  string: type,
  required: false,
  readonly: false,
  store: true,
  searchable: true,
  sortable: true
})
const fields = new Map([
  ['props', info('properties')],
  ['name', info('char')],
  ['data', info('json')]
])

/** A lead as Odoo reads it: its properties are definitions with their values. */
const lead = (id: number, values: JsonObject): Row => ({
  id,
  props: [
    { name: 'color', type: 'char', string: 'Color', ...('color' in values && { value: values.color }) },
    { name: 'owner', type: 'many2one', string: 'Owner', ...('owner' in values && { value: values.owner }) },
    { name: 'marks', type: 'many2many', string: 'Marks', ...('marks' in values && { value: values.marks }) }
  ] as JsonObject[]
})

/** Gives these rows, and notes what was read. */
function reading(...rows: Row[]): PropertiesReader & { asked: string[][] } {
  const asked: string[][] = []
  return {
    asked,
    fields: async () => fields,
    read: async names => {
      asked.push(names)
      return rows
    }
  }
}

t.test('the other properties of a record are sent along as Odoo stores them', async t => {
  const reader = reading(
    lead(1, {
      color: 'red',
      owner: [7, 'Azure'],
      marks: [
        [3, 'A'],
        [4, 'B']
      ]
    })
  )
  const sent = await withOtherProperties([1], { name: 'x', props: { color: 'blue' } }, reader)
  t.strictSame(sent, { name: 'x', props: { color: 'blue', owner: 7, marks: [3, 4] } })
  t.strictSame(reader.asked, [['props']])
})

t.test('a property without a value gets none', async t => {
  t.strictSame(await withOtherProperties([1], { props: { color: false } }, reading(lead(1, {}))), {
    props: { color: false }
  })
})

t.test('nothing is read for values without properties', async t => {
  const reader = reading()
  for (const values of [{ name: 'x' }, { props: false }, { data: { a: 1 } }]) {
    t.equal(await withOtherProperties([1], values, reader), values)
  }
  t.strictSame(reader.asked, [])
})

t.test('several records with the same other properties are one write', async t => {
  const reader = reading(lead(1, { color: 'red', owner: [7, 'A'] }), lead(2, { color: 'green', owner: [7, 'A'] }))
  t.strictSame(await withOtherProperties([1, 2], { props: { color: 'blue' } }, reader), {
    props: { color: 'blue', owner: 7 }
  })
})

t.test('several records whose other properties differ are refused before anything is written', async t => {
  const reader = reading(lead(1, { owner: [7, 'A'] }), lead(2, { owner: [8, 'B'] }))
  await t.rejects(withOtherProperties([1, 2], { props: { color: 'blue' } }, reader), {
    code: 'invalid_input',
    detail: /^values\.props: the other properties of records 1 and 2 differ/,
    extra: { outcome: 'not_applied', hint: /one by one/ }
  })
})

t.test('more records than are kept apart are refused, unread', async t => {
  const reader = reading()
  const ids = Array.from({ length: 101 }, (_, index) => index + 1)
  await t.rejects(withOtherProperties(ids, { props: { color: 'blue' } }, reader), {
    code: 'invalid_input',
    detail: 'values.props: properties of 101 records; expected at most 100 ids',
    extra: { outcome: 'not_applied' }
  })
  t.strictSame(reader.asked, [])
})

t.test('of records that are missing Odoo says so itself', async t => {
  t.strictSame(await withOtherProperties([9], { props: { color: 'blue' } }, reading()), { props: { color: 'blue' } })
})
