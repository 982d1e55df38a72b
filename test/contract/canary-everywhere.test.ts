import t from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { addCanary, assertNoCanary, watchedFetch } from './canary.js'
import { startEchoingOdoo } from './echoing-odoo.js'
import { type Flags, startServer } from './server.js'
import { dialect, mcpHttp, modern, rest, type Surface, stdio } from './surfaces.js'

// An Odoo that repeats the secret of its caller in messages, arguments, tracebacks, headers and redirects. Everything that
// comes back is watched: bodies, headers, frames, stderr of processes. The log is watched at its lowest level, and without
// knowing the secrets by their values: it must be clean before it is washed.

const calls: [tool: string, input: object][] = [
  ['odoo_search', { model: 'res.partner', domain: [['name', '=', 'x']] }],
  ['odoo_create', { model: 'res.partner', values: { name: 'x' } }],
  ['odoo_call', { model: 'res.partner', method: 'action_archive', ids: [1] }]
]

for (const protocol of ['jsonrpc', 'xmlrpc', 'json2'] as const) {
  t.test(`${protocol}: a secret that Odoo repeats reaches nobody, over any surface`, async t => {
    const honest = await sandboxAs(19)
    const secret = honest.api_key as string
    addCanary(secret)
    const odoo = await startEchoingOdoo(honest.url, secret)
    t.teardown(() => odoo.close())
    const flags: Flags = {
      ...{ 'odoo-url': odoo.url, database: honest.database, username: honest.username, 'api-key': secret },
      ...{ protocol, retries: '0', 'allowed-odoo-hosts': new URL(odoo.url).host }
    }
    const server = await startServer(flags)
    const stdioFlags = { ...flags, 'log-level': 'debug', 'log-format': '%(asctime)s %(message)s' }
    const surfaces: Surface[] = [
      rest(server.url),
      dialect(server.url),
      await mcpHttp(server.url, modern),
      await mcpHttp(server.url, 'legacy'),
      await stdio(stdioFlags, modern),
      await stdio(stdioFlags, 'legacy')
    ]
    // While it is honest, so that fields are known and calls get as far as they can.
    for (const surface of surfaces) t.match(await surface.call('odoo_search', calls[0]?.[1]), { output: {} })
    const events = await watchedFetch(`${server.url}/events?uri=odoo://res.partner/1`)
    const stream = events.text()

    for (const echo of ['fault', 'redirect', 'page'] as const) {
      odoo.echo = echo
      for (const surface of surfaces) {
        for (const [tool, input] of calls) {
          const before = odoo.echoed
          const { problem } = await surface.call(tool, input)
          assertNoCanary('a problem', JSON.stringify(problem))
          t.ok(
            problem !== undefined && (odoo.echoed > before || problem.code === 'busy'),
            `${surface.name} ${echo} ${tool}`
          )
        }
      }
      const connect = { url: odoo.url, database: honest.database, username: honest.username, api_key: secret, protocol }
      t.match(await rest(server.url).call('odoo_connect', connect), { problem: { code: String } })
      for (const path of ['/binary/res.partner/image_1920/1', '/metrics', '/', '/health', '/openapi.json']) {
        await (await watchedFetch(server.url + path)).text()
      }
    }
    t.ok(odoo.echoed > 30, 'control: Odoo did repeat it')
    t.ok(
      server.log.some(({ msg }) => msg === 'call to Odoo failed'),
      'control: the log tells of the failures'
    )

    await Promise.all(surfaces.map(surface => surface.close()))
    await t.resolves(server.close(), 'and the log is clean')
    await stream
  })
}

t.test('control: the log of a server that writes down what Odoo said is caught', async t => {
  const secret = `control-${'x'.repeat(24)}`
  addCanary(secret, { isLeaked: true })
  const server = await startServer({})
  await fetch(`${server.url}/count`, { method: 'POST', headers: { 'x-request-id': secret } })
  await t.rejects(server.close(), /a secret of the tests shows in the log/)
})
