import t from 'tap'
import type { FieldInfo } from '../../src/core/ports/odoo.js'
import { fieldsOfRecord } from '../../src/core/record-fields.js'
import { FakeOdoo, field } from './fake-odoo.js'

const fields = new Map<string, FieldInfo>([
  ['id', field('integer')],
  ['display_name', field('char', { store: false })],
  ['name', field('char', { required: true })],
  ['comment', field('html')],
  ['category_id', field('many2many', { relation: 'res.partner.category' })],
  ['channel_ids', field('many2many', { relation: 'discuss.channel' })],
  ['child_ids', field('one2many')],
  ['image_1920', field('binary')],
  ['signup_token', field('char')],
  ['im_status', field('char', { store: false })],
  ['shown', field('char', { store: false })],
  ['create_date', field('datetime')],
  ['write_date', field('datetime')],
  ['write_uid', field('many2one')]
])

// The user may read the categories and not the channels: for one such field, Odoo 19 refuses the whole record.
t.test('a record is shown by what a person looks at, then by all that is stored and tells something of it', async t => {
  const odoo = new FakeOdoo(19).port({ signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY })
  const described = { ...odoo, fields: async () => fields, listColumns: async () => ['shown', 'name'] }
  const withholds = (name: string) => name === 'signup_token'
  t.strictSame(await fieldsOfRecord(described, 'res.partner', { withholds, mayRead: () => true }), [
    'display_name',
    'shown',
    'name',
    'comment',
    'category_id',
    'create_date'
  ])
})
