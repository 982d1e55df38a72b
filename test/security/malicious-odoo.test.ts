import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Json } from '../../src/core/json.js'
import { startServer } from '../contract/server.js'
import { rest, type Surface } from '../contract/surfaces.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'
import { type EvilOdoo, startEvilOdoo } from './evil-odoo.js'

// Callers choose their Odoo, so one of them may bring a server that is made to do harm: to us, or to the other callers.

/** Two callers of one server: Mallory, whose Odoo lies, and Ada, whose Odoo is an honest one. */
async function world(t: Test) {
  const odoo = await sandboxAs(19)
  const evil = await startEvilOdoo(t, odoo.url)
  const server = await startServer({ 'allowed-odoo-hosts': '127.0.0.1', 'max-response-bytes': '1000000', retries: '0' })
  t.teardown(() => server.close())
  const { database, username, password } = odoo
  const open = async (url: string) => {
    const input = { url, database, username, password, protocol: 'jsonrpc' }
    const { output } = await rest(server.url).call('odoo_connect', input)
    return rest(server.url, { bearer: output?.session as string })
  }
  return { odoo, evil, server, mallory: await open(evil.url), ada: await open(odoo.url) }
}

/** What may be said of an answer that is none; its caller brought that Odoo. */
const known: ReadonlySet<string> = new Set(['odoo_error', 'odoo_unavailable', 'invalid_input', 'internal'])

const search = { model: 'res.partner', fields: ['name'], limit: 1 }

/** Answers of every shape but the one that was asked for. */
const nested = '['.repeat(100_000) + ']'.repeat(100_000)
const answers: [what: string, body: string][] = [
  ['a list a hundred thousand deep', nested],
  ['an object a hundred thousand deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['more than is read', `"${'x'.repeat(2_000_000)}"`],
  ['a prototype', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
  ['rows with a prototype', '[{"id":1,"name":"x","__proto__":{"polluted":true}}]'],
  ['a number', '7'],
  ['null', 'null'],
  ['rows that are none', '[1,"x",null,[[]]]'],
  ['ids that are none', '[{"id":"1; DROP TABLE","name":{}}]']
]

t.test('whatever an Odoo answers, its caller gets an answer, and the others do not notice', async t => {
  const { evil, mallory, ada } = await world(t)
  t.match(await mallory.call('odoo_search', search), { output: { count: 1 } }, 'control: it passes for an Odoo')
  for (const [what, body] of answers) {
    const sent = evil.requests
    evil.lie = ({ method }) => (isRead(method) ? response => sendResult(response, body) : undefined)
    const { output, problem } = await mallory.call('odoo_search', search)
    t.ok(evil.requests > sent, `${what} was sent`)
    t.ok(output !== undefined || known.has(problem.code), `${what}: ${problem?.code}`)
    t.equal(({} as { polluted?: boolean }).polluted, undefined, `${what} pollutes nothing`)
    t.match(await ada.call('odoo_search', search), { output: { count: 1 } }, `${what}: the next caller is served`)
  }
})

t.test('what one Odoo says is not told to the callers of another', async t => {
  const { odoo, evil, mallory, ada } = await world(t)
  const marker = `marker ${randomUUID()}`
  evil.lie = ({ method }) => {
    if (method === 'fields_get') return { result: { [marker]: fieldOf(marker), name: fieldOf(marker) } }
    if (method === 'get_available_models') return { result: [{ model: marker, display_name: marker }] }
    return undefined
  }
  // Same database, user and model by name: only the address tells them apart.
  const ask = async (who: Surface) =>
    JSON.stringify([
      await who.call('odoo_get_fields', { model: 'res.partner' }),
      await who.call('odoo_get_models', { filter: 'marker' }),
      await who.call('odoo_search', { model: 'res.partner', fields: [marker] })
    ])
  t.match(await ask(mallory), marker, 'control: who asks that Odoo is told')
  const told = await ada.call('odoo_get_fields', { model: 'res.partner' })
  t.notMatch(JSON.stringify(told), marker)
  const direct = await (await logInDirectly(odoo)).call<object>('res.partner', 'fields_get', [[], ['type']])
  t.ok(Object.keys(direct).length > 20)
})

t.test('an Odoo that repeats the password in its errors does not get it into an answer or the log', async t => {
  const { odoo, evil, server } = await world(t)
  const login = `echo-${randomUUID()}`
  const secret = `pw-${randomUUID()}`
  const admin = await logInDirectly(odoo)
  const user = await admin.call<number>('res.users', 'create', [{ name: login, login, password: secret }])
  t.ok(user > 0)
  const input = { url: evil.url, database: odoo.database, username: login, password: secret, protocol: 'jsonrpc' }
  const { output } = await rest(server.url).call('odoo_connect', input)
  const session = rest(server.url, { bearer: output?.session as string })
  let echoed = 0
  for (const name of ['odoo.exceptions.UserError', 'odoo.exceptions.AccessError', 'builtins.ValueError', 'x.Y']) {
    evil.lie = ({ method }) => {
      if (!isRead(method)) return undefined
      echoed += 1
      return { exception: { name, message: `wrong password ${secret} in the query` } }
    }
    const { problem } = await session.call('odoo_search', search)
    t.match(problem, { code: String, detail: /wrong password/ }, `control: ${name} is told`)
    t.notMatch(JSON.stringify(problem), secret, name)
  }
  t.ok(echoed >= 4, 'control: Odoo did repeat it')
  t.notMatch(JSON.stringify(server.log), secret)
})

function isRead(method: string | undefined): boolean {
  return method === 'search_read' || method === 'web_search_read' || method === 'search'
}

function sendResult(
  response: Parameters<Extract<ReturnType<EvilOdoo['lie']>, (...args: never[]) => void>>[0],
  body: string
) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"jsonrpc":"2.0","id":1,"result":${body}}`)
}

function fieldOf(string: string): Json {
  return { type: 'char', string, store: true, searchable: true, sortable: true, required: false, readonly: false }
}
