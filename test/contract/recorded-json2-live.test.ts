import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import { json2 } from '../../src/odoo/wires/json2.js'
import type { WireCall, WireReply } from '../../src/odoo/wires/wire.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { json2Recordings, type RecordedJson2 } from '../odoo/recorded-json2.js'

/** What needs a state of the database, or a user, that a replay does not have. */
const needState = new Set([
  'user_error_confirm_cancelled',
  'lock_error',
  'lock_not_available_after_retries',
  'fk_restrict_unlink',
  'attachment_raw_not_utf8',
  'doc_bearer_index_denied',
  // A GET with a body, which no client of ours can send.
  'get_verb'
])

for (const odoo of await witnesses()) {
  if (odoo.version !== '19' || odoo.api_key === undefined) continue
  t.test(`${odoo.name} still fails over JSON-2 as it was recorded to fail`, async t => {
    let replayed = 0
    for (const recorded of json2Recordings()) {
      const { name, request, reply } = recorded
      // The keys of other users are not at hand; reads that went well name records of another database.
      const isAdmin = [undefined, 'bearer <api-key>'].includes(request.headers.Authorization)
      if (reply.status === 200 || needState.has(name) || !isAdmin) continue
      t.equal(meaning(recorded.call, await replay(odoo, recorded)), meaning(recorded.call, reply), name)
      replayed++
    }
    t.ok(replayed > 45, `${replayed} were replayed`)
  })
}
if ((await odoos()).length === 0) t.pass('recorded failures over JSON-2', { skip: noOdoo })

/** Sends what was recorded, with the key of the administrator and to the database that are there now. */
async function replay(odoo: LabOdoo, { name, request }: RecordedJson2): Promise<WireReply> {
  const { method, path, body } = request
  const headers = { ...request.headers }
  // Wrong keys are recorded with the same word in their place as good ones.
  const key = name.startsWith('auth_') && name !== 'auth_ok' ? 'no-such-key' : odoo.api_key
  if (headers.Authorization !== undefined) headers.Authorization = `bearer ${key}`
  if (headers['X-Odoo-Database'] === 'lab') headers['X-Odoo-Database'] = odoo.database
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(odoo.url + path, { method, headers, ...(body !== undefined && { body: sent }) })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
    complete: true
  }
}

/** The code and outcome under which a reply reaches a caller, `ok` for none. */
function meaning(call: WireCall, reply: WireReply): string {
  try {
    json2.decode(call, reply, 'http://odoo')
    return 'ok'
  } catch (error) {
    return error instanceof GatewayError ? `${error.code} ${error.extra.outcome}` : String(error)
  }
}
