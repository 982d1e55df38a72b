import { readFileSync } from 'node:fs'
import t from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { fromResult, mcpHttp, modern } from './surfaces.js'

const trace = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${trace}-b7ad6b7169203331-01`

/** The fields that docs/observability.md promises, of a call and of an audit. */
const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8')
const [ofCall = '', ofAudit = ''] = page.split('| Field of `audit` |')
const namesIn = (text: string) =>
  new Set([...text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g)))
const promised = { call: namesIn(ofCall), audit: namesIn(ofAudit.split('## Metrics')[0] ?? '') }

t.test('who did what is in the log, over every surface, under the same names', async t => {
  const odoo = await sandboxAs(19)
  const server = await startServer(connectionFlags(odoo))
  t.teardown(() => server.close())
  const lines = (msg: string) => server.log.filter(line => line.msg === msg)

  const headers = { 'content-type': 'application/json', 'x-request-id': 'from-rest', traceparent }
  const values = { name: 'Hush Value', comment: 'Hush Value' }
  const body = JSON.stringify({ model: 'res.partner', values })
  const created = (await (await fetch(`${server.url}/create`, { method: 'POST', headers, body })).json()) as {
    id: number
  }
  const who = { request_id: 'from-rest', trace_id: trace, session: 'default', principal: 'local', surface: 'rest' }
  t.match(lines('call'), [{ ...who, tool: 'odoo_create', model: 'res.partner', wire: 'jsonrpc', outcome: 'ok' }])
  t.match(lines('write'), [
    {
      audit: {
        ...who,
        ...{ odoo: odoo.url, database: odoo.database, uid: odoo.uid, login: odoo.username },
        ...{ tool: 'odoo_create', model: 'res.partner', fields: ['name', 'comment'], created: [created.id] },
        outcome: 'applied'
      }
    }
  ])
  t.match(lines('request'), [{ request_id: 'from-rest', trace_id: trace, route: '/create', status: 200 }])

  for (const era of ['legacy', modern] as const) {
    const before = lines('call').length
    const { client, close } = await mcpHttp(server.url, era)
    const input = { model: 'res.partner', method: 'write', ids: [created.id], args: [{ name: 'Hush Value' }] }
    const result = await client.callTool({ name: 'odoo_execute_kw', arguments: input, _meta: { traceparent } })
    t.ok(fromResult(result).output)
    const told = (result._meta as Record<string, unknown>)['odoo-mcp/requestId']
    const line = { request_id: told, trace_id: trace, session: 'default', principal: 'local', surface: 'mcp' }
    t.match(lines('call').slice(before), [{ ...line, tool: 'odoo_call', model: 'res.partner', method: 'write' }])
    t.match(lines('write').at(-1), { audit: { ...line, method: 'write', ids: [created.id], fields: ['name'] } })
    await close()
  }

  t.notMatch(JSON.stringify(server.log), /Hush Value/, 'no value is written down')
  const known = new Set([...promised.call, 'level', 'time', 'msg'])
  for (const line of lines('call'))
    t.strictSame(
      Object.keys(line).filter(name => !known.has(name)),
      [],
      'all is documented'
    )
  for (const { audit } of lines('write'))
    t.strictSame(
      Object.keys(audit as object).filter(name => !promised.audit.has(name)),
      []
    )
})
