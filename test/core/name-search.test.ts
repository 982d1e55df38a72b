import t from 'tap'
import { nameOperators } from '../../src/core/check/name.js'
import { GatewayError } from '../../src/core/errors.js'
import type { NamedId } from '../../src/core/ports/odoo.js'
import { openDoor } from './fake-odoo.js'

const model = 'res.partner'
const azure: NamedId = { id: 14, name: 'Azure Interior\n4557 De Silva St' }

t.test('a name is looked for by its parts, as many as the server gives by itself', async t => {
  const door = openDoor({ answers: () => ({ nameSearch: async () => [azure] }) })
  t.strictSame(await door.call('odoo_name_search', { model, name: 'azure' }), { count: 1, matches: [azure] })
  t.strictSame(door.odoo.args, [[model, { name: 'azure', domain: [], operator: 'ilike', limit: 100 }]])
})

t.test('domain, operator, limit and context reach Odoo, checked', async t => {
  const door = openDoor()
  const domain = '[["create_date", ">", "2026-01-01T00:00:00+02:00"]]'
  const call = { model, name: 'a', domain, operator: '=like', limit: 3, context: { active_test: false } }
  await door.call('odoo_name_search', call)
  t.match(door.odoo.sent, [
    {
      args: [model, { name: 'a', domain: [['create_date', '>', '2025-12-31 22:00:00']], operator: '=like', limit: 3 }],
      scope: { context: { active_test: false } }
    }
  ])
})

for (const operator of nameOperators) {
  t.test(`a name may be looked for with ${operator}`, async t => {
    const door = openDoor()
    await door.call('odoo_name_search', { model, name: 'x', operator })
    t.match(door.odoo.args, [[model, { name: 'x', operator }]])
  })
}

const refused: [title: string, input: object, detail: RegExp][] = [
  ['no name', {}, /^name: missing; expected text$/],
  ['a name that is no text', { name: 5 }, /^name: 5 does not fit; expected text$/],
  ['a name of 257 characters', { name: 'x'.repeat(257) }, /^name: 257 characters; expected at most 256$/],
  ['a NUL', { name: 'a\u0000' }, /^name: holds a NUL character/],
  ['half of a surrogate pair', { name: '\ud83d' }, /^name: holds half of a surrogate pair/],
  ['an empty name with "="', { name: '', operator: '=' }, /^name: empty, with "="; expected a name, or no operator$/],
  ['an empty name with "not ilike"', { name: '', operator: 'not ilike' }, /^name: empty, with "not ilike"/],
  ['an unknown operator', { name: 'x', operator: 'ilke' }, /^operator: "ilke" does not fit; expected one of "ilike"/],
  ['a limit of nothing', { name: 'x', limit: 0 }, /^limit: 0 does not fit/],
  ['a limit above the maximum', { name: 'x', limit: 1001 }, /^limit: 1001 is more than/],
  ['a field that does not exist', { name: 'x', domain: [['nope', '=', 1]] }, /^domain\[0\]\[0\]: unknown field "nope"/]
]
for (const [title, input, detail] of refused) {
  t.test(`${title} is refused before Odoo is asked`, async t => {
    const door = openDoor()
    t.match(await door.refused('odoo_name_search', { model, ...input }), { code: 'invalid_input', detail })
    t.strictSame(door.odoo.sent, [])
  })
}

t.test('a limit above the maximum speaks of the next page only where there are pages', async t => {
  const door = openDoor()
  const hint = async (tool: string, input: object) =>
    (await door.refused(tool, { model, limit: 1001, ...input })).extra.hint
  t.equal(await hint('odoo_search', {}), 'Ask for the next page with offset.')
  t.equal(await hint('odoo_name_search', { name: 'x' }), undefined)
})

t.test('a hidden model has no names to be found', async t => {
  const door = openDoor()
  t.match(await door.refused('odoo_name_search', { model: 'ir.mail_server', name: 'x' }), { code: 'policy_denied' })
  t.strictSame(door.odoo.sent, [])
})

const cannot = new GatewayError('invalid_input', 'Cannot convert mail.log.name to SQL because it is not stored')
for (const [title, nameSearch] of [
  ['that Odoo finds by any name', async () => [{ id: 1, name: 'mail.log,1' }]],
  ['whose names Odoo cannot search', () => Promise.reject(cannot)]
] as const) {
  t.test(`records ${title} are not looked for by name, but the first ones are given`, async t => {
    const door = openDoor({ answers: () => ({ nameSearch }) })
    t.match(await door.refused('odoo_name_search', { model: 'mail.log', name: 'x' }), {
      code: 'invalid_input',
      detail: 'name: records of mail.log have no name to be found by; expected "" for the first ones'
    })
  })
}

t.test('the first records of a model without names are given', async t => {
  const matches = [{ id: 1, name: 'mail.log,1' }]
  const door = openDoor({ answers: () => ({ nameSearch: async () => matches }) })
  t.strictSame(await door.call('odoo_name_search', { model: 'mail.log', name: '' }), { count: 1, matches })
})

t.test('an Odoo that fails while the names are looked at fails the call', async t => {
  const away = () => Promise.reject(new GatewayError('odoo_unavailable', 'no'))
  const door = openDoor({ answers: () => ({ nameSearch: away }) })
  t.match(await door.refused('odoo_name_search', { model: 'mail.log', name: 'x' }), { code: 'odoo_unavailable' })
})
