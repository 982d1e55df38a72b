import t from 'tap'
import { load, problemsOf } from './loading.js'

const key = 'k'.repeat(32)

const truths: [text: string, value: boolean][] = [
  ['true', true],
  ['1', true],
  ['YES', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['Off', false]
]
for (const [text, value] of truths) {
  t.test(`"${text}" means ${value}`, async t => {
    t.equal(load({ env: { READ_ONLY: text } }).policy.readOnly, value)
  })
}

t.test('a flag without a value is true where the setting is a truth, and lacks its value elsewhere', async t => {
  t.equal(load({ flags: { 'read-only': true } }).policy.readOnly, true)
  t.strictSame(problemsOf({ flags: { port: true } }), ['--port: needs a value, --port=…'])
})

const lists: [text: string, items: string[]][] = [
  ['sale.*', ['sale.*']],
  [' sale.* , crm.lead,, ', ['sale.*', 'crm.lead']],
  ['["sale.*", "crm.lead"]', ['sale.*', 'crm.lead']],
  ['[]', []],
  ['!ir.cron', ['!ir.cron']]
]
for (const [text, items] of lists) {
  t.test(`the list ${JSON.stringify(text)} has the items ${JSON.stringify(items)}`, async t => {
    t.strictSame(load({ env: { DENIED_MODELS: text } }).policy.deniedModels, items)
  })
}

const keys: [text: string, accessKeys: { name: string; secret: string }[]][] = [
  [key, [{ name: 'default', secret: key }]],
  [`ci=${key}`, [{ name: 'ci', secret: key }]],
  [
    `ci=${key}, desk=${key}x`,
    [
      { name: 'ci', secret: key },
      { name: 'desk', secret: `${key}x` }
    ]
  ],
  [`["ci=${key}"]`, [{ name: 'ci', secret: key }]],
  [`${key}==`, [{ name: 'default', secret: `${key}==` }]],
  [`ci=${key}==`, [{ name: 'ci', secret: `${key}==` }]]
]
for (const [text, accessKeys] of keys) {
  t.test(`the access keys ${text} are read`, async t => {
    t.strictSame(load({ env: { MCP_API_KEY: text } }).accessKeys, accessKeys)
  })
}

t.test('durations are seconds, with fractions', async t => {
  t.equal(load({ flags: { 'odoo-timeout': '2.5' } }).timeouts.read, 2500)
})

const mistakes: [flag: string, text: string, problem: string][] = [
  ['port', 'http', '--port: expected an integer from 0 to 65535 (given: "http")'],
  ['port', '-1', '--port: expected an integer from 0 to 65535 (given: "-1")'],
  ['port', '', '--port: needs a value, --port=…'],
  ['port', '65536', '--port: expected an integer from 0 to 65535 (given: "65536")'],
  ['port', '8000.5', '--port: expected an integer from 0 to 65535 (given: "8000.5")'],
  ['max-sessions', '0', '--max-sessions: expected an integer from 1 to 1000000 (given: "0")'],
  ['retries', '99999999999999999999', '--retries: expected an integer from 0 to 20 (given: "99999999999999999999")'],
  ['odoo-timeout', '0', '--odoo-timeout: expected a number of seconds from 1 to 86400 (given: "0")'],
  [
    'odoo-timeout',
    '30s',
    '--odoo-timeout: expected a number of seconds from 1 to 86400, without a unit (given: "30s")'
  ],
  ['write-timeout', '86401', '--write-timeout: expected a number of seconds from 1 to 86400 (given: "86401")'],
  ['read-only', 'maybe', '--read-only: expected true or false (given: "maybe")'],
  ['connection-type', 'tcp', '--connection-type: expected one of stdio, http, sse (given: "tcp")'],
  ['protocol', 'soap', '--protocol: expected one of auto, json2, jsonrpc, xmlrpc (given: "soap")'],
  [
    'allowed-models',
    '[1]',
    '--allowed-models: expected a JSON array of texts, or texts with commas between (given: "[1]")'
  ],
  [
    'allowed-models',
    '["a"',
    '--allowed-models: expected a JSON array of texts, or texts with commas between (given: "[\\"a\\"")'
  ],
  ['default-limit', '2000', '--default-limit: is more than max_limit; expected at most 1000 (given: "2000")']
]
for (const [flag, text, problem] of mistakes) {
  t.test(`--${flag}=${text} is a problem`, async t => {
    t.strictSame(problemsOf({ flags: { [flag]: text } }), [problem])
  })
}

t.test('a default limit that nobody gave bows to a small max_limit', async t => {
  t.strictSame(load({ flags: { 'max-limit': '10' } }).limits, {
    default_limit: 10,
    max_limit: 10,
    max_result_bytes: 100_000
  })
})
