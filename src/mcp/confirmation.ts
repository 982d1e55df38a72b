import { createHash, randomBytes, randomUUID } from 'node:crypto'
import {
  acceptedContent,
  type ClientCapabilities,
  createRequestStateCodec,
  type ElicitResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext
} from '@modelcontextprotocol/server'
import { type ConfirmationNeeded, toQuestion } from '../core/confirmation.js'
import { GatewayError } from '../core/errors.js'
import type { Caller } from '../core/ports/sessions.js'
import type { McpRequest } from './provider.js'

/** A call of a tool, as its caller is asked about it. */
export interface AskedCall {
  tool: string
  /** Its arguments, without the session. */
  input: unknown
  /** With the session that the call names. */
  caller: Caller
}

/** How long a person has to answer, in milliseconds. */
const answerMs = 600_000

/** The one thing that is asked for: a tick. Accepting the question without it is no yes. */
const requestedSchema = {
  type: 'object' as const,
  properties: { confirm: { type: 'boolean' as const, title: 'Yes, do this' } },
  required: ['confirm']
}

interface State {
  /** Hash of the call that was asked about. */
  call: string
  /** Names the question: an answer to it counts once. */
  nonce: string
}

export interface ConfirmationsOptions {
  /** Milliseconds that a person has to answer; ten minutes unless said. */
  timeoutMs?: number
  clock?: () => number
}

/**
 * Asks the people behind MCP clients about calls that destroy. Clients of 2026-07-28 get the question as the result and
 * bring the answer with the same call sent again, beside a state that is signed, bound to the caller and to the call, and
 * good for once; those before get a request of their own while their call waits.
 */
export class Confirmations {
  /** Keeps a client from changing what it was given to hand back. It dies with the process, and so do open questions. */
  readonly #codec: ReturnType<typeof createRequestStateCodec<State>>
  readonly #timeoutMs: number
  readonly #clock: () => number
  /** Questions that have been answered, until their states expire. */
  readonly #answered = new Map<string, number>()

  constructor({ timeoutMs = answerMs, clock = Date.now }: ConfirmationsOptions = {}) {
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#codec = createRequestStateCodec<State>({
      key: randomBytes(32),
      ttlSeconds: timeoutMs / 1000,
      bind: ctx => principalOf(ctx)
    })
  }

  /** Throws for a state that is not ours, has expired, or was given to somebody else. */
  verify = (state: string, ctx: ServerContext): Promise<State> => this.#codec.verify(state, ctx)

  /**
   * Whether a call brings along a yes to itself; without any answer it may have to be asked about. Throws `policy_denied`
   * for a no, and for a yes to something else.
   */
  confirms(call: AskedCall, { ctx }: McpRequest): boolean {
    const { inputResponses } = ctx.mcpReq
    const state = ctx.mcpReq.requestState<State>()
    if (state === undefined || inputResponse(inputResponses, 'confirm').kind === 'missing') return false
    // Before anything is awaited, so that of two calls that bring the same answer one is refused.
    const isFirst = this.#takeOnce(state.nonce)
    if (state.call !== hashOf(call)) throw refused('The answer is to another call than this.')
    if (!isFirst) throw refused('The answer has been used: it counts for one call.')
    if (acceptedContent<{ confirm?: unknown }>(inputResponses, 'confirm')?.confirm !== true) throw declined()
    return true
  }

  /**
   * Asks. Gives the result that asks a client of 2026-07-28, or `yes`; throws `policy_denied` for anything else, and
   * `cancelled` when the call was cancelled meanwhile.
   */
  async ask(needed: ConfirmationNeeded, call: AskedCall, request: McpRequest): Promise<InputRequiredResult | 'yes'> {
    const { ctx, client } = request
    if (!takesForms(client)) throw cannotAsk(needed)
    const question = { message: toQuestion(needed.about), requestedSchema }
    if (ctx.mcpReq.envelope !== undefined) {
      const state = { call: hashOf(call), nonce: randomUUID() }
      return inputRequired({
        inputRequests: { confirm: inputRequired.elicit(question) },
        requestState: await this.#codec.mint(state, ctx)
      })
    }
    const { action, content } = await this.#elicit(question, ctx)
    if (action !== 'accept' || content?.confirm !== true) throw declined()
    return 'yes'
  }

  /**
   * The SDK would do this for a result that asks, too. But its own failures have neither code nor outcome, and the call
   * would show no progress meanwhile: clients give up before a person has read the question.
   */
  async #elicit(question: { message: string; requestedSchema: typeof requestedSchema }, ctx: ServerContext) {
    const { id, signal } = ctx.mcpReq
    try {
      const options = { relatedRequestId: id, timeout: this.#timeoutMs, signal }
      return (await ctx.mcpReq.elicitInput(question, options)) as ElicitResult
    } catch (cause) {
      if (signal.aborted) throw new GatewayError('cancelled', 'The call was cancelled.', notApplied({ cause }))
      throw refused('The client has not answered whether its user agrees.', { cause })
    }
  }

  /** Whether a question is answered for the first time. */
  #takeOnce(nonce: string): boolean {
    const now = this.#clock()
    for (const [known, until] of this.#answered) {
      // They are in the order in which they were answered, which is that in which they may be forgotten.
      if (until > now) break
      this.#answered.delete(known)
    }
    if (this.#answered.has(nonce)) return false
    // Whole seconds count in a state, so it may be good for a moment longer.
    this.#answered.set(nonce, now + this.#timeoutMs + 1000)
    return true
  }
}

/** Whether a client shows forms to its user; one that says nothing of modes means forms, as before there were any. */
function takesForms(client: ClientCapabilities | undefined): boolean {
  const elicitation = client?.elicitation
  if (elicitation === undefined) return false
  return elicitation.form !== undefined || elicitation.url === undefined
}

function principalOf(ctx: ServerContext): string {
  const caller = ctx.http?.authInfo?.extra?.caller as Caller | undefined
  // Only the process of stdio has requests without a caller of their own.
  return caller?.principal ?? 'stdio'
}

/** The same for the same tool, arguments, principal and session. Clients send a call again as they have sent it. */
function hashOf({ tool, input, caller: { principal, handle, bearer, slot } }: AskedCall): string {
  const call = JSON.stringify([tool, input ?? {}, principal, handle ?? null, bearer ?? null, slot?.secret ?? null])
  return createHash('sha256').update(call).digest('base64url')
}

const notApplied = (extra: { hint?: string; cause?: unknown } = {}) => ({ ...extra, outcome: 'not_applied' as const })

function declined(): GatewayError {
  return refused('The user was asked, and did not agree.', { hint: 'Do not try again unless the user wants it.' })
}

function refused(detail: string, extra: { hint?: string; cause?: unknown } = {}): GatewayError {
  return new GatewayError('policy_denied', `${detail} Nothing was sent to Odoo.`, {
    hint: 'Send the call again without an answer, and the user is asked.',
    ...notApplied(extra)
  })
}

function cannotAsk({ detail }: ConfirmationNeeded): GatewayError {
  return new GatewayError('policy_denied', detail, {
    hint:
      'This client cannot be asked: it does not offer elicitation with forms. ' +
      'Use one that does, or have the user do this in Odoo.',
    outcome: 'not_applied'
  })
}
