import { randomBytes } from 'node:crypto'
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequests,
  type InputRequiredResult,
  inputRequired
} from '@modelcontextprotocol/server'
import type { McpProvider, McpRequest } from '../../src/mcp/provider.js'

type Asked = CallToolResult | InputRequiredResult
type Handler = (request: McpRequest, args: Record<string, unknown>) => Promise<Asked>

/** Keeps a client from changing what it was given to hand back. */
const state = createRequestStateCodec<{ round: number; nonce: string; name?: string }>({ key: randomBytes(32) })
const mint = (round: number, name?: string) =>
  state.mint({ round, nonce: randomBytes(8).toString('hex'), ...(name !== undefined && { name }) })

const says = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] })
const object = (properties: object, required: string[]) => ({ type: 'object', properties, required }) as never
const ask = (message: string, field: string, type = 'string') =>
  inputRequired.elicit({ message, requestedSchema: object({ [field]: { type } }, [field]) })
const complete = (question: string) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens: 50
  })

/** What the client answered to one of our questions, if it accepted it and it holds that field. */
const answer = ({ ctx }: McpRequest, key: string, field: string): unknown =>
  acceptedContent<Record<string, unknown>>(ctx.mcpReq.inputResponses, key)?.[field]
const response = ({ ctx }: McpRequest, key: string) =>
  ctx.mcpReq.inputResponses?.[key] as { content?: { text?: string }; roots?: { uri: string }[] } | undefined

/** Tools that ask the client something: as requests of their own (2025), or in their results (2026-07-28). */
const handlers: Record<string, Handler> = {
  test_sampling: async ({ ctx }, { prompt }) => {
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: String(prompt) } }]
    const { content } = await ctx.mcpReq.requestSampling({ messages, maxTokens: 100 })
    return says(`LLM response: ${JSON.stringify(content)}`)
  },
  test_elicitation: (request, { message }) => elicit(request, String(message), login, Object.keys(login)),
  test_elicitation_sep1034_defaults: request => elicit(request, 'Please review', withDefaults),
  test_elicitation_sep1330_enums: request => elicit(request, 'Please choose', enums),

  test_missing_capability: async request =>
    response(request, 'llm_answer')
      ? says('completed')
      : inputRequired({ inputRequests: { llm_answer: complete('Say pong') } }),
  test_input_required_result_elicitation: async request => {
    const name = answer(request, 'user_name', 'name')
    if (typeof name === 'string') return says(`Hello, ${name}!`)
    return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } })
  },
  test_input_required_result_sampling: async request => {
    const answered = response(request, 'capital_question')
    if (answered) return says(`Sampling response: ${answered.content?.text}`)
    return inputRequired({ inputRequests: { capital_question: complete('What is the capital of France?') } })
  },
  test_input_required_result_list_roots: async request => {
    const roots = response(request, 'client_roots')?.roots
    if (Array.isArray(roots)) return says(`Roots: ${roots.map(({ uri }) => uri).join(', ')}`)
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
  },
  test_input_required_result_request_state: request => confirm(request, 'state-ok'),
  test_input_required_result_tampered_state: request => confirm(request, 'integrity-ok'),
  test_input_required_result_multiple_inputs: async request => {
    const name = answer(request, 'user_name', 'name')
    const greeting = response(request, 'greeting')?.content?.text
    const roots = response(request, 'client_roots')?.roots
    if (typeof name === 'string' && greeting !== undefined && roots) return says(`${greeting} ${name}, ${roots.length}`)
    return inputRequired({ inputRequests: all, requestState: await mint(0) })
  },
  test_input_required_result_multi_round: async request => {
    const { round, name } = request.ctx.mcpReq.requestState<{ round: number; name?: string }>() ?? { round: 0 }
    if (round === 0)
      return inputRequired({ inputRequests: { step1: ask('Name?', 'name') }, requestState: await mint(1) })
    if (round === 2) return says(`${name} likes ${answer(request, 'step2', 'color')}`)
    const given = String(answer(request, 'step1', 'name'))
    return inputRequired({ inputRequests: { step2: ask('Colour?', 'color') }, requestState: await mint(2, given) })
  },
  test_input_required_result_capabilities: async ({ ctx }) => {
    if (ctx.mcpReq.inputResponses !== undefined) return says('answered')
    const envelope: Record<string, unknown> = { ...ctx.mcpReq.envelope }
    const declared = Object(envelope[CLIENT_CAPABILITIES_META_KEY]) as object
    const needs = { user_name: 'elicitation', greeting: 'sampling', client_roots: 'roots' }
    const possible = Object.entries(all).filter(([key]) => needs[key as keyof typeof needs] in declared)
    if (possible.length === 0) return says('This client can be asked nothing.')
    return inputRequired({ inputRequests: Object.fromEntries(possible) })
  }
}

const all: InputRequests = {
  user_name: ask('What is your name?', 'name'),
  greeting: complete('Generate a greeting'),
  client_roots: inputRequired.listRoots()
}

async function elicit({ ctx }: McpRequest, message: string, properties: object, required: string[] = []) {
  const { action, content = {} } = await ctx.mcpReq.elicitInput({
    message,
    requestedSchema: object(properties, required)
  })
  return says(`User response: action=${action}, content=${JSON.stringify(content)}`)
}

async function confirm(request: McpRequest, done: string): Promise<Asked> {
  const confirmed = answer(request, 'confirm', 'ok') !== undefined
  if (confirmed && request.ctx.mcpReq.requestState() !== undefined) return says(`${done}: verified`)
  return inputRequired({
    inputRequests: { confirm: ask('Please confirm', 'ok', 'boolean') },
    requestState: await mint(0)
  })
}

const login = { username: { type: 'string' }, email: { type: 'string' } }
const withDefaults = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true }
}

const titled = (word: string) => [1, 2, 3].map(n => ({ const: `value${n}`, title: `${word} ${n}` }))
const enums = {
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: { type: 'string', oneOf: titled('Option') },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
  untitledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', enum: ['option1', 'option2'] } },
  titledMulti: { type: 'array', minItems: 1, maxItems: 3, items: { anyOf: titled('Choice') } }
}

const argumentsOf: Record<string, string> = { test_sampling: 'prompt', test_elicitation: 'message' }

export function questions(): McpProvider {
  return {
    tools: {
      listed: Object.keys(handlers).map(name => {
        const field = argumentsOf[name]
        const properties = field === undefined ? {} : { [field]: { type: 'string' } }
        return { name, description: name, inputSchema: { type: 'object', properties } }
      }),
      has: name => Object.hasOwn(handlers, name),
      // has() was asked before.
      call: ({ name, arguments: args = {} }, request) => (handlers[name] as Handler)(request, args)
    },
    prompts: {
      listed: [{ name: 'test_input_required_result_prompt', description: 'Asks first' }],
      async get({ name }, request) {
        if (name !== 'test_input_required_result_prompt') return undefined
        const context = answer(request, 'user_context', 'context')
        if (typeof context !== 'string') {
          return inputRequired({ inputRequests: { user_context: ask('Which context?', 'context') } })
        }
        return { messages: [{ role: 'user', content: { type: 'text', text: `Use this context: ${context}` } }] }
      }
    },
    verifyState: state.verify
  }
}
