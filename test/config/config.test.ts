import t from 'tap'
import { isLoopback } from '../../src/config/config.js'
import { type Given, load, problemsOf } from './loading.js'

const odoo = { ODOO_URL: 'https://erp.example.com/', ODOO_DATABASE: 'prod', ODOO_USERNAME: 'ada', ODOO_API_KEY: 'key' }
const key = 'k'.repeat(32)

t.test('without any settings, the defaults are those of the contract', async t => {
  t.strictSame(load(), {
    surface: 'stdio',
    ownHosts: ['localhost', '127.0.0.1', '::1'],
    listen: { host: '127.0.0.1', port: 8000, loopback: true },
    odoo: undefined,
    timeouts: { connect: 5000, read: 30_000, write: 120_000 },
    retries: 3,
    maxConcurrency: 8,
    maxQueue: 256,
    maxResponseBytes: 64 * 1024 * 1024,
    tls: { verify: true },
    limits: { default_limit: 100, max_limit: 1000, max_result_bytes: 100_000 },
    accessKeys: [],
    allowConnect: true,
    sessions: { idleMs: 1_800_000, maxMs: 43_200_000, max: 10_000, maxPerPrincipal: 1000 },
    allowedOdooHosts: null,
    allowedOrigins: [],
    allowedHosts: [],
    trustProxyHops: 0,
    rate: { perMinute: 0, burst: 60 },
    policy: { readOnly: false, confirmDestructive: false, allowedModels: [], deniedModels: [], deniedMethods: [] },
    log: { level: 'info', handlers: [] },
    docs: true,
    metrics: true,
    live: { pollMs: 2000 },
    streams: { queueMax: 1000, maxPerPrincipal: 100 }
  })
})

const installed = { 'live-channel': 'odoo-mcp-6f1c', 'live-models': 'res.partner,sale.order' }

t.test('the bus that live install has printed is used, unless it is switched off', async t => {
  const bus = { channel: 'odoo-mcp-6f1c', models: ['res.partner', 'sale.order'] }
  t.strictSame(load({ env: odoo, flags: installed }).live, { pollMs: 2000, bus })
  const elsewhere = { ...installed, 'bus-url': 'http://erp:8072/', 'poll-interval': '0.5' }
  t.strictSame(load({ env: odoo, flags: elsewhere }).live, { pollMs: 500, bus: { ...bus, url: 'http://erp:8072' } })
  t.strictSame(load({ env: odoo, flags: { ...installed, bus: 'off' } }).live, { pollMs: 2000 })
})

t.test('half a bus is a problem that names the other half', async t => {
  t.match(problemsOf({ env: odoo, flags: { 'live-models': 'res.partner' } }), [
    /^--live-models: given without live_channel/
  ])
  t.match(problemsOf({ env: odoo, flags: { 'bus-url': 'http://erp:8072' } }), [
    /^--bus-url: given without live_channel/
  ])
  t.match(problemsOf({ env: odoo, flags: { 'live-channel': 'c' } }), [/^--live-channel: given without live_models/])
  t.match(problemsOf({ flags: installed }), [/^--live-channel: given without odoo_url/])
  t.match(problemsOf({ env: odoo, flags: { ...installed, 'bus-url': 'erp' } }), [/^--bus-url: /])
})

t.test('the settings are frozen to the ground', async t => {
  const config = load()
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.listen) && Object.isFrozen(config.policy.deniedModels))
})

t.test('the default connection is complete, at one spelling of its address', async t => {
  t.strictSame(load({ env: odoo }).odoo, {
    url: 'https://erp.example.com',
    database: 'prod',
    username: 'ada',
    secret: 'key',
    isKey: true,
    protocol: 'auto'
  })
  t.strictSame(load({ env: odoo }).allowedOdooHosts, ['erp.example.com'])
})

t.test('a user may be named by id, and an API key is better than a password', async t => {
  const flags = {
    'odoo-url': 'http://erp:8069',
    database: 'prod',
    uid: '2',
    password: 'pw',
    'api-key': 'key',
    protocol: 'jsonrpc'
  }
  t.strictSame(load({ flags }).odoo, {
    url: 'http://erp:8069',
    database: 'prod',
    uid: 2,
    secret: 'key',
    isKey: true,
    protocol: 'jsonrpc'
  })
})

t.test('an API key alone is a connection, unless the wire needs a user name; a password alone is none', async t => {
  const alone = { 'odoo-url': 'http://erp:8069', database: 'prod', 'api-key': 'key' }
  for (const protocol of ['auto', 'json2']) {
    t.strictSame(load({ flags: { ...alone, protocol } }).odoo, {
      url: 'http://erp:8069',
      database: 'prod',
      secret: 'key',
      isKey: true,
      protocol
    })
  }
  for (const protocol of ['jsonrpc', 'xmlrpc']) {
    t.strictSame(problemsOf({ flags: { ...alone, protocol } }), [
      `--username: missing; expected the login name (ODOO_USERNAME), which ${protocol} needs`
    ])
  }
  const { 'api-key': _, ...rest } = alone
  t.strictSame(problemsOf({ flags: { ...rest, password: 'pw', protocol: 'json2' } }), [
    '--username: missing; expected the login name (ODOO_USERNAME), or an API key in place of the password'
  ])
})

t.test('a command wins over connection_type, which decides without one', async t => {
  const env = (type: string) => ({ env: { CONNECTION_TYPE: type } })
  t.equal(load(env('http')).surface, 'http')
  t.equal(load(env('stdio')).surface, 'stdio')
  t.equal(load(env('http'), 'stdio').surface, 'stdio')
  t.equal(load(env('stdio'), 'http').surface, 'http')
  t.match(load(env('sse')), { surface: 'http', listen: { port: 8080 } })
  t.match(load({ env: { CONNECTION_TYPE: 'sse', PORT: '9000' } }), { listen: { port: 9000 } })
})

t.test('callers may connect over HTTP, and on stdio without a default connection, unless it is said', async t => {
  t.equal(load({}, 'http').allowConnect, true)
  t.equal(load({ env: odoo }, 'http').allowConnect, true)
  t.equal(load({ env: odoo }, 'stdio').allowConnect, false)
  t.equal(load({}, 'stdio').allowConnect, true)
  t.equal(load({ flags: { 'allow-connect': 'false' } }, 'http').allowConnect, false)
  t.equal(load({ env: odoo, flags: { 'allow-connect': true } }, 'stdio').allowConnect, true)
})

const hosts: [host: string, loopback: boolean][] = [
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['1127.0.0.1', false]
]
for (const [host, loopback] of hosts) {
  t.test(`${host} ${loopback ? 'stays on this machine' : 'may be reached from outside'}`, async t => {
    t.equal(isLoopback(host), loopback)
  })
}

const outside = { host: '0.0.0.0' }
const keyless =
  '--host: 0.0.0.0 can be reached from outside, and no access key is set; expected access_keys (MCP_API_KEY) with 32 characters or more, or the host 127.0.0.1'
const anywhere =
  '--host: 0.0.0.0 can be reached from outside, and callers could connect to any address; expected allowed_odoo_hosts or odoo_url'
const openTo = (name: string) => `--${name}: "*" without access keys would let every web page in; expected names`

const unguarded: [title: string, sources: Given, problems: string[]][] = [
  ['the world without a key or hosts', { flags: outside }, [keyless, anywhere]],
  ['the world without a key', { flags: outside, env: odoo }, [keyless]],
  ['the world with a key, and a way to anywhere', { flags: outside, env: { MCP_API_KEY: key } }, [anywhere]],
  ['the world with a key and a default connection', { flags: outside, env: { ...odoo, MCP_API_KEY: key } }, []],
  [
    'the world with a key and allowed hosts',
    { flags: { ...outside, 'allowed-odoo-hosts': 'erp.example.com' }, env: { MCP_API_KEY: key } },
    []
  ],
  [
    'the world with a key and no way to connect',
    { flags: { ...outside, 'allow-connect': 'false' }, env: { MCP_API_KEY: key } },
    []
  ],
  ['this machine', {}, []],
  ['this machine and every web page', { flags: { 'allowed-origins': '*' } }, [openTo('allowed-origins')]],
  ['this machine under every name', { flags: { 'allowed-hosts': 'a,*' } }, [openTo('allowed-hosts')]],
  [
    'every web page with a key',
    { flags: { 'allowed-origins': '*', 'allowed-hosts': '*' }, env: { MCP_API_KEY: key } },
    []
  ]
]
for (const [title, sources, problems] of unguarded) {
  t.test(`listening to ${title} ${problems.length > 0 ? 'does not start' : 'starts'}`, async t => {
    t.strictSame(problemsOf(sources, 'http'), problems)
    t.strictSame(problemsOf(sources, 'stdio'), [])
  })
}

t.test('what callers may connect to is what is listed, else the default Odoo', async t => {
  t.strictSame(load({ env: odoo, flags: { 'allowed-odoo-hosts': 'a.example.com' } }).allowedOdooHosts, [
    'a.example.com'
  ])
  t.strictSame(load({ env: { ...odoo, ODOO_URL: 'http://erp:8069' } }).allowedOdooHosts, ['erp:8069'])
})
