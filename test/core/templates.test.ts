import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { FieldMap } from '../../src/core/ports/odoo.js'
import { field, models, openDoor } from './fake-odoo.js'

// What Odoo makes of templates shows whatever Python reaches from a record.

const composer: FieldMap = new Map([
  ['subject', field('char')],
  ['body', field('html')],
  ['lang', field('char')],
  ['note_ids', field('one2many', { relation: 'mail.composer.note' })],
  ['template_id', field('many2one', { relation: 'mail.template' })],
  ['template_ids', field('many2many', { relation: 'mail.template' })]
])

/** Models of which the text is evaluated: by name, and by a field that says so. */
const described: Record<string, FieldMap> = {
  'mail.compose.message': composer,
  'mail.composer.note': new Map([...composer, ['render_model', field('char')]]),
  'mail.template': new Map([['model', field('char')]]),
  'mail.message': composer
}

/** Of these templates the first speaks of users, the others of orders. */
const owners: Record<number, string> = { 4: 'res.users', 5: 'sale.order' }

function open(major = 19) {
  return openDoor({
    major,
    answers: () => ({
      fields: async model => (described[model] ?? models.get(model)) as FieldMap,
      read: async (_model, ids) => ids.map(id => ({ id, model: owners[id] ?? 'sale.order' }))
    })
  })
}

const create = (values: JsonObject, model = 'mail.compose.message') => ({ model, values })

for (const [major, text] of [
  [19, 'Hello {{ object.env["ir.config_parameter"] }}'],
  [19, '<p><t t-out="object.access_token"/></p>'],
  [19, '<p><T/T-OUT="object.access_token"/></p>'],
  [19, "<a\n t-attf-href = 'x{{ object }}'>"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Jinja of Odoo 14
  [14, 'Hello ${object.access_token}'],
  [14, 'Hello <% if object.access_token %>'],
  [14, 'Hello\n  % if object.access_token'],
  [14, '<p>&#36;{object.access_token}</p>'],
  [14, '<p>$&#x7B;object.access_token}</p>'],
  [14, '<p>$<!-- > -->{object.access_token}</p>'],
  [14, '<p>x</p><script></script>% if object.access_token']
] as const) {
  t.test(`Odoo ${major} is not given ${JSON.stringify(text)} to evaluate`, async t => {
    const refusal = { code: 'policy_denied', detail: /evaluate the expression in this text/ }
    t.match(await open(major).refused('odoo_create', create({ body: text })), refusal)
    t.match(await open(major).refused('odoo_write', { ...create({ lang: text }), ids: [1] }), refusal)
    t.match(await open(major).refused('odoo_create', create({ note_ids: [[0, 0, { subject: text }]] })), refusal)
    const byDefault = { ...create({ subject: 'x' }), context: { default_body: text } }
    t.match(await open(major).refused('odoo_create', byDefault), refusal)
    const inCall = { model: 'mail.compose.message', method: 'create', args: [[{ body: text }]] }
    t.match(await open(major).refused('odoo_call', inCall), refusal)
    t.ok(await open(major).call('odoo_create', create({ body: text }, 'mail.message')), 'where nothing evaluates it')
  })
}

for (const text of [
  '5% off, $10 each',
  '<p>Hello, <b>5% off</b> for $10 &amp; more</p>',
  '{"a": 1}',
  'a t-shirt'
] as const) {
  t.test(`${JSON.stringify(text)} is text`, async t => {
    for (const major of [14, 19]) t.ok(await open(major).call('odoo_create', create({ subject: text, body: text })))
  })
}

t.test('a template of a model that may not be changed is used for nothing', async t => {
  const detail = /mail\.template 4 speaks of records of res\.users: .* lets res\.users be read, not changed/
  for (const input of [
    create({ template_id: 4 }),
    create({ template_ids: [[6, 0, [5, 4]]] }),
    { ...create({ subject: 'x' }), context: { default_template_id: 4 } }
  ]) {
    t.match(await open().refused('odoo_create', input), { code: 'policy_denied', detail })
  }
  t.ok(await open().call('odoo_create', create({ template_id: 5 })), 'control: a template of orders')
})

// An expression that looks for the same again from every place would not be done within hours.
t.test('long text is looked through to its end', { timeout: 60_000 }, async t => {
  const size = 200_000
  for (const part of ['<!--', '&#', ' t-a', '<', '\n \t', 'a.', '{', '$']) {
    const body = `x${part.repeat(size / part.length)}`
    const error = await open(14).refused('odoo_create', create({ body: `${body} \${object}` }))
    t.match(error, { code: 'policy_denied', detail: /^values\.body: Odoo would evaluate/ }, part)
  }
})
