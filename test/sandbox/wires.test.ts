import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { recordings } from '../odoo/recorded.js'
import { comparable } from './comparable.js'

interface Exchange {
  name: string
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown }
  response: { status: number; headers: Record<string, string>; body: unknown }
}

/** Recorded over JSON-RPC, and answered by the wire or the services alone. */
const jsonrpcCases = [
  'auth_empty_password',
  'auth_null_password',
  'auth_uid_false',
  'auth_uid_string_login',
  'auth_unknown_login',
  'auth_unknown_uid',
  'auth_wrong_api_key_execute',
  'auth_wrong_password_authenticate',
  'auth_wrong_password_execute',
  'bad_json',
  'batch_array',
  'call_kw_no_session',
  'common_about',
  'common_authenticate',
  'common_authenticate_api_key',
  'common_login',
  'common_unknown',
  'common_version',
  'context_get',
  'database_list',
  'db_list',
  'db_server_version',
  'execute_kw_no_args',
  'execute_missing_args',
  'get_web_health',
  'get_web_version',
  'object_unknown_method',
  'private_method',
  'read_missing',
  'session_authenticate_api_key_refused',
  'unknown_method',
  'unknown_model',
  'unknown_service',
  'unlink_missing',
  'version_info',
  'wrong_database_authenticate',
  'wrong_database_execute'
]

for (const version of [14, 19] as const) {
  t.test(`as ${version}`, async t => {
    const sandbox = await startSandbox({ version })
    t.teardown(() => sandbox.close())
    const over = (wire: string, exchanges: Exchange[]) =>
      t.test(`${wire} answers ${exchanges.length} recorded requests as Odoo did`, async t => {
        t.ok(exchanges.length > 20)
        for (const exchange of exchanges) t.strictSame(await send(sandbox, exchange), expected(exchange), exchange.name)
      })
    await over('JSON-RPC', recordedJsonrpc(version))
    await over('XML-RPC', recorded(version, 'xmlrpc'))
    if (version === 19) await over('JSON-2', recorded(19, 'json2'))
  })
}

function recordedJsonrpc(version: number): Exchange[] {
  return recordings()
    .filter(recording => recording.version === String(version) && jsonrpcCases.includes(recording.name))
    .map(({ name, request, reply: { status, headers, text } }) => ({
      name,
      request: request as Exchange['request'],
      response: { status, headers: headers as Record<string, string>, body: text }
    }))
}

function recorded(version: number, wire: string): Exchange[] {
  const folder = new URL(`../fixtures/odoo/wires/${version}/${wire}/`, import.meta.url)
  return readdirSync(folder).map(file => {
    const { case: name, request, response } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    return { name, request, response }
  })
}

/** The same request to the sandbox, whose database and keys have other names. */
async function send(sandbox: Sandbox, { name, request }: Exchange) {
  const { body } = request
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const ours = (value: string) =>
    value
      .replaceAll('"lab"', '"sandbox"')
      .replaceAll('>lab<', '>sandbox<')
      .replace(/^lab$/, 'sandbox')
      .replaceAll('<api-key>', name.includes('wrong_api_key') ? 'nobody' : sandbox.users.admin.apiKey)
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, ours(value)])
  const response = await fetch(sandbox.url + request.path, {
    method: request.method,
    headers,
    ...(request.method !== 'GET' && text !== undefined && { body: ours(text) })
  })
  return comparable(response.status, Object.fromEntries(response.headers), await response.text())
}

function expected({ response }: Exchange) {
  const { status, headers, body } = response
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return comparable(status, headers, text)
}
