import t from 'tap'
import { storedValues, toDefinitions } from '../../src/core/check/property-definitions.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { FieldInfo } from '../../src/core/ports/odoo.js'
import { field, models, openDoor } from './fake-odoo.js'

const definitions: Json[] = [
  { name: 'p1', string: 'Colour', type: 'char', value: 'red' },
  { name: 'p2', string: 'Size', type: 'integer', value: 0 },
  { name: 'p3', string: 'Friend', type: 'many2one', comodel: 'res.partner', value: [7, 'Ada'] },
  {
    name: 'p4',
    string: 'Friends',
    type: 'many2many',
    comodel: 'res.partner',
    value: [
      [7, 'Ada'],
      [8, null]
    ]
  },
  {
    name: 'p5',
    string: 'Kind',
    type: 'selection',
    selection: [
      ['a', 'A'],
      ['b', 'B']
    ],
    value: false
  },
  {
    name: 'p6',
    string: 'Tags',
    type: 'tags',
    tags: [
      ['x', 'X', 1],
      ['y', 'Y', 2]
    ]
  },
  { name: 'p7', string: 'When', type: 'datetime' },
  { name: 'p8', string: 'Server', type: 'many2one', comodel: 'ir.mail_server' },
  { name: 'p9', string: 'More', type: 'separator' }
]

const traits = field('properties', { definition_record: 'parent_id', definition_record_field: 'traits_definition' })
const partner = new Map([...(models.get('res.partner') ?? []), ['traits', traits] as [string, FieldInfo]])

/** The door on an Odoo whose partners have these properties. */
function door(read: Json = definitions, parents = [definitions], fields = partner) {
  const { name, ...others } = Object.fromEntries(fields)
  return openDoor({
    answers: () => ({
      fields: async model =>
        model === 'res.partner' ? new Map(Object.entries({ name, ...others } as never)) : (models.get(model) as never),
      read: async (_model, ids, [asked = '']) =>
        ids.map(id => ({ id, [asked]: asked === 'traits' ? read : definitions })),
      search: async (_model, { offset = 0 }) =>
        parents.slice(offset, offset + 1000).map((own, id) => ({ id, traits_definition: own }))
    })
  })
}

async function refused(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    output => ({ output }),
    error => error
  )
}

t.test('read properties are stored by name, records by their ids', t => {
  t.strictSame(storedValues(toDefinitions(definitions)), { p1: 'red', p2: 0, p3: 7, p4: [7, 8], p5: false })
  t.strictSame(storedValues(toDefinitions([{ name: 'a', type: 'many2one', value: false }])), { a: false })
  t.strictSame(storedValues(toDefinitions([{ name: 'a', type: 'many2many', value: false }])), { a: false })
  t.strictSame(toDefinitions(false), [])
  t.strictSame(toDefinitions(undefined), [])
  t.strictSame(toDefinitions(['x', null, { name: 'a' }, { type: 'char' }, { name: 'a', type: 'tags', tags: ['x'] }]), [
    { name: 'a', string: 'a', type: 'tags', tags: ['x'] }
  ])
  t.end()
})

t.test('a write names the properties that it changes; their values are checked by their definitions', async t => {
  const { call, odoo } = door()
  const given = { p1: 'blue', p2: 5, p3: 8, p4: [7], p5: 'b', p6: ['y'], p7: '2026-01-02T10:00:00+02:00' }
  await call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: given } })
  t.strictSame(odoo.args.at(-1), ['res.partner', [7], { traits: { ...given, p7: '2026-01-02 08:00:00' } }])
  await call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: { p1: null, p4: false } } })
  t.strictSame(odoo.args.at(-1), ['res.partner', [7], { traits: { p1: false, p4: false } }])
  await call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: null } })
  t.strictSame(odoo.args.at(-1), ['res.partner', [7], { traits: false }], 'said so, all values are cleared')
})

const wrong: [JsonObject, RegExp][] = [
  [{ p0: 1 }, /^values\.traits\.p0: unknown property "p0"; expected one of "p1" \(char\), .*\. Did you mean "p1"\?$/],
  [{ Size: 1 }, /^values\.traits\.Size: unknown property "Size"; .* Did you mean "p2"\?$/],
  [{ p9: 1 }, /^values\.traits\.p9: unknown property "p9"/],
  [{ p2: 'x' }, /^values\.traits\.p2: "x" does not fit; expected an integer/],
  [{ p3: [7, 'Ada'] }, /^values\.traits\.p3: .* expected the id of a record/],
  [{ p4: 7 }, /^values\.traits\.p4: 7 does not fit; expected a list of ids/],
  [{ p4: ['x'] }, /^values\.traits\.p4: \["x"\] does not fit; expected a list of ids/],
  [{ p5: 'c' }, /^values\.traits\.p5: "c" is not one of its values/],
  [{ p6: ['z'] }, /^values\.traits\.p6: \["z"\] does not fit; expected a list of its tags: "x", "y"/],
  [{ p6: 'x' }, /^values\.traits\.p6: "x" does not fit/],
  [{ p7: 'soon' }, /^values\.traits\.p7: "soon" is not a date and time/]
]
for (const [given, detail] of wrong) {
  t.test(`the properties ${JSON.stringify(given)} are refused`, async t => {
    const { call, odoo } = door()
    const error = await refused(call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: given } }))
    t.match(error, { code: 'invalid_input', detail })
    t.notOk(odoo.sent.some(({ method }) => method === 'write'))
  })
}

t.test('a property of a hidden model is no way around the policy', async t => {
  const { call } = door()
  const error = await refused(call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: { p8: 1 } } }))
  t.match(error, { code: 'policy_denied', detail: /^values\.traits\.p8: .*ir\.mail_server/ })
})

t.test('the list form, in which Odoo takes changes of the definitions too, is refused', async t => {
  const { call } = door()
  for (const given of [definitions, 'x', 7]) {
    const error = await refused(call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: given } }))
    t.match(error, { code: 'invalid_input', detail: /^values\.traits: .* expected an object of property names/ })
  }
})

t.test('properties and the record that defines them are not written at once', async t => {
  const { call } = door()
  const values = { traits: { p1: 'x' }, parent_id: 8 }
  const error = await refused(call('odoo_write', { model: 'res.partner', ids: [7], values }))
  t.match(error, { code: 'invalid_input', detail: /defined by its parent_id, .* expected two writes, parent_id first/ })
})

t.test('where no properties are defined, none can be written', async t => {
  const { call } = door(false)
  const error = await refused(call('odoo_write', { model: 'res.partner', ids: [7], values: { traits: { p1: 'x' } } }))
  t.match(error, { detail: 'values.traits.p1: unknown property "p1"; expected none: no properties are defined here.' })
})

t.test('a new record needs the parent that defines its properties', async t => {
  const { call, odoo } = door()
  const values = { name: 'x', parent_id: 9, traits: { p1: 'x' } }
  await call('odoo_create', { model: 'res.partner', values })
  t.strictSame(odoo.args.at(-1), ['res.partner', [values]])
  t.strictSame(odoo.args[0], ['res.partner', [9], ['traits_definition']])
  for (const more of [{}, { parent_id: false }]) {
    const error = await refused(
      call('odoo_create', { model: 'res.partner', values: { name: 'x', traits: { p1: 'x' }, ...more } })
    )
    t.match(error, {
      code: 'invalid_input',
      detail: /^values\.traits: without parent_id, Odoo drops the properties/,
      extra: { hint: /odoo_write/ }
    })
  }
})

t.test('a parent of a hidden model defines no properties here', async t => {
  const info = { ...traits, definition_record: 'mail_server_id' }
  const { call } = door(definitions, [], new Map([...partner, ['traits', info]]))
  const values = { name: 'x', mail_server_id: 1, traits: { p1: 'x' } }
  const error = await refused(call('odoo_create', { model: 'res.partner', values }))
  t.match(error, { code: 'policy_denied' })
})

t.test('properties inside commands and odoo_call go to the tool that keeps the others', async t => {
  const { call } = door()
  for (const [tool, input] of [
    ['odoo_write', { ids: [7], values: { child_ids: [[1, 8, { traits: { p1: 'x' } }]] } }],
    ['odoo_call', { method: 'write', ids: [7], args: [{ traits: { p1: 'x' } }] }]
  ] as const) {
    const error = await refused(call(tool, { model: 'res.partner', ...input }))
    t.match(error, { code: 'invalid_input', detail: /properties cannot be set here; expected odoo_write/ })
  }
})

t.test('a property in a domain is one that some parent defines', async t => {
  const { call, odoo } = door()
  const domain = [['traits.p1', '=', 'red']]
  await call('odoo_count', { model: 'res.partner', domain })
  t.strictSame(odoo.args.at(-1), ['res.partner', domain])
  t.match(odoo.args[0], [
    'res.partner',
    {
      domain: [
        ['traits_definition', '!=', false],
        ['active', 'in', [true, false]]
      ]
    }
  ])
  const error = await refused(call('odoo_count', { model: 'res.partner', domain: [['traits.p0', '=', false]] }))
  t.match(error, { code: 'invalid_input', detail: /^domain\[0\]\[0\]: unknown property "p0"; .* Did you mean "p1"\?$/ })
})

t.test('the parents are looked through page by page', async t => {
  const many = Array.from({ length: 1001 }, (_, n) => (n === 1000 ? definitions : []))
  const { call, odoo } = door(definitions, many as never)
  await call('odoo_count', { model: 'res.partner', domain: [['traits.p1', '=', 'red']] })
  t.match(odoo.args.slice(0, 2), [
    [String, { offset: 0 }],
    [String, { offset: 1000 }]
  ])
})

t.test('a property whose parent is hidden, or is no field, cannot be searched for', async t => {
  const hidden = door(
    definitions,
    [],
    new Map([...partner, ['traits', { ...traits, definition_record: 'mail_server_id' }]])
  )
  t.match(await refused(hidden.call('odoo_count', { model: 'res.partner', domain: [['traits.p1', '=', 1]] })), {
    code: 'policy_denied'
  })
  const lost = door(definitions, [], new Map([...partner, ['traits', field('properties')]]))
  t.match(await refused(lost.call('odoo_count', { model: 'res.partner', domain: [['traits.p1', '=', 1]] })), {
    code: 'invalid_input',
    detail: /^domain\[0\]\[0\]: nothing tells where these properties are defined/
  })
})

t.test('what defines properties leads to no hidden model: their values are shown by name', async t => {
  const fields = new Map([...partner, ['traits_definition', field('properties_definition')] as [string, FieldInfo]])
  const { call } = door(definitions, [definitions], fields)
  const write = (comodel: string) => {
    const traits_definition = [{ name: 'a', string: 'A', type: 'many2one', comodel }]
    return call('odoo_write', { model: 'res.partner', ids: [7], values: { traits_definition } })
  }
  t.match(await refused(write('ir.mail_server')), {
    code: 'policy_denied',
    detail: /^values\.traits_definition: .*ir\.mail_server/
  })
  t.ok(await write('res.partner'), 'control: a model that may be read')
})
