import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { connectionOf, curlIn, paste, run, serve } from './cli.js'

const nowhere = { ODOO_URL: 'http://127.0.0.1:9', ODOO_DATABASE: 'x', ODOO_USERNAME: 'x', ODOO_API_KEY: 'x' }

for (const odoo of await odoos()) {
  t.test(`${odoo.name}: serve prints a curl line that works when pasted`, async t => {
    const { url, stderr } = await serve(t, [], connectionOf(odoo))
    t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
    t.match(await paste(curlIn(stderr())), { status: 'success', records: [{ id: Number, name: String }] })
    t.notOk(stderr().includes(odoo.api_key ?? odoo.password))
  })

  for (const name of ['', 'ada=']) {
    t.test(`${odoo.name}: so it is with an access key ${name && 'that has a name'}`, async t => {
      const secret = `${randomBytes(24).toString('base64url')}==`
      const env = { MCP_API_KEY: name + secret }
      const { stderr } = await serve(t, [], { ...connectionOf(odoo), ...env })
      const line = curlIn(stderr())
      t.match(await paste(line, env), { status: 'success' })
      t.match(await paste(line), { code: 'auth_required' }, 'control: the line itself holds no key')
      t.notOk(stderr().includes(secret))
    })
  }
}
if ((await odoos()).length === 0) t.pass('the curl line', { skip: noOdoo })

t.test('serve without an Odoo prints how to log in to one', async t => {
  const { url, stderr } = await serve(t)
  const line = curlIn(stderr()).replace('https://erp.example.com', 'http://127.0.0.1:9')
  t.match(await paste(line), { code: 'odoo_unavailable' }, 'the line is whole, only its Odoo is an example')
  t.match(stderr(), `${url}/mcp`)
  t.match(await (await fetch(`${url}/docs`)).text(), /swagger/i)
})

t.test('serve beyond this machine needs an access key', async t => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    const { code, stdout, stderr } = await run(['serve', '--port=0', `--host=${host}`], nowhere)
    t.equal(code, 2)
    t.match(stderr, `--host: ${host} can be reached from outside, and no access key is set; expected access_keys`)
    t.equal(stdout, '')
  }
  const key = randomBytes(24).toString('hex')
  const control = await serve(t, ['--host=0.0.0.0'], { ...nowhere, MCP_API_KEY: key })
  t.match(control.stderr(), /listens on/, 'control: with a key it starts')
  t.notOk(control.stderr().includes(key))
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`serve stops on ${signal} with exit code 0, though clients hold connections`, async t => {
    const { url, child, ended, stderr } = await serve(t, ['--log-format=json'], nowhere)
    // One that never asks anything, and one that has asked and may ask again.
    const port = Number(new URL(url).port)
    const [silent, idle] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
    t.teardown(() => [silent, idle].map(socket => socket.destroy()))
    idle.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await Promise.all([once(silent, 'connect'), once(idle, 'data')])
    child.kill(signal)
    t.match(await ended, { code: 0, stdout: '' })
    t.match(stderr(), `"signal":"${signal}"`)
  })
}

t.test('a port that is taken is told in one sentence', async t => {
  const taken = createServer()
  t.teardown(() => taken.close())
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stdout, stderr } = await run(['serve', `--port=${port}`], nowhere)
  t.equal(code, 1)
  t.equal(stdout, '')
  t.equal(stderr, `Port ${port} of 127.0.0.1 is in use: stop what listens there, or choose another with --port.\n`)
})
