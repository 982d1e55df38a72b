import t from 'tap'
import { until } from '../contract/until.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { connectionOf, run, start } from './cli.js'

const initialize = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
}
const call = (id: number, name: string, input: object) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: input }
})

for (const odoo of await odoos()) {
  t.test(`${odoo.name}: stdio writes nothing but frames to stdout, whatever it logs`, async t => {
    const { child, stdout, ended } = start(['stdio', '--log-level=debug'], connectionOf(odoo))
    const say = (line: string) => child.stdin.write(`${line}\n`)
    const tell = (message: object) => say(JSON.stringify({ jsonrpc: '2.0', ...message }))
    tell(initialize)
    await until('it is initialised', () => stdout().includes('"id":1'))
    tell({ method: 'notifications/initialized' })
    tell({ id: 2, method: 'tools/list' })
    tell(call(3, 'odoo_count', { model: 'res.partner' }))
    tell(call(4, 'odoo_count', { model: 'no.such.model' }))
    tell(call(5, 'odoo_write', { model: 'res.partner', ids: [2147483647], values: { nope: 1 } }))
    tell({ id: 6, method: 'no/such/method' })
    say('this is not JSON')
    const answered = () => [2, 3, 4, 5, 6].every(id => stdout().includes(`"id":${id}`))
    await until('it has answered everything', answered)
    child.stdin.end()
    const { code, stderr } = await ended
    t.equal(code, 0)
    const lines = stdout().trimEnd().split('\n')
    for (const line of lines) t.match(JSON.parse(line), { jsonrpc: '2.0' })
    const answers = lines.map(line => JSON.parse(line))
    t.match(
      answers.find(({ id }) => id === 3),
      { result: { structuredContent: { count: Number } } }
    )
    t.match(
      answers.find(({ id }) => id === 4),
      { result: { isError: true } }
    )
    t.match(stderr, /"level":20/, 'control: it did log, at level debug')
    for (const line of stderr.trimEnd().split('\n')) t.match(JSON.parse(line), { level: Number }, 'stderr is the log')
  })

  t.test(`${odoo.name}: stdio ends when its client does, also in the middle of a call`, async t => {
    const { child, ended } = start(['stdio'], connectionOf(odoo))
    for (const message of [initialize, call(2, 'odoo_search', { model: 'res.partner' })]) {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    }
    child.stdin.end()
    t.match(await ended, { code: 0 })
  })
}
if ((await odoos()).length === 0) t.pass('stdio with a real Odoo', { skip: noOdoo })

t.test('stdio ends with exit code 0 when stdin ends before anything was said', async t => {
  t.match(await run(['stdio']), { code: 0, stdout: '' })
  t.match(await run([]), { code: 0, stdout: '' }, 'it is the command when none is named')
})

t.test('stdio with wrong settings writes nothing at all to stdout', async t => {
  for (const args of [['--odoo-url=nonsense'], ['--nonsense'], ['--log-level=loud'], ['--ca-file=/no/such/file']]) {
    const { code, stdout, stderr } = await run(['stdio', '--log-level=debug', ...args])
    t.match({ code, stdout }, { code: 2, stdout: '' }, args.join(' '))
    t.match(stderr, /^The settings have/)
  }
})
