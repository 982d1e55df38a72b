import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import { jsonrpc } from '../../src/odoo/wires/jsonrpc.js'
import type { Wire, WireCall, WireReply } from '../../src/odoo/wires/wire.js'
import { xmlrpc } from '../../src/odoo/wires/xmlrpc.js'
import { recordings } from './recorded.js'
import { xmlrpcRecordings } from './recorded-xmlrpc.js'

const cannotCarry = 'ok: null (Odoo did this, but XML-RPC cannot carry its answer)'

/** Where XML-RPC tells less than JSON-RPC, by version and case, and what it comes to. */
const differences: Record<string, string> = {
  '14 context_get': cannotCarry,
  '14 m_activity_schedule': cannotCarry,
  // Whether None was all of the answer stands in the frames of the traceback, which the recordings have lost.
  '14 empty_ids_action_archive': cannotCarry,
  '14 method_returning_none': cannotCarry,
  '19 empty_ids_action_archive': cannotCarry,
  '19 method_returning_none': cannotCarry,
  '19 attachment_raw_not_utf8':
    "odoo_error: UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 6: invalid start byte not_applied ",
  // A constraint with a sentence of its own could be any constraint.
  '19 unique_constraint':
    'validation: The operation cannot be completed: The currency code must be unique! not_applied ',
  '19 unique_login':
    'validation: The operation cannot be completed: You can not have two users with the same login! not_applied ',
  // Of two calls at a time, here the other one had to wait.
  '14 lock_not_available_after_retries':
    'conflict: The records are being changed by somebody else. not_applied Another call changes the same records: send it again.'
}

for (const version of ['14', '19']) {
  t.test(`what Odoo ${version} answered over XML-RPC means what it means over JSON-RPC`, async t => {
    const overJson = new Map(
      recordings()
        .filter(({ version: of }) => of === version)
        .map(recorded => [recorded.name, recorded])
    )
    let compared = 0
    for (const { name, call, reply } of xmlrpcRecordings(version)) {
      const twin = overJson.get(name)
      if (call === undefined || twin === undefined || twin.request.path !== '/jsonrpc') continue
      const over = await meaning(xmlrpc, call, reply)
      const expected = differences[`${version} ${name}`] ?? (await meaning(jsonrpc, call, twin.reply))
      t.equal(over, expected, name)
      compared++
    }
    t.ok(compared > 90, `${compared} cases`)
  })
}

/** The code and text of the error, or the type of the result: the values are of other days and other records. */
async function meaning(wire: Wire, call: WireCall, reply: WireReply): Promise<string> {
  try {
    const { result, warning } = await wire.decode(call, reply, 'http://odoo')
    return `ok: ${shape(result)}${warning === undefined ? '' : ` (${warning.split(':')[0]})`}`
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return `${error.code}: ${error.detail} ${error.extra.outcome} ${error.extra.hint ?? ''}`
  }
}

function shape(result: unknown): string {
  if (Array.isArray(result)) return 'list'
  return result === null ? 'null' : typeof result
}
