import t from 'tap'
import { type Config, ConfigError, isLoopback, loadConfig, type Surface } from '../../src/config/config.js'
import { flagOf, settings, variablesOf } from '../../src/config/settings.js'
import type { Sources } from '../../src/config/sources.js'

const files: Record<string, string> = {
  '/run/pw': ' from file \n',
  '/run/key': `${'f'.repeat(32)}\n`,
  '/run/ca.pem': 'PEM'
}

function load(sources: Partial<Sources> = {}, surface?: Surface): Config {
  const readFile = (path: string) => {
    const text = files[path]
    if (text === undefined) throw new Error('ENOENT')
    return text
  }
  return loadConfig(surface, { flags: {}, env: {}, readFile, ...sources })
}

/** The problems that settings have; none when they load. */
function problemsOf(sources: Partial<Sources>, surface?: Surface): readonly string[] {
  try {
    load(sources, surface)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const odoo = { ODOO_URL: 'https://erp.example.com/', ODOO_DATABASE: 'prod', ODOO_USERNAME: 'ada', ODOO_API_KEY: 'key' }
const key = 'k'.repeat(32)

t.test('without any settings, the defaults are those of the contract', async t => {
  t.strictSame(load(), {
    surface: 'stdio',
    listen: { host: '127.0.0.1', port: 8000, loopback: true },
    odoo: undefined,
    timeouts: { connect: 5000, read: 30_000, write: 120_000 },
    retries: 3,
    maxConcurrency: 8,
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
    policy: { readOnly: false, allowedModels: [], deniedModels: [], deniedMethods: [] },
    log: { level: 'info' },
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

// ---------------------------------------------------------------------------------------------------------------
// Where a setting comes from

t.test('a flag wins over the environment, that over .env, that over the default', async t => {
  const read = (sources: Partial<Sources>) => load(sources).listen.port
  t.equal(read({}), 8000)
  t.equal(read({ dotenv: { PORT: '1' } }), 1)
  t.equal(read({ dotenv: { PORT: '1' }, env: { PORT: '2' } }), 2)
  t.equal(read({ dotenv: { PORT: '1' }, env: { PORT: '2' }, flags: { port: '3' } }), 3)
  t.equal(read({ dotenv: { PORT: '1' }, env: { PORT: '' } }), 1)
})

const spellings: [variable: string, rival: string][] = [
  ['ODOO_DATABASE', 'ODOO_DB'],
  ['ODOO_DB', 'DATABASE'],
  ['ODOO_USERNAME', 'ODOO_USER'],
  ['ODOO_USER', 'USERNAME'],
  ['ODOO_PASSWORD', 'PASSWORD'],
  ['ODOO_API_KEY', 'API_KEY'],
  ['ODOO_PROTOCOL', 'PROTOCOL'],
  ['MCP_API_KEY', 'ACCESS_KEYS'],
  ['ODOO_SSL_VERIFY', 'SSL_VERIFY'],
  ['ODOO_DEFAULT_LIMIT', 'DEFAULT_LIMIT']
]
for (const [variable, rival] of spellings) {
  t.test(`${variable} is read, and before ${rival}`, async t => {
    const name = Object.keys(settings).find(setting => variablesOf(setting as keyof typeof settings).includes(rival))
    const variables = variablesOf(name as keyof typeof settings)
    t.ok(variables.includes(variable))
    t.ok(variables.indexOf(variable) < variables.indexOf(rival))
  })
}

t.test('every setting has a flag and a variable of its name, and says what it is', async t => {
  for (const [name, { description }] of Object.entries(settings)) {
    t.match(flagOf(name), /^[a-z]+(-[a-z]+)*$/)
    t.ok(variablesOf(name as keyof typeof settings).includes(name.toUpperCase()))
    t.ok(description.length > 10)
  }
})

t.test('secrets may come from files, and lose their line break', async t => {
  const { ODOO_API_KEY: _key, ...rest } = odoo
  t.equal(load({ env: { ...rest, ODOO_PASSWORD_FILE: '/run/pw' } }).odoo?.secret, 'from file')
  t.strictSame(load({ env: { MCP_API_KEY_FILE: '/run/key' } }).accessKeys, [
    { name: 'default', secret: 'f'.repeat(32) }
  ])
  t.strictSame(problemsOf({ env: { ...odoo, ODOO_PASSWORD_FILE: '/run/nope' } }), [
    'ODOO_PASSWORD_FILE: the file "/run/nope" cannot be read'
  ])
  t.equal(load({ flags: { 'ca-file': '/run/ca.pem' } }).tls.ca, 'PEM')
  t.strictSame(problemsOf({ flags: { 'ca-file': '/run/nope' } }), [
    '--ca-file: cannot be read; expected a PEM file (given: "/run/nope")'
  ])
})

const ambient = { DATABASE: 'x', USERNAME: 'root', PASSWORD: 'x', PASSWORD_FILE: '/run/pw', API_KEY: 'x', UID: '1000' }

t.test("what anybody's shell may hold is not taken for a connection", async t => {
  t.equal(load({ env: ambient }).odoo, undefined)
  t.strictSame(load({ env: { ...ambient, ODOO_URL: 'http://erp' } }).odoo, {
    url: 'http://erp',
    database: 'x',
    username: 'root',
    secret: 'x',
    isKey: true,
    protocol: 'auto'
  })
  t.match(load({ env: ambient, flags: { 'odoo-url': 'http://erp' } }).odoo, { username: 'root' })
  t.strictSame(load({ env: { USERNAME: 'root' }, dotenv: odoo }).odoo?.username, 'ada')
  t.equal(load({ env: { ...ambient, ODOO_URL: '' } }).odoo, undefined)
})

// ---------------------------------------------------------------------------------------------------------------
// Values

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

const levels: [text: string, level: string][] = [
  ['debug', 'debug'],
  ['INFO', 'info'],
  ['WARNING', 'warn'],
  ['CRITICAL', 'error'],
  ['silent', 'silent']
]
for (const [text, level] of levels) {
  t.test(`the log level ${text}, as Python may call it, is ${level}`, async t => {
    t.equal(load({ env: { LOG_LEVEL: text } }).log.level, level)
  })
}

t.test('the log is json or pretty where that is said', async t => {
  t.strictSame(load({ env: { LOG_FORMAT: 'json' } }).log, { level: 'info', pretty: false })
  t.strictSame(load({ env: { LOG_FORMAT: 'pretty' } }).log, { level: 'info', pretty: true })
})

t.test('durations are seconds, with fractions', async t => {
  t.equal(load({ flags: { 'odoo-timeout': '2.5' } }).timeouts.read, 2500)
})

const mistakes: [flag: string, text: string, problem: string][] = [
  ['port', 'http', '--port: expected an integer of at least 0 (given: "http")'],
  ['port', '-1', '--port: expected an integer of at least 0 (given: "-1")'],
  ['port', '', '--port: expected an integer of at least 0 (given: "")'],
  ['port', '65536', '--port: expected a port from 0 to 65535 (given: "65536")'],
  ['port', '8000.5', '--port: expected an integer of at least 0 (given: "8000.5")'],
  ['max-sessions', '0', '--max-sessions: expected an integer of at least 1 (given: "0")'],
  ['retries', '99999999999999999999', '--retries: expected an integer of at least 0 (given: "99999999999999999999")'],
  ['odoo-timeout', '0', '--odoo-timeout: expected a number of seconds from 1 to 2592000 (given: "0")'],
  ['odoo-timeout', '30s', '--odoo-timeout: expected a number of seconds from 1 to 2592000 (given: "30s")'],
  ['write-timeout', '2592001', '--write-timeout: expected a number of seconds from 1 to 2592000 (given: "2592001")'],
  ['read-only', 'maybe', '--read-only: expected true or false (given: "maybe")'],
  ['connection-type', 'tcp', '--connection-type: expected one of stdio, http, sse (given: "tcp")'],
  ['protocol', 'soap', '--protocol: expected one of auto, json2, jsonrpc, xmlrpc (given: "soap")'],
  ['log-format', 'xml', '--log-format: expected one of json, pretty (given: "xml")'],
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

t.test('every problem is told at once, and in one message', async t => {
  const sources = {
    flags: { prot: '1', 'max-limit': 'x' },
    env: { ODOO_URL: 'erp.example.com', SESSION_IDEL: '5', LOG_LEVEL: 'loud' },
    dotenv: { DENIED_MODEL: 'x' }
  }
  const problems = problemsOf(sources)
  t.strictSame(problems, [
    '--prot: unknown flag; did you mean --port?',
    'SESSION_IDEL: unknown variable; did you mean SESSION_IDLE?',
    'DENIED_MODEL: unknown variable; did you mean DENIED_MODELS?',
    '--database: missing; expected the database of odoo_url (ODOO_DATABASE)',
    '--username: missing; expected the login name (ODOO_USERNAME), or an API key in place of the password',
    '--api-key: missing; expected ODOO_API_KEY or ODOO_PASSWORD',
    'ODOO_URL: is not an address; expected an address such as "https://erp.example.com"',
    '--max-limit: expected an integer of at least 1 (given: "x")',
    'LOG_LEVEL: expected one of debug, info, warn, warning, error, critical, silent (given: "loud")'
  ])
  t.match(new ConfigError(problems).message, /^The settings have problems:\n {2}--prot: .*\n {2}SESSION_IDEL/)
  t.match(new ConfigError(['a']).message, 'The settings have a problem:\n  a')
})

t.test("other people's variables are theirs, unknown ones under our prefixes are mistakes", async t => {
  t.strictSame(problemsOf({ env: { PATH: '/bin', PORTS: '1', HOSTNAME: 'x', ODOO_MCP_LAB: '/x' } }), [])
  t.strictSame(problemsOf({ env: { ODOO_XYZZY: '1' } }), ['ODOO_XYZZY: unknown variable'])
})

t.test('half a connection is a problem', async t => {
  t.strictSame(problemsOf({ env: { ODOO_DB: 'prod', ODOO_PASSWORD: 'pw' } }), [
    'ODOO_DB: given without odoo_url; expected the whole connection or none of it (given: "prod")'
  ])
})

t.test('no problem shows a secret', async t => {
  const secret = 'hunter2'
  const sources = {
    env: {
      ODOO_URL: `https://ada:${secret}@erp.example.com`,
      ODOO_PASSWORD: secret,
      MCP_API_KEY: `${secret}=short,x=${secret},x=${secret}`
    }
  }
  const problems = problemsOf(sources)
  t.match(problems.join('\n'), /^ODOO_URL: carries a user/m)
  t.match(problems.join('\n'), /^MCP_API_KEY: key 1 is too short; expected 32 characters or more$/m)
  t.match(problems.join('\n'), /^MCP_API_KEY: two keys are called "x"/m)
  t.notMatch(problems.join('\n'), secret)
  t.strictSame(problemsOf({ env: { ODOO_PASSWORD: secret } }), [
    'ODOO_PASSWORD: given without odoo_url; expected the whole connection or none of it'
  ])
})

// ---------------------------------------------------------------------------------------------------------------
// What a process is started for

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

const unguarded: [title: string, sources: Partial<Sources>, problems: string[]][] = [
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

t.test('a guard that this version does not have is refused, not ignored', async t => {
  t.strictSame(problemsOf({ env: { CONFIRM_DESTRUCTIVE: 'true' } }), [
    'CONFIRM_DESTRUCTIVE: this version has no such guard; unset it to start without'
  ])
  t.strictSame(problemsOf({ env: { CONFIRM_DESTRUCTIVE: '' } }), [], 'an empty variable is not set')
})
