import t from 'tap'
import type { Json, JsonObject } from '../../src/sandbox/json.js'
import { post, sandboxFor } from './clients.js'

for (const version of [14, 17, 19] as const) {
  t.test(`as ${version}, a session lasts from authenticate to destroy, by its cookie`, async t => {
    const sandbox = await sandboxFor(t, { version })
    let cookie = ''
    const call = async (path: string, params: JsonObject) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 3, params })
      const headers = { 'content-type': 'application/json', cookie }
      const answer = await post(sandbox.url + path, body, { headers })
      cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie
      return JSON.parse(answer.text)
    }
    const logIn = (password: Json) => call('/web/session/authenticate', { db: 'sandbox', login: 'sales', password })
    const read = { model: 'res.users', method: 'read', args: [[3], ['login']], kwargs: {} }
    const expired = { error: { code: 100, data: { name: 'odoo.http.SessionExpiredException' } } }
    const denied = { error: { data: { name: 'odoo.exceptions.AccessDenied' } } }

    t.match(await call('/web/dataset/call_kw', read), { id: version === 14 ? 3 : null, ...expired })
    t.match(await logIn('wrong'), denied)
    t.match(await logIn(sandbox.users.sales.apiKey), denied)
    t.equal(cookie, '')
    const info = { uid: 3, is_system: false, is_admin: false, username: 'sales', db: 'sandbox' }
    t.match(await logIn('sales'), { id: 3, result: { ...info, server_version: `${version}.0` } })
    t.match(cookie, /^session_id=/)
    t.match(await call('/web/session/get_session_info', {}), { result: info })
    t.strictSame((await call('/web/dataset/call_kw', read)).result, [{ id: 3, login: 'sales' }])
    t.strictSame((await call('/web/dataset/call_kw/res.users/read', read)).result, [{ id: 3, login: 'sales' }])
    t.strictSame((await call('/web/dataset/call_button', read)).result, false)
    t.strictSame(await call('/web/session/check', {}), { jsonrpc: '2.0', id: 3 })
    t.equal(sandbox.counts.calls({ wire: 'web', model: 'res.users', method: 'read' }), 4)
    const old = cookie
    t.strictSame(await call('/web/session/destroy', {}), { jsonrpc: '2.0', id: 3 })
    cookie = old
    t.match(await call('/web/dataset/call_kw', read), expired)
  })
}
