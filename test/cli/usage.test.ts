import t from 'tap'
import { commands } from '../../src/commands/help.js'
import { flagOf, settings } from '../../src/config/settings.js'
import { version } from '../../src/version.js'
import { run, start } from './cli.js'

t.test('--help lists every command and every setting', async t => {
  for (const args of [['--help'], ['-h'], ['serve', '--help']]) {
    const { code, stdout, stderr } = await run(args)
    t.match({ code, stderr }, { code: 0, stderr: '' }, args.join(' '))
    for (const command of Object.keys(commands)) t.match(stdout, new RegExp(`^ {2}${command} {2,}\\S`, 'm'))
    for (const name of Object.keys(settings)) t.match(stdout, new RegExp(`^ {2}--${flagOf(name)} {2,}\\S`, 'm'))
  }
})

t.test('--version writes the version and nothing else', async t => {
  t.match(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.match(await run(['-v']), { code: 0, stdout: `${version}\n`, stderr: '' })
})

for (const args of [['--help'], ['config'], ['openapi']]) {
  t.test(`a reader who leaves ends ${args} without a stack trace, as shells expect it`, async t => {
    const { child, ended } = start(args)
    child.stdout.destroy()
    t.match(await ended, { code: 141, stderr: '' })
  })
}

const mistakes: [string, string[], RegExp][] = [
  ['an unknown command', ['serv'], /^"serv" is not a command; did you mean serve\? odoo-mcp --help lists them\.\n$/],
  [
    'a word that is near no command',
    ['frobnicate'],
    /^"frobnicate" is not a command[.;] odoo-mcp --help lists them\.\n$/
  ],
  ['an unknown flag', ['serve', '--odo-url=x'], /--odo-url: unknown flag; did you mean --odoo-url\?\n$/],
  ['an unknown flag and its value', ['serve', '--prot', '80'], /--prot: unknown flag; did you mean --port\?\n$/],
  [
    'an unknown flag before the command',
    ['--pasword', 'hunter2-Xyzzy', 'serve'],
    /problem:\n {2}--pasword: unknown flag; did you mean --password\?\n$/
  ],
  [
    'an unknown flag without a command',
    ['--pasword', 'hunter2-Xyzzy'],
    /problem:\n {2}--pasword: unknown flag; did you mean --password\?\n$/
  ],
  [
    'an unknown flag before the action of live',
    ['live', '--pasword', 'hunter2-Xyzzy', 'status'],
    /problem:\n {2}--pasword: unknown flag; did you mean --password\?\n$/
  ],
  ['a flag without its value', ['serve', '--port'], /--port: needs a value, --port=…\n$/],
  ['a flag of openapi', ['openapi', '--port=1'], /^The command openapi takes no flags\.\n$/],
  ['a second command', ['serve', 'stdio'], /^"stdio" is not understood; expected one command and flags/]
]
for (const [what, args, message] of mistakes) {
  t.test(`${what} is refused with what was probably meant`, async t => {
    const { code, stdout, stderr } = await run(args)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, message)
    t.notMatch(stderr, /\n {4}at /, 'no stack')
  })
}

t.test('every problem of the settings is told at once, and no secret', async t => {
  const secrets = {
    password: 'the-password-in-a-flag',
    url: 'the-password-in-the-url',
    key: 'too-short-a-key',
    variable: 'the-password-in-a-misspelt-variable'
  }
  const flags = [
    `--odoo-url=ftp://ada:${secrets.url}@erp.example.com`,
    `--password=${secrets.password}`,
    `--access-keys=ada=${secrets.key}`,
    '--host=0.0.0.0',
    '--port=99999',
    '--odoo-timeout=soon',
    '--max-limit=0',
    '--protocol=soap',
    '--log-level=loud',
    '--docs=perhaps',
    '--denied-models=[1]',
    '--ca-file=/no/such/file.pem',
    '--nonsense'
  ]
  const env = { ODOO_PASSWROD: secrets.variable, ODOO_API_KEY_FILE: '/no/such/file', RETRIES: '-1', UID: '1000' }
  for (const command of ['serve', 'stdio', 'doctor']) {
    const { code, stdout, stderr } = await run([command, ...flags], env)
    t.equal(code, 2, command)
    t.equal(stdout, '')
    const told = [
      /^The settings have problems:$/m,
      /^ {2}--nonsense: unknown flag/m,
      /^ {2}ODOO_PASSWROD: unknown variable; did you mean ODOO_PASSWORD\?$/m,
      /^ {2}ODOO_API_KEY_FILE: the file "\/no\/such\/file" cannot be read, it does not exist$/m,
      /^ {2}--odoo-url: .*expected/m,
      /^ {2}--database: missing/m,
      /^ {2}--port: expected an integer from 0 to 65535 \(given: "99999"\)$/m,
      /^ {2}--odoo-timeout: expected a number of seconds/m,
      /^ {2}--max-limit: expected an integer from 1 to 100000/m,
      /^ {2}RETRIES: expected an integer from 0 to 20 \(given: "-1"\)$/m,
      /^ {2}--protocol: expected one of auto/m,
      /^ {2}--log-level: expected one of debug/m,
      /^ {2}--docs: expected true or false/m,
      /^ {2}--denied-models: expected a JSON array of texts/m,
      /^ {2}--ca-file: cannot be read/m,
      /^ {2}--access-keys: key 1 is too short/m
    ]
    for (const problem of told) t.match(stderr, problem, `${command}: ${problem}`)
    t.notMatch(stderr, /UID/, 'what every shell sets is nobody’s mistake')
    for (const secret of Object.values(secrets)) t.notOk(stderr.includes(secret), `${command} does not show ${secret}`)
  }
})
