import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { everySurface } from './surfaces.js'

/** Listens, records every byte that anybody sends, and answers nothing of use. */
async function startListener() {
  const bytes: Buffer[] = []
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', chunk => {
      bytes.push(chunk)
      socket.end('HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => Buffer.concat(bytes).toString('latin1'),
    connections: () => connections,
    close: () => server.close()
  }
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: a configured secret goes nowhere but to the configured place`, async t => {
    const listener = await startListener()
    t.teardown(listener.close)
    // Any port of this machine may be connected to: only the credential rule stands between.
    const flags = { ...connectionFlags(odoo), 'allow-connect': true, 'allowed-odoo-hosts': '127.0.0.1' }
    const server = await startServer(flags)
    const surfaces = await everySurface(server.url, flags)
    t.teardown(() => Promise.all([...surfaces.map(surface => surface.close()), server.close()]))
    const { database, username } = odoo
    const partial = [
      { url: listener.url },
      { url: listener.url, database },
      { url: listener.url, database, username },
      { url: `${odoo.url}@127.0.0.1:${new URL(listener.url).port}` },
      { url: listener.url, protocol: 'jsonrpc' },
      { database: 'other' },
      { username: 'other' },
      { url: odoo.url, database, username: 'other' }
    ]

    for (const surface of surfaces) {
      for (const input of partial) {
        const { problem } = await surface.call('odoo_connect', input)
        t.equal(problem?.code, 'invalid_input', `${surface.name} ${Object.keys(input)}`)
      }
    }
    t.equal(listener.connections(), 0, 'nobody connected')

    const whole = { url: listener.url, database, username, password: 'the-password-of-the-caller' }
    const rest = await surfaces[0]?.call('odoo_connect', whole)
    t.match(rest?.problem, { code: 'odoo_unavailable' })
    t.match(listener.text(), /POST \/jsonrpc/, 'control: with a credential of its own, a connect does get there')
    t.notOk(listener.text().includes(odoo.api_key ?? odoo.password), 'and does not carry the configured secret')
  })
}
if ((await odoos()).length === 0) t.pass('credentials', { skip: noOdoo })
