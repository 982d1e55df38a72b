import { auditedParts, createAudit } from './audit.js'
import { type Catalogue, createCatalogue, type Entry } from './catalogue.js'
import { inspect } from './check/inspect.js'
import { ConfirmationNeeded } from './confirmation.js'
import { GatewayError } from './errors.js'
import { guardedOdoo } from './guarded-odoo.js'
import type { JsonObject } from './json.js'
import type { Written } from './live.js'
import { methodInfo } from './methods.js'
import type { Policy } from './policy.js'
import type { CallOutcome, CallRequest, Gateway, Limits, Tool, ToolContext } from './ports/gateway.js'
import type { Clock, Log } from './ports/log.js'
import type { CallScope } from './ports/odoo.js'
import type { Caller, Session, Sessions } from './ports/sessions.js'
import { RunningCalls } from './running-calls.js'
import { whoOf } from './who.js'

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

/** The door, as whoever closes it knows it. */
export interface Door extends Gateway {
  /** Settles when no call runs any more. Those that have not ended after so many milliseconds are told to. */
  drain(graceMs: number): Promise<void>
}

/** Builds the one door to the tools: nothing else calls an `OdooPort`. */
export function createGateway(parts: GatewayParts): Door {
  const catalogue = createCatalogue(parts.tools, parts.policy)
  const running = new RunningCalls()
  return {
    tools: catalogue.listed,
    unlisted: catalogue.unlisted,
    find: name => {
      const tool = catalogue.find(name)?.tool
      return tool?.internal ? undefined : tool
    },
    nearest: catalogue.nearest,
    call: request => running.run(request.signal, signal => callTool({ ...request, signal }, catalogue, parts)),
    drain: graceMs => running.drain(graceMs),
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
  const { caller, signal, input = {}, confirmed = false, background = false } = request
  const started = parts.clock()
  const call: Call = { entry, input, caller, signal, confirmed, background, parts, rpcs: 0, known: {} }
  const log = (outcome: CallOutcome['outcome']) => {
    const numbers = { ms: parts.clock() - started, rpcs: call.rpcs, outcome }
    const { session, ...about } = call.known
    const wire = session && { wire: session.odoo.identity.protocol }
    const tool = entry.tool.name
    parts.log[background ? 'debug' : 'info']({ ...whoOf(caller, session), tool, ...about, ...wire, ...numbers }, 'call')
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
  /** A person has said yes to it. */
  confirmed: boolean
  /** Nobody waits for it. */
  background: boolean
  parts: GatewayParts
  /** Requests sent to Odoo so far. */
  rpcs: number
  /** What its line in the log says of it: the model and the method once their form has been checked. */
  known: { session?: Session; model?: string; method?: string }
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
  const audit = isWrite(tool, call.input)
    ? createAudit({ tool: tool.name, caller, confirmed: call.confirmed }, log, parts.onWrite)
    : undefined
  // What is looked up before a write is a read, with a read's time.
  const scope = scopeOf(call, timeouts.read)
  let session: Session | undefined
  try {
    session = await sessions.resolve(caller, scope)
    call.known.session = session
    audit?.of(session)
    const shaped = entry.checkInput(call.input)
    const { model, method } = shaped as { model: string; method: string }
    Object.assign(call.known, { model, ...(method !== undefined && { method }) })
    audit?.about({ model, method })
    const inspected = await inspect(tool, shaped, session.odoo.port(scope), policy, limits)
    const { input, context } = inspected
    audit?.about(input)
    // The last check: a person is only asked about what would be sent.
    if (inspected.destroys && policy.confirmDestructive && !call.confirmed) {
      throw new ConfirmationNeeded({ tool: tool.name, ...auditedParts(input) })
    }
    audit?.sending()
    const runScope = audit === undefined ? scope : { ...scopeOf(call, timeouts.write), onLateReply: audit.late }
    const output = await tool.run(input as never, contextOf(call, { ...runScope, context }, session))
    audit?.done(output)
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
  return {
    signal: call.signal,
    deadline: call.parts.clock() + timeout,
    onRequest,
    // Asked for when something is sent: until then the session may not be known.
    get turn() {
      return turnOf(call)
    }
  }
}

/**
 * Whose turn a call takes at a busy Odoo: its session's. Callers of the default connection are told apart by their keys.
 * All looks of all subscriptions together are like one caller among the others.
 */
function turnOf({ background, caller, known: { session } }: Call): string {
  if (background) return 'live'
  return session === undefined || session.kind === 'default' ? caller.principal : session.id
}

/** Whether a call may change something: then it has the write's deadline and an audit line. */
function isWrite(tool: Tool, given: unknown): boolean {
  if (tool.effect !== 'call') return tool.effect !== 'read'
  const method = (given as JsonObject | null)?.method
  return typeof method !== 'string' || methodInfo(method)?.effect !== 'read'
}

function contextOf({ caller, parts, known }: Call, scope: CallScope, session?: Session): ToolContext {
  const { sessions, limits, policy } = parts
  const odoo = session && guardedOdoo(session.odoo.port(scope), policy)
  return {
    get odoo() {
      return present(odoo)
    },
    get session() {
      return present(session)
    },
    sessions: {
      async open(request) {
        const opened = await sessions.open(caller, request, scope)
        known.session = opened.session
        return opened
      },
      close: () => sessions.close(caller)
    },
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
