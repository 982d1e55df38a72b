import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import { jsonrpc } from '../../src/odoo/wires/jsonrpc.js'
import type { Wire, WireCall, WireReply, WireRequest } from '../../src/odoo/wires/wire.js'
import { xmlrpc } from '../../src/odoo/wires/xmlrpc.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type People, people } from '../lab/people.js'
import { witnesses } from '../lab/witnesses.js'
import { callOf, type Recorded, recordings } from '../odoo/recorded.js'

/** What needs a state of the database that a replay does not have, or would really do something. */
const needState = new Set([
  'user_error_confirm_cancelled',
  'invoice_wizard',
  'lock_error',
  'lock_not_available_after_retries',
  'fk_restrict_unlink',
  // They fail on attachments whose content is not text, which other databases need not have.
  'attachment_raw_not_utf8',
  'attachment_read_all_fields_html_500'
])

/** About a model that the sandbox has not. */
const notInSandbox = new Set(['report_render_qweb_pdf'])

/** Who a recorded login stands for now. Wrong logins are not sent: Odoo 14 blocks an address after ten. */
function loginOf({ request }: Recorded, { admin, adminPassword, portal, sales }: People & { adminPassword: string }) {
  const args = (request.body as { params?: { args?: Json[] } }).params?.args ?? []
  const logins: Record<string, [number, string]> = {
    admin: [admin.uid, adminPassword],
    '<api-key-portal>': [portal.uid, portal.password],
    '<api-key-internal>': [sales.uid, sales.password]
  }
  return args[0] === 'lab' && Object.hasOwn(logins, String(args[2])) ? logins[String(args[2])] : undefined
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name} still fails as it was recorded to fail`, async t => {
    const everybody = { ...(await people(odoo)), adminPassword: odoo.password }
    const failing = recordings().filter(
      ({ version, name, category, request }) =>
        version === odoo.version &&
        category !== 'ok' &&
        request.path === '/jsonrpc' &&
        !needState.has(name) &&
        !(odoo.name.startsWith('sandbox') && notInSandbox.has(name)) &&
        !name.startsWith('auth_')
    )
    const replayed: string[] = []
    for (const recorded of failing) {
      const login = loginOf(recorded, everybody)
      if (login === undefined) continue
      const reply = await replay(odoo, recorded.request.body as JsonObject, login)
      const code = await codeOf(recorded, recorded.reply)
      t.equal(await codeOf(recorded, reply), code, recorded.name)
      replayed.push(recorded.name)
      const call = xmlrpcCall(odoo, recorded, login)
      if (call === undefined) continue
      const told = odoo.version === '19' && sayLess.has(recorded.name) ? 'validation' : code
      t.equal(await meaning(xmlrpc, call, await send(odoo.url, xmlrpc.encode(call))), told, `${recorded.name}, XML-RPC`)
    }
    // Only versions of which there are recordings can be held to them.
    t.ok(replayed.length > 40 || failing.length === 0, `${replayed.length} of ${failing.length} were replayed`)
  })
}
if ((await odoos()).length === 0) t.pass('recorded failures', { skip: noOdoo })

/** Constraints with a sentence of their own: over XML-RPC, which has no more than that, they could be of any kind. */
const sayLess = new Set(['unique_constraint', 'unique_login'])

/** What was recorded over JSON-RPC, as a call of the same user over XML-RPC; undefined where we never send the like. */
function xmlrpcCall(odoo: LabOdoo, recorded: Recorded, [uid, secret]: [number, string]): WireCall | undefined {
  const call = callOf(recorded)
  const { params } = recorded.request.body as { params: { service: string; method: string; args: Json[] } }
  const ours = params.service === 'object' && params.method === 'execute_kw' && params.args.length >= 6
  if (!ours || call.kind !== 'execute') return undefined
  return { ...call, database: odoo.database, uid, secret }
}

async function send(url: string, { path, method, headers, body }: WireRequest): Promise<WireReply> {
  const response = await fetch(url + path, { method, headers, body })
  return { status: response.status, headers: {}, text: await response.text(), complete: true }
}

/** Sends what was recorded, as the same kind of user, to the database that is there now. */
async function replay(
  { url, database }: { url: string; database: string },
  body: JsonObject,
  [uid, secret]: [number, string]
): Promise<WireReply> {
  const params = body.params as { args: Json[] }
  const args = [database, uid, secret, ...params.args.slice(3)]
  const response = await fetch(`${url}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, params: { ...params, args } })
  })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
    complete: true
  }
}

/** The code under which a reply over JSON-RPC reaches a caller, `ok` for none. */
function codeOf(recorded: Recorded, reply: WireReply): Promise<string> {
  return meaning(jsonrpc, callOf(recorded), reply)
}

async function meaning(wire: Wire, call: WireCall, reply: WireReply): Promise<string> {
  try {
    await wire.decode(call, reply, 'http://odoo')
    return 'ok'
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error)
  }
}
