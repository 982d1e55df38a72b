import { auditedParts } from './audit.js'
import { type Catalogue, createCatalogue, type Entry } from './catalogue.js'
import { GatewayError, internalDetail, type Outcome } from './errors.js'
import { inspect } from './inspect.js'
import { methodInfo } from './methods.js'
import type { Policy } from './policy.js'
import type {
  AuditEntry,
  CallRequest,
  CallScope,
  Clock,
  Gateway,
  JsonObject,
  Limits,
  Log,
  OdooPort,
  Session,
  Sessions,
  Tool,
  ToolContext
} from './ports.js'

export interface GatewayParts {
  tools: readonly Tool[]
  sessions: Sessions
  policy: Policy
  limits: Limits
  /** Milliseconds that a call may take as a whole. */
  timeouts: { read: number; write: number }
  log: Log
  clock: Clock
}

/** Builds the one door to the tools: nothing else calls an `OdooPort`. */
export function createGateway(parts: GatewayParts): Gateway {
  const catalogue = createCatalogue(parts.tools, parts.policy)
  return {
    tools: catalogue.listed,
    unlisted: catalogue.unlisted,
    find: name => catalogue.find(name)?.tool,
    nearest: catalogue.nearest,
    call: request => callTool(request, catalogue, parts),
    release: slot => parts.sessions.release(slot),
    touch: slot => parts.sessions.touch(slot),
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
  const { tool } = entry
  const started = parts.clock()
  const given = request.input === undefined ? {} : request.input
  const fields = { request_id: request.caller.requestId, principal: request.caller.principal, tool: tool.name }
  const requests = { count: 0 }
  try {
    const output =
      tool.access === 'session'
        ? await runWithoutOdoo(entry, given, request, parts, requests)
        : await runOnOdoo(entry, given, request, parts, requests)
    parts.log.info({ ...fields, ms: parts.clock() - started, rpcs: requests.count, outcome: 'ok' }, 'call')
    return output
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'internal'
    parts.log.info({ ...fields, ms: parts.clock() - started, rpcs: requests.count, outcome: code }, 'call')
    throw error
  }
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

async function runWithoutOdoo(
  entry: Entry,
  given: unknown,
  request: CallRequest,
  parts: GatewayParts,
  requests: Counter
): Promise<JsonObject> {
  const input = entry.checkInput(given)
  const scope = scopeOf(request, parts, parts.timeouts.read, requests)
  const output = await entry.tool.run(input as never, contextOf(undefined, undefined, request, scope, parts))
  return checkedOutput(entry, output)
}

async function runOnOdoo(
  entry: Entry,
  given: unknown,
  request: CallRequest,
  parts: GatewayParts,
  requests: Counter
): Promise<JsonObject> {
  const { tool } = entry
  const { policy, limits, sessions, timeouts } = parts
  const audit = isWrite(tool, given) ? auditor(entry, request, parts) : undefined
  // What is looked up before a write is a read, with a read's time.
  const scope = scopeOf(request, parts, timeouts.read, requests)
  let session: Session | undefined
  try {
    session = await sessions.resolve(request.caller, scope)
    audit?.of(session)
    const shaped = entry.checkInput(given)
    audit?.about({ model: shaped.model as string, method: shaped.method as string })
    const { input, context } = await inspect(tool, shaped, session.odoo.port(scope), policy, limits)
    audit?.about(input)
    audit?.sending()
    const runScope = {
      ...(audit === undefined
        ? scope
        : { ...scopeOf(request, parts, timeouts.write, requests), onLateReply: audit.late }),
      context
    }
    const output = await tool.run(
      input as never,
      contextOf(session.odoo.port(runScope), session, request, runScope, parts)
    )
    audit?.done('applied')
    sessions.settled(session)
    return audit === undefined ? checkedOutput(entry, output) : keptOutput(entry, output, parts)
  } catch (error) {
    if (session !== undefined) sessions.settled(session, error)
    throw audit === undefined ? error : audit.failed(error)
  }
}

interface Counter {
  count: number
}

function scopeOf({ signal }: CallRequest, { clock }: GatewayParts, timeout: number, requests: Counter): CallScope {
  const onRequest = () => {
    requests.count += 1
  }
  return { signal, deadline: clock() + timeout, onRequest }
}

/** Whether a call may change something: then it has the write's deadline and an audit line. */
function isWrite(tool: Tool, given: unknown): boolean {
  if (tool.effect !== 'call') return tool.effect !== 'read'
  const method = (given as JsonObject | null)?.method
  return typeof method !== 'string' || methodInfo(method)?.effect !== 'read'
}

function contextOf(
  odoo: OdooPort | undefined,
  session: Session | undefined,
  { caller }: CallRequest,
  scope: CallScope,
  { sessions, limits, policy }: GatewayParts
): ToolContext {
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
function keptOutput(entry: Entry, output: unknown, { log }: GatewayParts): JsonObject {
  const drift = entry.checkOutput(output)
  if (drift !== undefined) log.error({ tool: entry.tool.name, drift }, 'a tool broke its output schema after a write')
  return output as JsonObject
}

/** Writes the one audit line of a write, and a second one if Odoo's reply came after its caller had gone. */
function auditor({ tool }: Entry, { caller }: CallRequest, { log }: GatewayParts) {
  let session: Session | undefined
  let about: ReturnType<typeof auditedParts> | undefined
  let sent = false
  const write = (outcome: AuditEntry['outcome'], code?: AuditEntry['code']) => {
    // What never had a session and a model was refused before it meant anything.
    if (session === undefined || about === undefined) return
    const audit: AuditEntry = {
      request_id: caller.requestId,
      session: session.id.slice(0, 12),
      principal: caller.principal,
      tool: tool.name,
      ...about,
      outcome,
      ...(code !== undefined && { code })
    }
    log.info({ audit }, 'write')
  }
  return {
    of(found: Session) {
      session = found
    },
    about(input: JsonObject) {
      about = auditedParts(input)
    },
    /** From here on the write may be on its way. */
    sending() {
      sent = true
    },
    done: write,
    late: (result: 'applied' | NonNullable<AuditEntry['code']>) =>
      result === 'applied' ? write('applied_late') : write('failed_late', result),
    /** The error with its outcome: what did not come from the sent write itself was refused before it. */
    failed(error: unknown): GatewayError {
      const known = error instanceof GatewayError ? error : bug(error, log, caller.requestId)
      const outcome: Outcome = !sent
        ? 'not_applied'
        : (known.extra.outcome ?? (known === error ? 'not_applied' : 'unknown'))
      write(outcome, known.code)
      return known.with({ outcome })
    }
  }
}

/** A bug of ours in a write has an outcome, too; it is logged here, because surfaces log only what is no GatewayError. */
function bug(error: unknown, log: Log, requestId: string): GatewayError {
  log.error({ err: error, request_id: requestId }, 'a write failed in this server')
  return new GatewayError('internal', internalDetail, { cause: error })
}
