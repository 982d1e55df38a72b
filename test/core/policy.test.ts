import t from 'tap'
import { deniedMethods, noAccessModels, readOnlyModels, withheldFields } from '../../src/core/deny-list.js'
import type { JsonObject } from '../../src/core/json.js'
import { createPolicy, type PolicySettings } from '../../src/core/policy.js'
import { openDoor } from './fake-odoo.js'

function policyOf(settings: Partial<PolicySettings> = {}) {
  return createPolicy({ readOnly: false, allowedModels: [], deniedModels: [], deniedMethods: [], ...settings })
}

/** A name that a pattern matches. */
const example = (pattern: string) => pattern.replaceAll('*', 'x')

for (const pattern of noAccessModels) {
  t.test(`${pattern} cannot be read, until its denial is lifted`, async t => {
    const model = example(pattern)
    t.equal(policyOf().refusal(model, 'read'), `the policy of this server gives no access to ${model}`)
    t.notOk(policyOf().mayRead(model))
    t.equal(policyOf({ deniedModels: [`!${pattern}`] }).refusal(model, 'write'), undefined)
    t.ok(policyOf({ deniedModels: [`!${pattern}`] }).mayRead(model))
  })
}

for (const pattern of readOnlyModels) {
  t.test(`${pattern} can be read and not changed, until its denial is lifted`, async t => {
    const model = example(pattern)
    const policy = policyOf()
    t.ok(policy.mayRead(model))
    t.equal(policy.refusal(model, 'read'), undefined)
    const why = `the policy of this server lets ${model} be read, not changed`
    t.strictSame(
      [policy.refusal(model, 'create'), policy.refusal(model, 'write'), policy.refusal(model, 'unlink')],
      [why, why, why]
    )
    t.equal(policyOf({ deniedModels: [`!${pattern}`] }).refusal(model, 'unlink'), undefined)
  })
}

for (const pattern of deniedMethods) {
  t.test(`the method ${pattern} is denied, until its denial is lifted`, async t => {
    const method = example(pattern)
    t.equal(policyOf().methodRefusal(method), `the policy of this server denies the method ${method}`)
    t.equal(policyOf({ deniedMethods: [`!${pattern}`] }).methodRefusal(method), undefined)
  })
}

for (const pattern of withheldFields) {
  t.test(`the content of fields ${pattern} is withheld where it is text or a file`, async t => {
    const name = example(pattern)
    const policy = policyOf()
    t.ok(policy.withholds(name, { type: 'char' }))
    t.ok(policy.withholds(name, { type: 'text' }))
    t.ok(policy.withholds(name.toUpperCase(), { type: 'binary' }))
    t.notOk(policy.withholds(name, { type: 'boolean' }))
    t.notOk(policy.withholds(name, { type: 'many2one' }))
  })
}

t.test('names that only look like denied ones are free', async t => {
  const policy = policyOf()
  for (const model of [
    'res.partner',
    'ir.config_parameterx',
    'ir_config_parameter',
    'xir.cron',
    'res.users.log',
    'payment.transaction'
  ]) {
    t.equal(policy.refusal(model, 'write'), undefined, model)
  }
  for (const method of ['action_confirm', 'name_search', 'reload', 'newest', 'updated', 'unlink', 'message_post']) {
    t.equal(policy.methodRefusal(method), undefined, method)
  }
  for (const name of ['name', 'passwordless', 'token', 'pass_count', 'api_keys', 'totp']) {
    t.notOk(policy.withholds(name, { type: 'char' }), name)
  }
})

for (const method of [
  '_write',
  '__init__',
  'Write',
  'write ',
  ' write',
  'wri te',
  'write\n',
  'wríte',
  'write.id',
  '1write',
  ''
]) {
  t.test(`the method ${JSON.stringify(method)} is no public method, and cannot be lifted`, async t => {
    const why = `"${method}" is not the name of a public method`
    t.equal(policyOf({ deniedMethods: ['!*'] }).methodRefusal(method), why)
    t.equal(policyOf({ deniedMethods: ['!*'] }).methodRefusal('write'), undefined)
  })
}

t.test('what the settings deny is denied besides the defaults, and wins over what they lift', async t => {
  const policy = policyOf({
    deniedModels: ['sale.*', '!sale.order', '!ir.cron'],
    deniedMethods: ['action_*', '!action_x']
  })
  t.equal(policy.refusal('sale.order', 'read'), 'the policy of this server gives no access to sale.order')
  t.notOk(policy.mayRead('sale.order.line'))
  t.ok(policy.mayRead('sale'))
  t.ok(policy.mayRead('ir.cron'))
  t.notOk(policy.mayRead('ir.mail_server'))
  t.equal(policy.methodRefusal('action_x'), 'the policy of this server denies the method action_x')
  t.equal(policy.methodRefusal('sudo'), 'the policy of this server denies the method sudo')
})

t.test('a list of allowed models denies all others, and lifts no default', async t => {
  const policy = policyOf({ allowedModels: ['sale.*', 'ir.cron'] })
  t.ok(policy.mayRead('sale.order'))
  t.notOk(policy.mayRead('res.partner'))
  t.notOk(policy.mayRead('ir.cron'))
})

t.test('a dot in a pattern is a dot, and no other character of it has a meaning of its own', async t => {
  const policy = policyOf({ deniedModels: ['a.b', 'c+', '(d|e)'] })
  t.strictSame(
    ['a.b', 'axb', 'c+', 'cc', '(d|e)', 'd'].map(model => policy.mayRead(model)),
    [false, true, false, true, false, true]
  )
})

t.test('a read-only policy lets everything be read and nothing be changed', async t => {
  const policy = policyOf({ readOnly: true })
  t.equal(policy.refusal('res.partner', 'read'), undefined)
  t.equal(policy.refusal('res.partner', 'create'), 'this server is read-only')
  t.equal(policy.refusal('ir.cron', 'create'), 'the policy of this server gives no access to ir.cron')
})

t.test('the summary tells what the settings say', async t => {
  t.strictSame(policyOf({ readOnly: true, allowedModels: ['sale.*'], deniedModels: ['!ir.cron'] }).summary, {
    read_only: true,
    allowed_models: ['sale.*'],
    denied_models: ['!ir.cron']
  })
})

// ---------------------------------------------------------------------------------------------------------------
// Through the door: every way to a hidden model or a withheld field, and the same way with the policy lifted

const toSecrets: [title: string, tool: string, input: JsonObject][] = [
  ['a search', 'odoo_search', { model: 'ir.config_parameter' }],
  ['a count', 'odoo_count', { model: 'ir.config_parameter' }],
  ['a read', 'odoo_read', { model: 'ir.config_parameter', ids: [1] }],
  ['the description of its fields', 'odoo_get_fields', { model: 'ir.config_parameter' }],
  ['a create', 'odoo_create', { model: 'ir.config_parameter', values: { key: 'x' } }],
  ['a write', 'odoo_write', { model: 'ir.config_parameter', ids: [1], values: { key: 'x' } }],
  ['a delete', 'odoo_unlink', { model: 'ir.config_parameter', ids: [1] }],
  ['a method', 'odoo_call', { model: 'ir.config_parameter', method: 'get_param', args: ['database.secret'] }]
]
for (const [title, tool, input] of toSecrets) {
  t.test(`${title} of a hidden model is denied before anything is asked, and works where it is lifted`, async t => {
    const door = openDoor()
    t.match(await door.refused(tool, input), {
      code: 'policy_denied',
      detail: 'model: the policy of this server gives no access to ir.config_parameter',
      extra: { hint: 'The operator of this server decides this; odoo_session shows its policy.' }
    })
    t.strictSame([door.odoo.sent, door.odoo.described], [[], []])
    const lifted = openDoor({ policy: { deniedModels: ['!ir.config_parameter'] } })
    await lifted.call(tool, input)
    t.equal(lifted.odoo.sent.length, 1)
  })
}

const paths: [title: string, input: JsonObject, at: string][] = [
  ['a path', { domain: [['mail_server_id.name', '=', 'x']] }, 'domain[0][0]'],
  ['a path behind another model', { domain: [['parent_id.mail_server_id.name', '=', 'x']] }, 'domain[0][0]'],
  ['a nested domain', { domain: [['mail_server_id', 'any', [['name', '=', 'x']]]] }, 'domain[0][0]'],
  [
    'a nested domain in a nested one',
    { domain: [['child_ids', 'any', [['server_ids', 'any', []]]]] },
    'domain[0][2][0][0]'
  ]
]
for (const [title, input, at] of paths) {
  t.test(`${title} of a domain to a hidden model is denied, and works where it is lifted`, async t => {
    const door = openDoor()
    t.match(await door.refused('odoo_count', { model: 'res.partner', ...input }), {
      code: 'policy_denied',
      detail: `${at}: the policy of this server gives no access to ir.mail_server`
    })
    t.notOk(door.odoo.described.includes('ir.mail_server'))
    await openDoor({ policy: { deniedModels: ['!ir.mail_server'] } }).call('odoo_count', {
      model: 'res.partner',
      ...input
    })
  })
}

const withheldWays: [title: string, tool: string, input: JsonObject, at: string][] = [
  ['reading it', 'odoo_read', { model: 'sale.order', ids: [1], fields: ['access_token'] }, 'fields[0]'],
  ['searching it', 'odoo_search', { model: 'sale.order', fields: ['name', 'access_token'] }, 'fields[1]'],
  ['a domain on it', 'odoo_count', { model: 'sale.order', domain: [['access_token', '=like', 'a%']] }, 'domain[0][0]'],
  [
    'a domain on it behind a dot',
    'odoo_count',
    { model: 'sale.order', domain: [['partner_id.signup_token', '!=', false]] },
    'domain[0][0]'
  ],
  [
    'a nested domain on it',
    'odoo_count',
    { model: 'sale.order', domain: [['partner_id', 'any', [['signup_token', '=like', 'a%']]]] },
    'domain[0][2][0][0]'
  ],
  ['ordering by it', 'odoo_search', { model: 'sale.order', order: 'access_token' }, 'order']
]
for (const [title, tool, input, at] of withheldWays) {
  t.test(`a withheld field is not told by ${title}, while another field is`, async t => {
    const door = openDoor()
    const error = await door.refused(tool, input)
    t.equal(error.code, 'policy_denied')
    t.match(
      error.detail,
      new RegExp(`^${at.replaceAll(/[[\]]/g, '\\$&')}: the content of the field \\w+_token is withheld`)
    )
    t.strictSame(door.odoo.sent, [])
    const control = JSON.parse(JSON.stringify(input).replaceAll(/(access|signup)_token/g, 'name'))
    await door.call(tool, control)
    t.ok(door.odoo.sent.length > 0)
  })
}

t.test('a withheld field may be described, is marked, and is no suggestion', async t => {
  const door = openDoor()
  t.match(await door.call('odoo_get_fields', { model: 'sale.order', fields: ['access_token'] }), {
    fields: { access_token: { type: 'char', withheld: true }, name: { type: 'char' } }
  })
  const error = await door.refused('odoo_search', { model: 'sale.order', fields: ['acces_token'] })
  t.notMatch(error.detail, /Did you mean/)
})

t.test('a hidden model is named neither by a list nor by a suggestion, and is where it is lifted', async t => {
  const hidden = openDoor()
  const listed = await hidden.call('odoo_get_models', {})
  t.notMatch(JSON.stringify(listed), /ir\.config_parameter|ir\.mail_server|apikeys/)
  t.match(JSON.stringify(listed), /res\.partner/)
  const error = await hidden.refused('odoo_search', { model: 'ir.config_parametr' })
  t.equal(error.detail, 'model: "ir.config_parametr" does not exist.')
  const lifted = openDoor({ policy: { deniedModels: ['!ir.config_parameter'] } })
  t.match(JSON.stringify(await lifted.call('odoo_get_models', {})), /ir\.config_parameter/)
  t.match(await lifted.refused('odoo_search', { model: 'ir.config_parametr' }), {
    detail: /Did you mean "ir.config_parameter"/
  })
})

t.test('several refusals of the policy are told together', async t => {
  const fields = ['access_token', 'access_token']
  const error = await openDoor().refused('odoo_search', { model: 'sale.order', fields, order: 'access_token' })
  t.strictSame(
    error.extra.errors?.map(problem => problem.path),
    ['fields[0]', 'fields[1]', 'order']
  )
})
