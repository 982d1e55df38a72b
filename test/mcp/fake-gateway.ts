import { type TObject, Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { Hold } from '../../src/core/live.js'
import type { CallRequest, Gateway, Tool } from '../../src/core/ports/gateway.js'
import type { Caller, SessionSlot } from '../../src/core/ports/sessions.js'
import { defineTool } from '../../src/core/tool.js'

const strict = { additionalProperties: false }

/** Tools of every access; what they do is decided by `FakeGateway.call`. */
const tools = [
  tool('odoo_connect', 'session', Type.Object({ url: Type.Optional(Type.String()) }, strict)),
  tool('odoo_disconnect', 'session', Type.Object({}, strict)),
  tool('odoo_session', 'read', Type.Object({}, strict)),
  tool(
    'odoo_search',
    'read',
    Type.Object({ model: Type.String(), domain: Type.Optional(Type.Array(Type.String())) }, strict),
    [{ name: 'odoo_search_read' }]
  ),
  tool('odoo_create', 'write', Type.Object({ model: Type.String() }, strict)),
  tool('odoo_write', 'write', Type.Object({ model: Type.String() }, strict)),
  tool('odoo_unlink', 'destructive', Type.Object({ model: Type.String() }, strict)),
  tool('odoo_wait', 'read', Type.Object({}, strict)),
  tool('odoo_break', 'read', Type.Object({}, strict))
]

function tool(name: string, access: Tool['access'], input: TObject, aliases: Tool['aliases'] = []): Tool {
  return defineTool({
    name,
    aliases,
    title: name,
    description: `The fake ${name}.`,
    access,
    input,
    // Required, so that a client which checks error results against it would throw.
    output: Type.Object({ tool: Type.String() }),
    rest: { paths: [`/${name}`] },
    example: {},
    run: () => Promise.reject(new Error('the fake gateway runs no tool'))
  })
}

/**
 * A gateway without an Odoo: it answers with what it was asked, and remembers it. `odoo_search` with the model `gone`
 * fails, `odoo_break` has a bug, `odoo_wait` waits until `finish` is called or its signal aborts.
 */
export class FakeGateway implements Gateway {
  readonly tools = tools
  readonly unlisted = []
  readonly connected = false
  readonly calls: CallRequest[] = []
  readonly released: SessionSlot[] = []
  readonly touched: SessionSlot[] = []
  /** Reasons with which waiting calls were aborted. */
  readonly aborted: unknown[] = []
  #finish: (() => void)[] = []
  #watchers: (() => void)[] = []

  get lastCaller(): Caller | undefined {
    return this.calls.at(-1)?.caller
  }

  find(name: string): Tool | undefined {
    return tools.find(tool => tool.name === name || tool.aliases.some(alias => alias.name === name))
  }

  nearest(name: string): string | undefined {
    return tools.find(tool => tool.name.startsWith(name.slice(0, 8)))?.name
  }

  async call(request: CallRequest): Promise<JsonObject> {
    this.calls.push(request)
    this.#notice()
    const tool = this.find(request.tool)
    if (tool === undefined) throw new Error('the surface let an unknown tool through')
    const input = request.input ?? {}
    const problem = TypeCompiler.Compile(tool.input).Errors(input).First()
    if (problem) throw new GatewayError('invalid_input', `${problem.path}: ${problem.message}`)
    if (tool.name === 'odoo_break') throw new Error('secret detail of a bug')
    if (tool.name === 'odoo_wait') await this.#wait(request.signal)
    if (tool.name === 'odoo_connect' && request.caller.slot) request.caller.slot.secret = 'connected'
    if ((input as { model?: string }).model === 'gone') {
      throw new GatewayError('not_found', 'Model gone does not exist.', { hint: 'odoo_get_models lists the models.' })
    }
    return { tool: tool.name, input: input as JsonObject, connected: request.caller.slot?.secret ?? null }
  }

  hold(): Promise<Hold> {
    return Promise.reject(new GatewayError('auth_required', 'there is no session'))
  }

  touch(slot: SessionSlot): void {
    this.touched.push(slot)
    this.#notice()
  }

  release(slot: SessionSlot): void {
    slot.secret = null
    this.released.push(slot)
    this.#notice()
  }

  /** Lets the calls of `odoo_wait` answer. */
  finish(): void {
    for (const finish of this.#finish.splice(0)) finish()
  }

  /** Waits until something that this gateway remembers makes the condition true. */
  async until(condition: (gateway: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>(resolve => this.#watchers.push(resolve))
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.aborted.push(signal.reason)
        this.#notice()
        reject(new GatewayError('cancelled', 'The caller went away.'))
      }
      signal.addEventListener('abort', abort)
      this.#finish.push(() => {
        // The SDK aborts the signal of a call that has been answered, too.
        signal.removeEventListener('abort', abort)
        resolve()
      })
    })
  }

  #notice(): void {
    for (const watcher of this.#watchers.splice(0)) watcher()
  }
}
