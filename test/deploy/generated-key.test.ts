import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { curlIn, paste, run, serve } from '../cli/cli.js'

const nowhere = { ODOO_URL: 'http://127.0.0.1:9', ODOO_DATABASE: 'x', ODOO_USERNAME: 'x', ODOO_API_KEY: 'x' }
const outside = ['--host=0.0.0.0', '--generate-access-key']

t.test('without a key, --generate-access-key makes one and prints it once, in a curl line that works', async t => {
  const { url, stderr } = await serve(t, [...outside, '--sandbox'])
  const line = curlIn(stderr())
  const [, key = 'none'] = /Bearer ([\w-]{43})"/.exec(line) ?? []
  t.match(await paste(line), { status: 'success', records: [{ id: Number }] })
  t.match(await paste(line.replace(key, 'x'.repeat(43))), { code: 'auth_required' }, 'control: it needs that key')
  t.equal(stderr().split(key).length - 1, 1)
  t.match(stderr(), 'No access key is set (MCP_API_KEY), so one was made.')
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/, 'an address that can be pasted, not 0.0.0.0')
})

t.test('it is another one at each start', async t => {
  const lines = [await serve(t, outside, nowhere), await serve(t, outside, nowhere)].map(one => curlIn(one.stderr()))
  const [first, second] = lines.map(line => /Bearer ([\w-]{43})"/.exec(line)?.[1])
  t.ok(first)
  t.not(first, second)
})

t.test('it is in no log, whatever is logged', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'odoo-mcp-'))
  const config = join(folder, 'config.yaml')
  const log = join(folder, 'server.log')
  const handlers = [{ type: 'FileHandler', filename: log, level: 'DEBUG' }]
  await writeFile(config, JSON.stringify({ logging: { level: 'DEBUG', handlers } }))
  const { child, ended, stderr } = await serve(t, [...outside, `--config=${config}`], nowhere)
  const line = curlIn(stderr())
  const [, key = 'none'] = /Bearer ([\w-]{43})"/.exec(line) ?? []
  t.match(await paste(line), { code: 'odoo_unavailable' })
  child.kill('SIGTERM')
  t.match(await ended, { code: 0 })
  const logged = await readFile(log, 'utf8')
  t.match(logged, /odoo_search/, 'control: the call is in the log')
  t.notOk(logged.includes(key))
  t.equal(stderr().split(key).length - 1, 1)
})

t.test('a key that is set is used, and none is made or shown', async t => {
  const key = 'k'.repeat(40)
  for (const MCP_API_KEY of [key, `generated=${key}`]) {
    const { stderr } = await serve(t, outside, { ...nowhere, MCP_API_KEY })
    t.notOk(stderr().includes(key))
    t.notMatch(stderr(), /Bearer [\w-]{43}"|was made/)
    t.match(await paste(curlIn(stderr()), { MCP_API_KEY }), { code: 'odoo_unavailable' })
  }
})

t.test('a key that is set wrongly is a problem, and none is made in its place', async t => {
  const { code, stdout, stderr } = await run(['serve', '--port=0', ...outside], { ...nowhere, MCP_API_KEY: 'short' })
  t.match({ code, stdout }, { code: 2, stdout: '' })
  t.match(stderr, /MCP_API_KEY: key 1 is too short/)
  const file = await run(['serve', '--port=0', ...outside], { ...nowhere, MCP_API_KEY_FILE: '/dev/null' })
  t.equal(file.code, 2)
  t.match(file.stderr, /MCP_API_KEY_FILE/)
})

t.test('other commands have no such flag', async t => {
  for (const command of [['stdio'], ['doctor'], []]) {
    const { code, stderr } = await run([...command, '--generate-access-key'], nowhere)
    t.equal(code, 2)
    t.match(stderr, '--generate-access-key: given without the command serve; expected both, or neither')
  }
})
