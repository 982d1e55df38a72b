import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { settingNames } from '../../src/config/settings.js'
import { until } from '../contract/until.js'
import { run, start } from './cli.js'

/** A folder with these files. */
function folder(t: Test, files: Record<string, string>): string {
  const path = t.testdir({})
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

const secrets = { password: 'the-password-of-ada', key: 'an-access-key-of-32-characters-or-more', url: 'in-the-url' }

/** The row of a setting: its value and its source. */
const row = (stdout: string, name: string) => new RegExp(`^ {2}${name} +(.*?) {2,}(.*)$`, 'm').exec(stdout)?.slice(1)

t.test('config shows every setting, its value and where it comes from, and no secret', async t => {
  // An Odoo that nobody may ask.
  const asked: unknown[] = []
  const odoo = createServer(socket => asked.push(socket.destroy()))
  t.teardown(() => odoo.close())
  await new Promise<void>(done => odoo.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(odoo.address() as AddressInfo).port}`
  const cwd = folder(t, {
    'config.yaml': `\nodoo_url: ${url}\ndatabase: prod\nlogging:\n  level: WARNING\n`,
    '.env': 'ODOO_USERNAME=ada\nRETRIES=1',
    pw: secrets.password
  })
  const env = { MAX_LIMIT: '50', MCP_API_KEY: secrets.key, RETRIES: '', RENDER_EXTERNAL_HOSTNAME: 'app.onrender.com' }
  const { code, stdout, stderr } = await run(['config', '--port=1234'], { ...env, ODOO_PASSWORD_FILE: 'pw' }, cwd)
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.strictSame(row(stdout, 'port'), ['1234', 'flag --port'])
  t.strictSame(row(stdout, 'max_limit'), ['50', 'variable MAX_LIMIT'])
  t.strictSame(row(stdout, 'default_limit'), ['50', 'default'], 'as it counts, not as it is written')
  t.strictSame(row(stdout, 'retries'), ['1', 'RETRIES in .env'])
  t.strictSame(row(stdout, 'odoo_url'), [url, 'config.yaml:2'])
  t.strictSame(row(stdout, 'log_level'), ['WARNING', 'config.yaml:5'])
  t.strictSame(row(stdout, 'config_file'), ['config.yaml', 'found there'])
  t.strictSame(row(stdout, 'password'), ['********', 'variable ODOO_PASSWORD_FILE'])
  t.strictSame(row(stdout, 'access_keys'), ['********', 'variable MCP_API_KEY'])
  t.strictSame(row(stdout, 'write_timeout'), ['120', 'default'])
  t.match(stdout, /^Answers to the host names localhost, .*app\.onrender\.com$/m)
  for (const name of settingNames) t.ok(row(stdout, name), name)
  for (const secret of Object.values(secrets)) t.notOk(stdout.includes(secret))
  t.strictSame(asked, [], 'nobody was asked anything')
})

t.test('config tells every problem at once, where it is, and still shows the rest', async t => {
  const cwd = folder(t, {
    'x.yaml': `port: "80"\nodoo_url: "https://ada:${secrets.url}@erp?key=${secrets.key}"\nprot: 1\n`
  })
  const env = { ODOO_PASSWORD: secrets.password, RETRIES: 'many' }
  const { code, stdout, stderr } = await run(['config', '--config=x.yaml', '--docs=perhaps', '--json'], env, cwd)
  t.equal(code, 2)
  const { settings, problems } = JSON.parse(stdout)
  t.match(settings.odoo_url, { value: 'https://********@erp?********', source: 'x.yaml:2' })
  t.match(problems.join('\n'), /^x\.yaml:1: port: expected a number, without quotes/m)
  const text = await run(['config', '--config=x.yaml', '--docs=perhaps'], env, cwd)
  t.match(text, { code: 2, stdout: /^ {2}retries +many +variable RETRIES$/m })
  for (const problem of [
    /^Problems:$/m,
    /^ {2}x\.yaml:1: port: expected a number, without quotes/m,
    /^ {2}x\.yaml:2: odoo_url: carries a user/m,
    /^ {2}x\.yaml:3: prot: unknown key; did you mean port\?$/m,
    /^ {2}RETRIES: expected an integer from 0 to 20 \(given: "many"\)$/m,
    /^ {2}--docs: expected true or false \(given: "perhaps"\)$/m
  ])
    t.match(text.stderr, problem)
  for (const secret of Object.values(secrets)) t.notOk((stdout + stderr + text.stdout + text.stderr).includes(secret))
})

t.test('a file of settings that is named and missing ends every command', async t => {
  for (const command of ['serve', 'stdio', 'doctor', 'config']) {
    const { code, stderr } = await run([command, '--config', 'nope.yaml'], {}, folder(t, {}))
    t.equal(code, 2, command)
    t.match(stderr, '--config: "nope.yaml" cannot be read, it does not exist')
  }
})

/** Starts what the folder says, and waits until it listens. */
async function listening(t: Test, cwd: string, env: Record<string, string>) {
  const server = start([], { PORT: '0', ...env }, cwd)
  t.teardown(async () => {
    server.child.kill('SIGKILL')
    await server.ended
  })
  const [, url = ''] = await until('it says where it listens', () => {
    if (server.child.exitCode !== null) throw new Error(`It ended: ${server.stderr()}`)
    return /listens on (\S+)\n/.exec(server.stderr())
  })
  return { ...server, url }
}

/** The status of a page, asked for under a host name. */
function statusAs(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, answer => resolve(answer.resume().statusCode))
    asked.on('error', reject).end()
  })
}

t.test("an early server's file starts it as it stands, and its log goes where it says", async t => {
  const cwd = folder(t, {
    'logs/keep': '',
    'config/config.yaml': `
connection_type: sse
host: localhost
odoo_url: http://127.0.0.1:9
database: prod
username: ada
password: the password
requests_per_minute: 120
logging:
  level: INFO
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
  handlers:
    - type: StreamHandler
      level: ERROR
    - type: FileHandler
      filename: logs/server.log
      level: INFO
`
  })
  const { child, url, ended } = await listening(t, cwd, {})
  t.equal((await fetch(`${url}/health`)).status, 200)
  child.kill('SIGTERM')
  t.match(await ended, { code: 0, stdout: '' })
  const log = readFileSync(join(cwd, 'logs/server.log'), 'utf8')
  t.match(log, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - odoo-mcp - INFO - stopping/m)
})

t.test('a log file whose folder is missing ends the start, and the message names path and uid', async t => {
  const cwd = folder(t, { 'config.yaml': 'logging: {handlers: [{type: FileHandler, filename: nope/x.log}]}' })
  const { code, stderr } = await run(['serve'], {}, cwd)
  t.equal(code, 2)
  t.match(
    stderr,
    `config.yaml:1: logging.handlers: "nope/x.log" cannot be written by uid ${process.getuid?.()}, its folder does not exist`
  )
})

t.test('with the variables of Render the server answers under the name that Render gives it', async t => {
  const cwd = folder(t, {})
  const env = { CONNECTION_TYPE: 'http' }
  const plain = await listening(t, cwd, env)
  const render = await listening(t, cwd, { ...env, RENDER_EXTERNAL_HOSTNAME: 'app.onrender.com' })
  t.equal(await statusAs('app.onrender.com', `${render.url}/openapi.json`), 200)
  t.equal(await statusAs('other.onrender.com', `${render.url}/openapi.json`), 403)
  t.equal(
    await statusAs('app.onrender.com', `${plain.url}/openapi.json`),
    403,
    'control: without the variable it does not'
  )
})
