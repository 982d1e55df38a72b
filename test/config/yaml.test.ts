import t from 'tap'
import { fault, type Given, load, problemsOf } from './loading.js'

const yaml = (text: string, more: Given = {}): Given => ({ ...more, files: { 'config.yaml': text, ...more.files } })
const k = (letter: string) => letter.repeat(32)

t.test('a YAML file holds every kind of setting under its name', async t => {
  const config = load(
    yaml(
      `
# An early server's file
odoo_url: https://erp.example.com
database: prod
username: ada
password_file: /run/pw
uid: 7
port: 9000
odoo_timeout: 2.5
read_only: true
denied_models: ["!ir.cron", hr.*]
allowed_origins: https://a.example.com, https://b.example.com
access_keys:
  - ci=${k('c')}
protocol: xmlrpc
connection_type: http
retries:
live_models: ~
`,
      { files: { '/run/pw': 'secret\n' } }
    )
  )
  t.match(config, {
    surface: 'http',
    listen: { port: 9000 },
    odoo: {
      url: 'https://erp.example.com',
      database: 'prod',
      username: 'ada',
      uid: 7,
      secret: 'secret',
      protocol: 'xmlrpc'
    },
    timeouts: { read: 2500 },
    retries: 3,
    policy: { readOnly: true, deniedModels: ['!ir.cron', 'hr.*'] },
    allowedOrigins: ['https://a.example.com', 'https://b.example.com'],
    accessKeys: [{ name: 'ci', secret: k('c') }]
  })
})

t.test("an early server's file means what its documentation says: uid is the login name", async t => {
  const text = `
# config.yaml
protocol: xmlrpc  # or jsonrpc
connection_type: stdio  # or sse
odoo_url: http://localhost:8069
database: my_database
uid: admin
password: admin
requests_per_minute: 120
sse_queue_maxsize: 1000
allowed_origins: ["*"]  # for SSE connections
`
  const { odoo, surface, rate, streams } = load(yaml(text))
  t.strictSame(odoo, {
    url: 'http://localhost:8069',
    database: 'my_database',
    username: 'admin',
    secret: 'admin',
    protocol: 'xmlrpc'
  })
  t.match({ surface, rate, streams }, { surface: 'stdio', rate: { perMinute: 120 }, streams: { queueMax: 1000 } })
})

t.test('a uid is a number or a login name, and no other number', async t => {
  const rest = 'odoo_url: http://erp\ndatabase: x\npassword: x\n'
  const user = (uid: string) => load(yaml(`${rest}uid: ${uid}`)).odoo
  t.match(user('7'), { uid: 7, username: undefined })
  t.match(user('"7"'), { uid: 7, username: undefined })
  t.match(user('ada'), { uid: undefined, username: 'ada' })
  for (const uid of ['0', '-1', '2.5', '2147483648']) {
    t.match(problemsOf(yaml(`${rest}uid: ${uid}`)), [/^config\.yaml:4: uid: expected an integer from 1 to 2147483647/])
  }
  t.strictSame(problemsOf(yaml(`${rest}uid: [7]`)), ['config.yaml:4: uid: expected a text'])
})

for (const [what, text] of [
  ['an empty file', ''],
  ['a file of comments', '# port: 1\n'],
  ['a file that only says null', '~'],
  ['a file with a byte order mark', '\uFEFFport: 8000\r\n'],
  ['a document with a start and an end', '---\nport: 8000\n...\n']
] as const) {
  t.test(`${what} is fine`, async t => {
    t.strictSame(load(yaml(text)), load())
  })
}

t.test('flag, variable, .env and YAML are asked in this order', async t => {
  const port = (given: Given) => load(given).listen.port
  const file = 'port: 1'
  t.equal(port(yaml(file)), 1)
  t.equal(port(yaml(file, { files: { '.env': 'PORT=2' } })), 2)
  t.equal(port(yaml(file, { files: { '.env': 'PORT=2' }, env: { PORT: '3' } })), 3)
  t.equal(port(yaml(file, { files: { '.env': 'PORT=2' }, env: { PORT: '3' }, flags: { port: '4' } })), 4)
})

t.test('the file is the one that is named, else the first of the usual ones', async t => {
  const port = (given: Given) => load(given).listen.port
  const files = { 'a.yaml': 'port: 1', 'config.yaml': 'port: 2', 'config/config.yaml': 'port: 3' }
  t.equal(port({ files }), 2)
  t.equal(port({ files: { 'config/config.yaml': 'port: 3' } }), 3)
  t.equal(port({ files, env: { CONFIG_FILE: 'a.yaml' } }), 1)
  t.equal(port({ files: { ...files, '.env': 'CONFIG_FILE=a.yaml' } }), 1)
  t.equal(port({ files, env: { CONFIG_FILE: 'config/config.yaml' }, flags: { config: 'a.yaml' } }), 1)
})

const unreadable: [what: string, given: Given, problem: string][] = [
  [
    'a named file that is missing',
    { flags: { config: 'x.yaml' } },
    '--config: "x.yaml" cannot be read, it does not exist'
  ],
  [
    'a missing file that .env names',
    { files: { '.env': 'CONFIG_FILE=x.yaml' } },
    'CONFIG_FILE in .env: "x.yaml" cannot be read, it does not exist'
  ],
  [
    'a named folder',
    { env: { CONFIG_FILE: '/etc' }, files: { '/etc': fault('EISDIR') } },
    'CONFIG_FILE: "/etc" cannot be read, it is a folder'
  ],
  [
    'a usual file that may not be read',
    { files: { 'config.yaml': fault('EACCES') } },
    'config.yaml cannot be read, this user may not read it'
  ],
  [
    'a folder in the usual place',
    { files: { 'config.yaml': fault('EISDIR') } },
    'config.yaml cannot be read, it is a folder'
  ],
  ['a flag that names no file', { flags: { config: true } }, '--config: needs a value, --config=…']
]
for (const [what, given, problem] of unreadable) {
  t.test(`${what} is a problem`, async t => {
    t.strictSame(problemsOf(given), [problem])
  })
}

const alias = 'anchors and aliases are not understood; a value that begins with "*" or "&" needs quotes'
const mistakes: [text: string, problems: string[]][] = [
  // Keys
  ['prot: 1', ['config.yaml:1: prot: unknown key; did you mean port?']],
  ['\nodoo_database: x', ['config.yaml:2: odoo_database: unknown key; did you mean database?']],
  ['xyzzy: 1', ['config.yaml:1: xyzzy: unknown key']],
  ['PORT: 1', ['config.yaml:1: PORT: unknown key; did you mean port?']],
  ['config_file: x.yaml', ['config.yaml:1: config_file: unknown key']],
  ['port: 1\nhost: localhost\nport: 2', ['config.yaml:3: port: given twice; it is also in line 1']],
  ['logging: {levl: info}', ['config.yaml:1: logging.levl: unknown key; did you mean logging.level?']],
  ['logging: info', ['config.yaml:1: logging: expected level, format and handlers below it']],
  [
    'log_level: info\nlogging:\n  level: info',
    ['config.yaml:3: logging.level: given beside config.yaml:1: log_level; expected one of the two']
  ],
  // Types: nothing is coerced
  ['port: "8000"', ['config.yaml:1: port: expected a number, without quotes and without a unit']],
  ['odoo_timeout: 30s', ['config.yaml:1: odoo_timeout: expected a number, without quotes and without a unit']],
  ['port: [1]', ['config.yaml:1: port: expected a number, without quotes and without a unit']],
  ['port: 0x10', ['config.yaml:1: port: expected an integer from 0 to 65535 (given: "0x10")']],
  ['port: 1.5', ['config.yaml:1: port: expected an integer from 0 to 65535 (given: "1.5")']],
  ['port: .nan', ['config.yaml:1: port: expected an integer from 0 to 65535 (given: ".nan")']],
  ['docs: yes', ['config.yaml:1: docs: expected true or false, without quotes']],
  ['docs: 1', ['config.yaml:1: docs: expected true or false, without quotes']],
  ['host: 127', ['config.yaml:1: host: expected a text; put it in quotes']],
  ['host: {a: 1}', ['config.yaml:1: host: expected a text']],
  ['bus: true', ['config.yaml:1: bus: expected a text; put it in quotes']],
  ['denied_models: [a, 1]', ['config.yaml:1: denied_models: item 2: expected a text; put it in quotes']],
  ['denied_models: {a: 1}', ['config.yaml:1: denied_models: expected a list of texts']],
  ['denied_models: 1', ['config.yaml:1: denied_models: expected a list of texts; put it in quotes']],
  // Syntax
  ['allowed_origins: *', [`config.yaml:1: ${alias}`]],
  ['allowed_odoo_hosts:\n  - *.example.com', [`config.yaml:2: ${alias}`]],
  ['a: &a [x]\nb: *a', [`config.yaml:2: ${alias}`]],
  [
    'denied_models:\n  - !ir.cron',
    ['config.yaml:2: tags are not understood; a value that begins with "!" needs quotes']
  ],
  ['port: !!js/function "x"', ['config.yaml:1: tags are not understood; a value that begins with "!" needs quotes']],
  ['port: 1\n---\nport: 2', ['config.yaml:3: a second document begins; expected one, without "---"']],
  ['- port', ['config.yaml:1: expected keys and values, such as "port: 8000"']],
  ['port', ['config.yaml:1: expected keys and values, such as "port: 8000"']],
  ['logging:\n\tlevel: info', ['config.yaml:2: this line is indented by a tab; expected spaces']],
  ['host: "x', ['config.yaml:1: a quote, a bracket or a ": " is missing']],
  [
    'host: @x',
    ['config.yaml:1: a value begins with a character that YAML keeps for itself; expected quotes around it']
  ],
  ['["a"]: 1', ['config.yaml:1: this is not YAML; expected keys and values, such as "port: 8000"']],
  [`port: ${'['.repeat(100_000)}`, ['config.yaml:1: this is nested too deep']]
]
for (const [text, problems] of mistakes) {
  t.test(`YAML says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, async t => {
    const found = problemsOf({ flags: { config: 'config.yaml' }, ...yaml(text) })
    t.strictSame(found, problems)
  })
}

t.test('a file of aliases that would stand for gigabytes is refused at once', async t => {
  const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`)
  const problems = problemsOf(yaml(['a0: &a0 [x]', ...lines].join('\n')))
  t.strictSame(
    problems.slice(0, -1),
    [2, 3, 4, 5, 6].map(line => `config.yaml:${line}: ${alias}`)
  )
})

t.test("somebody else's file in the usual place is told from ours", async t => {
  const strange = 'baseURL: https://blog.example.com\ntheme: paper'
  const meant = 'config.yaml was found in the working folder; if it is not meant, name another: --config, CONFIG_FILE'
  t.equal(problemsOf(yaml(strange)).at(-1), meant)
  t.notOk(problemsOf(yaml(`port: 1\n${strange}`)).includes(meant), 'control: this one has a setting of ours')
  t.strictSame(problemsOf(yaml(strange, { env: { CONFIG_FILE: '/dev/null' }, files: { '/dev/null': '' } })), [])
})

t.test('a wrong value is told once: what it would have been is not missed as well', async t => {
  const text = 'odoo_url: https://erp.example.com\ndatabase: prod\nusername: ada\npassword: 123456'
  t.strictSame(problemsOf(yaml(text)), ['config.yaml:4: password: expected a text; put it in quotes'])
  t.strictSame(problemsOf(yaml(text.replace('password: 123456', 'password_file: /run/no'))), [
    'config.yaml:4: password_file: the file "/run/no" cannot be read, it does not exist'
  ])
  t.strictSame(
    problemsOf(yaml(`${text.replace('123456', 'x')}\npassword_file: /run/pw`, { files: { '/run/pw': 'x' } })),
    ['config.yaml:5: password_file: given beside config.yaml:4: password; expected one of the two']
  )
})

t.test('no problem of a file shows a piece of a secret', async t => {
  const secret = 'hunter2'
  for (const line of [
    `password: "${secret}`,
    `password: @${secret}`,
    `password: *${secret}`,
    `password: !${secret}`,
    `password: a: ${secret}`,
    `password:${secret}`,
    `password:${secret} : x`,
    `password: [${secret}]`,
    `password: {${secret}: 1}`,
    `password: "\\${secret}"`,
    `access_keys: [${secret}]`,
    `odoo_url: http://ada:${secret}@erp`,
    `allowed_origins: ["https://ada:${secret}@page"]`
  ]) {
    for (const text of [line, `port: 8000\n${line}`, `${line}\nport: 8000`]) {
      const problems = problemsOf(yaml(text))
      t.ok(problems.length > 0, line)
      t.notMatch(problems.join('\n'), secret, line)
    }
  }
})

t.test('what is wrong anywhere is told at once', async t => {
  const given = {
    flags: { prot: '1' },
    env: { ODOO_XYZZY: '1' },
    files: { '.env': 'RETRIES=x', 'config.yaml': 'port: x\nhots: y' }
  }
  t.strictSame(problemsOf(given), [
    '--prot: unknown flag; did you mean --port?',
    'ODOO_XYZZY: unknown variable',
    'config.yaml:1: port: expected a number, without quotes and without a unit',
    'config.yaml:2: hots: unknown key; did you mean host?',
    'RETRIES in .env: expected an integer from 0 to 20 (given: "x")'
  ])
})
