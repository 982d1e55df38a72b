import t from 'tap'
import type { Json } from '../../src/core/json.js'
import type { FieldInfo, FieldMap } from '../../src/core/ports/odoo.js'
import { field, openDoor } from './fake-odoo.js'

const to = (relation: string, more: Partial<FieldInfo> = {}) => field('many2one', { relation, ...more })
const many = (type: string, relation: string, relation_field?: string) =>
  field(type, { relation, ...(relation_field !== undefined && { relation_field }) })
const copied = (related: Json, relation: string) => to(relation, { related, store: false })

const models: Record<string, Record<string, FieldInfo>> = {
  'res.partner': {
    name: field('char'),
    parent_id: to('res.partner'),
    child_ids: many('one2many', 'res.partner', 'parent_id'),
    commercial_partner_id: to('res.partner'),
    paid_ids: many('one2many', 'res.partner', 'commercial_partner_id'),
    friend_ids: many('many2many', 'res.partner'),
    user_id: to('res.users'),
    create_uid: to('res.users'),
    server_id: to('ir.mail_server'),
    country_id: to('res.country'),
    category_id: to('product.category')
  },
  'res.country': { name: field('char') },
  'res.users': {
    name: field('char'),
    partner_id: to('res.partner'),
    create_uid: to('res.users'),
    // As 14 describes what a user inherits from its partner.
    commercial_partner_id: copied(['partner_id', 'commercial_partner_id'], 'res.partner'),
    parent_id: copied(['partner_id', 'parent_id'], 'res.partner'),
    // And as later versions do.
    payer_id: copied('partner_id.commercial_partner_id', 'res.partner'),
    twice_id: copied('commercial_partner_id', 'res.partner'),
    hidden_id: copied('partner_id.no_such_field', 'res.users'),
    kept_id: to('res.partner', { related: ['partner_id', 'commercial_partner_id'] })
  },
  'product.category': {
    name: field('char'),
    parent_path: field('char'),
    parent_id: to('product.category'),
    twin_id: to('product.category')
  }
}

/** What comes of a domain with one leaf: it is sent, or how it is refused. */
async function ask(model: string, name: string, operator: string, major: number): Promise<unknown> {
  const fields = async (asked: string): Promise<FieldMap> =>
    new Map([['id', field('integer')], ...Object.entries(models[asked] ?? {})])
  const { call, odoo } = openDoor({ major, answers: () => ({ fields }) })
  const domain = [[name, operator, 7]]
  try {
    await call('odoo_count', { model, domain })
    t.strictSame(odoo.args, [[model, domain]])
    return 'sent'
  } catch (error) {
    t.strictSame(odoo.sent, [], 'nothing went out')
    return error
  }
}

for (const [model, name] of [
  ['res.partner', 'commercial_partner_id'],
  ['res.partner', 'paid_ids'],
  ['res.partner', 'user_id.commercial_partner_id'],
  ['res.users', 'create_uid'],
  ['res.users', 'commercial_partner_id'],
  ['res.users', 'payer_id'],
  ['res.users', 'twice_id'],
  // What it is a copy of cannot be seen.
  ['res.users', 'hidden_id'],
  ['res.partner', 'user_id.create_uid'],
  // The parent of a user is a partner, whose number may be that of another user.
  ['res.users', 'id'],
  ['res.partner', 'user_id'],
  ['res.partner', 'create_uid']
] as const) {
  t.test(`a hierarchy over ${name} of ${model}, which may lead in a circle, never reaches Odoo 14 or 15`, async t => {
    for (const operator of ['child_of', 'parent_of']) {
      for (const major of [14, 15]) {
        t.match(await ask(model, name, operator, major), {
          code: 'invalid_input',
          detail: new RegExp(
            `^domain\\[0\\]\\[1\\]: "${operator}" on ${name.split('.').at(-1)}, .* expected .* parent_id`
          )
        })
      }
      t.equal(await ask(model, name, operator, 16), 'sent', '16 and later come to an end')
    }
  })
}

t.test('nobody walks up or down the records of a hidden model', async t => {
  for (const operator of ['child_of', 'parent_of']) {
    t.match(await ask('res.partner', 'server_id', operator, 16), {
      code: 'policy_denied',
      detail: 'domain[0][1]: the policy of this server gives no access to ir.mail_server'
    })
  }
})

for (const [model, name] of [
  ['res.partner', 'id'],
  ['res.partner', 'parent_id'],
  ['res.partner', 'child_ids'],
  ['res.partner', 'friend_ids'],
  ['res.partner', 'country_id'],
  ['res.partner', 'category_id'],
  ['res.users', 'partner_id'],
  ['res.users', 'parent_id'],
  ['res.users', 'kept_id'],
  ['product.category', 'twin_id'],
  ['product.category', 'parent_id']
] as const) {
  t.test(`a hierarchy over ${name} of ${model} comes to an end, and is sent`, async t => {
    for (const operator of ['child_of', 'parent_of']) t.equal(await ask(model, name, operator, 14), 'sent')
  })
}
