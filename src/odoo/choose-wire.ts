import { GatewayError } from '../core/errors.js'
import type { CallScope, Credential, Protocol } from '../core/ports/odoo.js'
import { isClosedPath } from './faults/http-faults.js'
import { unavailable } from './faults/unavailable.js'
import type { Rpc } from './rpc.js'
import { capabilitiesOf, type OdooVersion, parseVersion } from './versions.js'

/** The wire of a login, and the Odoo that has answered. */
export interface ChosenWire {
  protocol: Protocol
  rpc: Rpc
  version: OdooVersion
}

/** Odoo's version, and the wire over which it said it. */
interface Answer {
  protocol: Protocol
  version: OdooVersion
}

/**
 * Chooses the wire of a login, once and for good, by asking for the version, which takes no secret. `auto` is JSON-2
 * with an API key alone (Odoo 19 and later), else JSON-RPC; where its path is closed XML-RPC, and where that is closed,
 * too, JSON-2. Failures to connect, timeouts, TLS and HTTP errors of other kinds choose nothing: they may be over
 * soon. Throws `invalid_input` for a wire that this Odoo or this credential does not fit, with the one that does.
 */
export async function chooseWire(
  credential: Credential,
  speak: (protocol: Protocol) => Rpc,
  scope: CallScope
): Promise<ChosenWire> {
  assertUser(credential)
  const answer = await firstAnswer(orderFor(credential), speak, scope)
  const protocol = decide(credential, answer)
  return { protocol, rpc: speak(protocol), version: answer.version }
}

/** Nobody is named: the API key says who it is, which only JSON-2 can tell. */
function isKeyAlone({ username, uid }: Credential): boolean {
  return username === undefined && uid === undefined
}

/** Known without asking anybody. */
function assertUser(credential: Credential): void {
  const { protocol } = credential
  if (!isKeyAlone(credential) || protocol === 'auto' || protocol === 'json2') return
  throw new GatewayError(
    'invalid_input',
    `username: missing; ${names[protocol]} needs the login name besides the secret`,
    {
      hint: 'On Odoo 19 and later an API key alone is enough: set protocol to auto.'
    }
  )
}

/** Which paths to ask: the wire that is wanted, then those that may say what is wrong with it, or do in its place. */
function orderFor(credential: Credential): Protocol[] {
  const wanted = credential.protocol === 'auto' && isKeyAlone(credential) ? 'json2' : credential.protocol
  const usual: Protocol[] = ['jsonrpc', 'xmlrpc', 'json2']
  return wanted === 'auto' ? usual : [wanted, ...usual.filter(protocol => protocol !== wanted)]
}

async function firstAnswer(order: Protocol[], speak: (protocol: Protocol) => Rpc, scope: CallScope): Promise<Answer> {
  let first: unknown
  for (const protocol of order) {
    try {
      return { protocol, version: await askVersion(speak(protocol), scope) }
    } catch (error) {
      if (!isClosedPath(error)) throw error
      first ??= error
    }
  }
  throw first
}

async function askVersion(rpc: Rpc, scope: CallScope): Promise<OdooVersion> {
  const version = parseVersion(String(await rpc.read({ kind: 'version' }, scope)))
  if (version === undefined) throw unavailable('notOdoo')
  return version
}

function decide(credential: Credential, { protocol: answered, version }: Answer): Protocol {
  const { protocol: wanted } = credential
  const { hasJson2 } = capabilitiesOf(version.major)
  if (wanted === 'json2' || (wanted === 'auto' && isKeyAlone(credential))) {
    // Its own path for the version may be closed while this one is not.
    if (hasJson2) return 'json2'
    throw wanted === 'json2' ? noJson2(version, answered) : noKeyAlone(version)
  }
  if (wanted !== 'auto' && wanted !== answered) throw closedWire(wanted, version, answered)
  return answered
}

const names = { jsonrpc: 'JSON-RPC', xmlrpc: 'XML-RPC', json2: 'JSON-2' } as const satisfies Record<Protocol, string>

function noJson2({ text }: OdooVersion, answered: Protocol): GatewayError {
  const detail = `protocol: Odoo ${text} does not speak JSON-2, which came with Odoo 19; expected "auto" or "${answered}"`
  return new GatewayError('invalid_input', detail, {
    hint: 'Give the username that the API key belongs to, and set protocol to auto.'
  })
}

function noKeyAlone({ text }: OdooVersion): GatewayError {
  const detail = `username: missing; Odoo ${text} needs the login name besides the API key, which is enough from Odoo 19 on`
  return new GatewayError('invalid_input', detail, { hint: 'Give the username that the API key belongs to.' })
}

function closedWire(wanted: Protocol, { text }: OdooVersion, answered: Protocol): GatewayError {
  const detail = `protocol: this Odoo ${text} does not answer over ${names[wanted]}; expected "auto" or "${answered}"`
  return new GatewayError('invalid_input', detail, {
    hint: answered === 'json2' ? 'JSON-2 takes API keys only, no passwords.' : 'Set protocol to auto.'
  })
}
