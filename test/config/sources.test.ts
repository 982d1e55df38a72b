import t from 'tap'
import { ConfigError } from '../../src/config/config.js'
import { flagOf, settings, variablesOf } from '../../src/config/settings.js'
import { fault, type Given, load, problemsOf } from './loading.js'

const files = {
  '/run/pw': ' from file \n',
  '/run/key': `${'f'.repeat(32)}\n`,
  '/run/ca.pem': '-----BEGIN CERTIFICATE-----'
}

const odoo = { ODOO_URL: 'https://erp.example.com/', ODOO_DATABASE: 'prod', ODOO_USERNAME: 'ada', ODOO_API_KEY: 'key' }

t.test('a flag wins over the environment, that over .env, that over the default', async t => {
  const read = (sources: Given) => load(sources).listen.port
  t.equal(read({}), 8000)
  t.equal(read({ files: { '.env': 'PORT=1' } }), 1)
  t.equal(read({ files: { '.env': 'PORT=1' }, env: { PORT: '2' } }), 2)
  t.equal(read({ files: { '.env': 'PORT=1' }, env: { PORT: '2' }, flags: { port: '3' } }), 3)
  t.equal(read({ files: { '.env': 'PORT=1' }, env: { PORT: '' } }), 1)
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
  t.equal(load({ env: { ...rest, ODOO_PASSWORD_FILE: '/run/pw' }, files }).odoo?.secret, 'from file')
  t.strictSame(load({ env: { MCP_API_KEY_FILE: '/run/key' }, files }).accessKeys, [
    { name: 'default', secret: 'f'.repeat(32) }
  ])
  t.strictSame(problemsOf({ env: { ...odoo, ODOO_PASSWORD_FILE: '/run/nope' } }), [
    'ODOO_PASSWORD_FILE: the file "/run/nope" cannot be read, it does not exist'
  ])
  t.equal(load({ flags: { 'ca-file': '/run/ca.pem' }, files }).tls.ca, '-----BEGIN CERTIFICATE-----')
  t.strictSame(problemsOf({ flags: { 'ca-file': '/run/nope' } }), [
    '--ca-file: cannot be read, it does not exist; expected a PEM file (given: "/run/nope")'
  ])
})

t.test('a secret file that is empty, missing, closed or beside the secret itself is a problem', async t => {
  const password = (path: string, more = {}) =>
    problemsOf({
      env: { ODOO_URL: 'http://erp', ODOO_DB: 'x', ODOO_USER: 'x', ODOO_PASSWORD_FILE: path, ...more },
      files: faulty
    })
  const faulty = { '/run/empty': '\n', '/run/closed': fault('EACCES'), '/run': fault('EISDIR'), '/run/pw': 'pw' }
  t.strictSame(password('/run/empty'), ['ODOO_PASSWORD_FILE: the file "/run/empty" is empty'])
  t.strictSame(password('/run/closed'), [
    'ODOO_PASSWORD_FILE: the file "/run/closed" cannot be read, this user may not read it'
  ])
  t.strictSame(password('/run'), ['ODOO_PASSWORD_FILE: the file "/run" cannot be read, it is a folder'])
  t.strictSame(
    password('hunter2'),
    ['ODOO_PASSWORD_FILE: the file that it names cannot be read, it does not exist'],
    'what is no path may be the password'
  )
  t.strictSame(password('/run/pw', { ODOO_PASSWORD: 'x' }), [
    'ODOO_PASSWORD_FILE: given beside ODOO_PASSWORD; expected one of the two'
  ])
})

t.test('access keys in a file may stand one in a line', async t => {
  const lines = `ci=${'a'.repeat(32)}\r\ndesk=${'b'.repeat(32)}\n`
  const { accessKeys } = load({ env: { MCP_API_KEY_FILE: '/run/keys' }, files: { '/run/keys': lines } })
  t.strictSame(
    accessKeys.map(key => key.name),
    ['ci', 'desk']
  )
})

t.test('a .env that cannot be read is a problem; a folder of that name is not ours', async t => {
  t.strictSame(problemsOf({ files: { '.env': fault('EACCES') } }), ['.env: cannot be read, this user may not read it'])
  t.strictSame(problemsOf({ files: { '.env': fault('EISDIR') } }), [])
})

t.test('files that an editor of Windows has written are read', async t => {
  const dotenv = `\uFEFF# ours\r\nPORT=1\r\nREAD_ONLY="true"\r\n`
  t.match(load({ files: { '.env': dotenv } }), { listen: { port: 1 }, policy: { readOnly: true } })
  t.equal(load({ files: { '.env': '\uFEFFPORT=1\r\n' } }).listen.port, 1)
  const key = `\uFEFF${'f'.repeat(32)}\r\n`
  t.match(load({ env: { MCP_API_KEY_FILE: '/run/key' }, files: { '/run/key': key } }).accessKeys, [
    { secret: 'f'.repeat(32) }
  ])
})

t.test('a file in UTF-16, of which nothing would be found, is a problem', async t => {
  // What is left of it when it is read as UTF-8.
  const utf16 = (text: string) => `\uFFFD\uFFFD${text.replace(/./g, '$&\0')}`
  const why = 'it is no text in UTF-8; save it as UTF-8'
  t.strictSame(problemsOf({ files: { '.env': utf16('READ_ONLY=true') } }), [`.env: cannot be read, ${why}`])
  t.strictSame(problemsOf({ files: { 'config.yaml': utf16('port: 1') } }), [`config.yaml cannot be read, ${why}`])
  t.strictSame(problemsOf({ env: { MCP_API_KEY_FILE: '/run/key' }, files: { '/run/key': utf16('k'.repeat(32)) } }), [
    `MCP_API_KEY_FILE: the file "/run/key" cannot be read, ${why}`
  ])
})

t.test('a variable without a value in .env is a problem, and hides no other', async t => {
  const dotenv = 'words\nPORT=1\nREAD_ONLY\nexport DENIED_MODELS=hr.*\nDOCS: false\r\nBURST=7'
  t.strictSame(problemsOf({ files: { '.env': dotenv } }), [
    '.env:3: READ_ONLY has no value; expected READ_ONLY=…',
    '.env:5: DOCS has no value; expected DOCS=…'
  ])
  t.match(load({ files: { '.env': 'words\nPORT=1\nmore: words\nexport DENIED_MODELS=hr.*' } }), {
    listen: { port: 1 },
    policy: { deniedModels: ['hr.*'] }
  })
})

t.test('what Kubernetes says of a Service called "odoo" is no mistake of ours', async t => {
  const env = {
    ODOO_SERVICE_HOST: '10.0.0.1',
    ODOO_SERVICE_PORT: '8069',
    ODOO_SERVICE_PORT_WEB: '8069',
    ODOO_PORT: 'tcp://10.0.0.1:8069',
    ODOO_PORT_8069_TCP: 'tcp://10.0.0.1:8069',
    ODOO_PORT_8069_TCP_PROTO: 'tcp',
    ODOO_PORT_8069_TCP_PORT: '8069',
    ODOO_PORT_8069_TCP_ADDR: '10.0.0.1'
  }
  t.strictSame(problemsOf({ env }), [])
  t.match(problemsOf({ env: { ODOO_PORT: '8069' } }), [/^ODOO_PORT: unknown variable/], 'control')
})

t.test('settings that only flags may give are looked for nowhere else', async t => {
  const elsewhere = { env: odoo, files: { 'config.yaml': 'odoo_url: http://other\nread_only: true' } }
  const config = load({ ...elsewhere, flagsOnly: ['odoo_url', 'database', 'username', 'api_key'] })
  t.match(config, { odoo: undefined, policy: { readOnly: true } })
  t.equal(load(elsewhere).odoo?.url, 'https://erp.example.com', 'control')
})

t.test('what a command falls back on is weaker than anything given', async t => {
  const fallback = { access_keys: { text: `made=${'m'.repeat(32)}`, from: '--generate-access-key' } }
  const names = (given: Given) => load({ fallback, ...given }).accessKeys.map(key => key.name)
  t.strictSame(names({}), ['made'])
  t.strictSame(names({ files: { 'config.yaml': `access_keys: ["given=${'g'.repeat(32)}"]` } }), ['given'])
})

const ambient = { DATABASE: 'x', USERNAME: 'root', PASSWORD: 'x', API_KEY: 'x', UID: '1000' }

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
  t.strictSame(
    load({
      env: { USERNAME: 'root' },
      files: {
        '.env': Object.entries(odoo)
          .map(pair => pair.join('='))
          .join('\n')
      }
    }).odoo?.username,
    'ada'
  )
  t.equal(load({ env: { ...ambient, ODOO_URL: '' } }).odoo, undefined)
})

t.test('UID is a login name; of digits it is what shells set, and not read', async t => {
  const { ODOO_USERNAME: _username, ...rest } = odoo
  const user = (env: Record<string, string>) => load({ env: { ...rest, ...env } }).odoo
  t.match(user({ UID: 'ada' }), { username: 'ada', uid: undefined })
  t.match(user({ UID: '1000' }), { username: undefined, uid: undefined })
  t.match(user({ UID: '1000', ODOO_USERNAME: 'bob' }), { username: 'bob', uid: undefined })
  t.equal(load({ env: { UID: 'ada' } }).odoo, undefined, 'nor is it read where there is no Odoo')
  t.strictSame(problemsOf({ env: { ...odoo, UID: 'bob' } }), [
    'UID: is a login name, given beside username; expected one of the two (given: "bob")'
  ])
})

t.test('an empty flag is a problem: it takes away nothing that another source says', async t => {
  const env = { DENIED_MODELS: 'hr.*', MCP_API_KEY: 'k'.repeat(32) }
  for (const flag of ['denied-models', 'access-keys', 'database', 'read-only']) {
    t.strictSame(problemsOf({ flags: { [flag]: '' }, env }), [`--${flag}: needs a value, --${flag}=…`])
  }
  t.strictSame(problemsOf({ flags: { 'denied-models': '[]' }, env }), [], 'control: a list may be empty')
})

t.test('a variable or key that is written as a flag is told the flag', async t => {
  const meant = (flag: string) => problemsOf({ flags: { [flag]: 'x' } })
  t.strictSame(meant('odoo-username'), ['--odoo-username: unknown flag; did you mean --username?'])
  t.strictSame(meant('config-file'), ['--config-file: unknown flag; did you mean --config?'])
  t.strictSame(meant('mcp-api-key'), ['--mcp-api-key: unknown flag; did you mean --access-keys?'])
})

t.test('every problem is told at once, and in one message', async t => {
  const sources = {
    flags: { prot: '1', 'max-limit': 'x' },
    env: { ODOO_URL: 'erp.example.com', SESSION_IDEL: '5', LOG_LEVEL: 'loud' },
    files: { '.env': 'DENIED_MODEL=x' }
  }
  const problems = problemsOf(sources)
  t.strictSame(problems, [
    '--prot: unknown flag; did you mean --port?',
    'SESSION_IDEL: unknown variable; did you mean SESSION_IDLE?',
    'DENIED_MODEL in .env: unknown variable; did you mean DENIED_MODELS?',
    '--database: missing; expected the database of odoo_url (ODOO_DATABASE)',
    '--username: missing; expected the login name (ODOO_USERNAME), or an API key in place of the password',
    '--api-key: missing; expected ODOO_API_KEY or ODOO_PASSWORD',
    'ODOO_URL: is not an address; expected an address such as "https://erp.example.com"',
    '--max-limit: expected an integer from 1 to 100000 (given: "x")',
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
  t.match(problems.join('\n'), /^MCP_API_KEY: key 3 has the name of another/m)
  t.notMatch(problems.join('\n'), secret)
  t.strictSame(problemsOf({ env: { ODOO_PASSWORD: secret } }), [
    'ODOO_PASSWORD: given without odoo_url; expected the whole connection or none of it'
  ])
})
