import { createAudit } from './audit.js'
import { type Catalogue, createCatalogue, type Entry } from './catalogue.js'
import { inspect } from './check/inspect.js'
import { GatewayError } from './errors.js'
import type { JsonObject } from './json.js'
import type { Written } from './live.js'
import { methodInfo } from './methods.js'
import type { Policy } from './policy.js'
import type { CallOutcome, CallRequest, Gateway, Limits, Tool, ToolContext } from './ports/gateway.js'
import type { Clock, Log } from './ports/log.js'
import type { CallScope } from './ports/odoo.js'
import type { Caller, Session, Sessions } from './ports/sessions.js'

export interface GatewayParts {
  tools: readonly Tool[]
  sessions: Sessions
  policy: Policy
  limits: Limits
  /** Milliseconds that a call may take as a whole. */
  timeouts: { read: number; write: number }
  log: Log
  clock: Clock
  /** Told of every write that was, or may have been, applied. Must not throw. */
  onWrite?: (written: Written) => void
  /** Told of every call when it has ended. Must not throw. */
  onCall?: (call: CallOutcome) => void
}

/** Builds the one door to the tools: nothing else calls an `OdooPort`. */
export function createGateway(parts: GatewayParts): Gateway {
  const catalogue = createCatalogue(parts.tools, parts.policy)
  return {
    tools: catalogue.listed,
    unlisted: catalogue.unlisted,
    find: name => {
      const tool = catalogue.find(name)?.tool
      return tool?.internal ? undefined : tool
    },
    nearest: catalogue.nearest,
    call: request => callTool(request, catalogue, parts),
    release: slot => parts.sessions.release(slot),
    touch: slot => parts.sessions.touch(slot),
    hold: (caller, signal, ended) =>
      parts.sessions.hold(caller, { signal, deadline: parts.clock() + parts.timeouts.read }, ended),
    get connected() {
      return parts.sessions.connected
    }
  }
}

/**
 * Alias → tool; caller → session; input → check of shape, then of names, values and policy; run; output check; audit.
 * Throws GatewayError for everything a caller may see; anything else is a bug of ours.
 */
async function callTool(request: CallRequest, catalogue: Catalogue, parts: GatewayParts): Promise<JsonObject> {
  const entry = find(request.tool, catalogue)
  const { caller, signal, input = {} } = request
  const started = parts.clock()
  const call: Call = { entry, input, caller, signal, parts, rpcs: 0 }
  const log = (outcome: CallOutcome['outcome']) => {
    const { background = false } = request
    const numbers = { ms: parts.clock() - started, rpcs: call.rpcs, outcome }
    const tool = entry.tool.name
    parts.log[background ? 'debug' : 'info'](
      { request_id: caller.requestId, principal: caller.principal, tool, ...numbers },
      'call'
    )
    parts.onCall?.({ tool, ...numbers, background })
  }
  try {
    const output = await (entry.tool.access === 'session' ? runWithoutOdoo(call) : runOnOdoo(call))
    log('ok')
    return output
  } catch (error) {
    log(error instanceof GatewayError ? error.code : 'internal')
    throw error
  }
}

/** One call on its way through the door. */
interface Call {
  entry: Entry
  /** As received. */
  input: unknown
  caller: Caller
  signal: AbortSignal
  parts: GatewayParts
  /** Requests sent to Odoo so far. */
  rpcs: number
}

function find(name: string, catalogue: Catalogue): Entry {
  const entry = catalogue.find(name)
  if (entry !== undefined) return entry
  const near = catalogue.nearest(name)
  throw new GatewayError(
    'not_found',
    `tool: "${name}" does not exist.${near === undefined ? '' : ` Did you mean "${near}"?`}`
  )
}

async function runWithoutOdoo(call: Call): Promise<JsonObject> {
  const { entry, parts } = call
  const input = entry.checkInput(call.input)
  const scope = scopeOf(call, parts.timeouts.read)
  return checkedOutput(entry, await entry.tool.run(input as never, contextOf(call, scope)))
}

async function runOnOdoo(call: Call): Promise<JsonObject> {
  const { entry, caller, parts } = call
  const { policy, limits, sessions, timeouts, log } = parts
  const { tool } = entry
  const audit = isWrite(tool, call.input) ? createAudit(tool.name, caller, log, parts.onWrite) : undefined
  // What is looked up before a write is a read, with a read's time.
  const scope = scopeOf(call, timeouts.read)
  let session: Session | undefined
  try {
    session = await sessions.resolve(caller, scope)
    audit?.of(session)
    const shaped = entry.checkInput(call.input)
    audit?.about({ model: shaped.model as string, method: shaped.method as string })
    const { input, context } = await inspect(tool, shaped, session.odoo.port(scope), policy, limits)
    audit?.about(input)
    audit?.sending()
    const runScope = audit === undefined ? scope : { ...scopeOf(call, timeouts.write), onLateReply: audit.late }
    const output = await tool.run(input as never, contextOf(call, { ...runScope, context }, session))
    audit?.done()
    sessions.settled(session)
    return audit === undefined ? checkedOutput(entry, output) : keptOutput(entry, output, log)
  } catch (error) {
    if (session !== undefined) sessions.settled(session, error)
    throw audit === undefined ? error : audit.failed(error)
  }
}

function scopeOf(call: Call, timeout: number): CallScope {
  const onRequest = () => {
    call.rpcs += 1
  }
  return { signal: call.signal, deadline: call.parts.clock() + timeout, onRequest }
}

/** Whether a call may change something: then it has the write's deadline and an audit line. */
function isWrite(tool: Tool, given: unknown): boolean {
  if (tool.effect !== 'call') return tool.effect !== 'read'
  const method = (given as JsonObject | null)?.method
  return typeof method !== 'string' || methodInfo(method)?.effect !== 'read'
}

function contextOf({ caller, parts }: Call, scope: CallScope, session?: Session): ToolContext {
  const { sessions, limits, policy } = parts
  const odoo = session?.odoo.port(scope)
  return {
    get odoo() {
      return present(odoo)
    },
    get session() {
      return present(session)
    },
    sessions: { open: request => sessions.open(caller, request, scope), close: () => sessions.close(caller) },
    limits,
    policy,
    signal: scope.signal
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a tool with access "session" has no Odoo of its own')
  return value
}

function checkedOutput({ tool, checkOutput }: Entry, output: unknown): JsonObject {
  const drift = checkOutput(output)
  if (drift !== undefined) throw new Error(`${tool.name} broke its output schema: ${drift}`)
  return output as JsonObject
}

/** A write that was applied is never reported as failed, whatever we got wrong afterwards. */
function keptOutput(entry: Entry, output: unknown, log: Log): JsonObject {
  const drift = entry.checkOutput(output)
  if (drift !== undefined) log.error({ tool: entry.tool.name, drift }, 'a tool broke its output schema after a write')
  return output as JsonObject
}
