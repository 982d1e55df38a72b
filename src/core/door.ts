import { auditedParts } from './audit.js'
import { type Catalogue, createCatalogue, type Entry } from './catalogue.js'
import { GatewayError, type Outcome } from './errors.js'
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
    find: name => catalogue.find(name)?.tool,
    nearest: catalogue.nearest,
    call: request => callTool(request, catalogue, parts),
    release: slot => parts.sessions.release(slot),
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
  const scope = scopeOf(request, parts, parts.timeouts.read, requests)
  const session = await parts.sessions.resolve(request.caller, scope)
  const audit = isWrite(tool, given) ? auditor(entry, request, session, parts) : undefined
  try {
    const shaped = entry.checkInput(given)
    const { input, context } = await inspect(tool, shaped, session.odoo.port(scope), parts.policy, parts.limits)
    audit?.about(input)
    const timeout = audit === undefined ? parts.timeouts.read : parts.timeouts.write
    const runScope = {
      ...scopeOf(request, parts, timeout, requests),
      context,
      ...(audit && { onLateReply: audit.late })
    }
    const output = await tool.run(
      input as never,
      contextOf(session.odoo.port(runScope), session, request, runScope, parts)
    )
    audit?.done('applied')
    parts.sessions.settled(session)
    return audit === undefined ? checkedOutput(entry, output) : keptOutput(entry, output, parts)
  } catch (error) {
    parts.sessions.settled(session, error)
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
function auditor({ tool }: Entry, { caller }: CallRequest, session: Session, { log }: GatewayParts) {
  let parts: ReturnType<typeof auditedParts> | undefined
  const write = (outcome: AuditEntry['outcome'], code?: AuditEntry['code']) => {
    // What never had a model in it was refused before it meant anything.
    if (parts === undefined) return
    const audit: AuditEntry = {
      request_id: caller.requestId,
      session: session.id.slice(0, 12),
      principal: caller.principal,
      tool: tool.name,
      ...parts,
      outcome,
      ...(code !== undefined && { code })
    }
    log.info({ audit }, 'write')
  }
  return {
    about(input: JsonObject) {
      parts = auditedParts(input)
    },
    done: write,
    late: (result: 'applied' | NonNullable<AuditEntry['code']>) =>
      result === 'applied' ? write('applied_late') : write('failed_late', result),
    /** The error with its outcome: what did not come from the sent write itself was refused before it. */
    failed(error: unknown): unknown {
      if (!(error instanceof GatewayError)) {
        write('unknown', 'internal')
        return error
      }
      const outcome: Outcome = error.extra.outcome ?? 'not_applied'
      write(outcome, error.code)
      return error.with({ outcome })
    }
  }
}
