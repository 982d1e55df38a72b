import { GatewayError } from '../core/errors.js'
import type { ResourceRequest, Resources } from '../core/live.js'
import type { Gateway, Limits } from '../core/ports/gateway.js'
import type { Clock } from '../core/ports/log.js'
import type { NamedId } from '../core/ports/odoo.js'
import type { Prompts } from '../core/prompts.js'
import { type Ask, argumentsOf, type Prompt, type PromptArgument } from './prompt.js'

export interface PromptsOptions {
  prompts: readonly Prompt[]
  gateway: Pick<Gateway, 'call'>
  /** Completes names of models. */
  resources: Pick<Resources, 'complete'>
  clock: Clock
}

/** Writes prompts: all data comes from calls of tools, with the rights of who asks. */
export function createPrompts({ prompts, gateway, resources, clock }: PromptsOptions): Prompts {
  const find = (name: string) => prompts.find(prompt => prompt.name === name)
  return {
    listed: prompts.map(({ write: _, arguments: taken, ...prompt }) => ({
      ...prompt,
      arguments: taken.map(({ completes: _, ...argument }) => argument)
    })),
    async write(name, given, request) {
      const prompt = find(name)
      if (prompt === undefined) return undefined
      const values = argumentsOf(prompt, given)
      const call = asking(gateway, request)
      const { tz, limits } = await call('odoo_session', {})
      const ask = atMost((limits as unknown as Limits).max_limit, call)
      const today = dayIn(tz as string | null, clock())
      return { description: prompt.description, text: await prompt.write(values, { ask, today }) }
    },
    async complete(name, argument, value, request) {
      const prompt = find(name)
      if (prompt === undefined) return undefined
      const kind = prompt.arguments.find(({ name }) => name === argument)?.completes
      return kind === undefined ? [] : values[kind](value, request, { gateway, resources })
    }
  }
}

function asking(gateway: Pick<Gateway, 'call'>, { caller, signal }: ResourceRequest): Ask {
  return (tool, input) => gateway.call({ tool, input, caller, signal })
}

/** A server may give fewer records at once than a prompt would show. */
function atMost(limit: number, ask: Ask): Ask {
  return (tool, input) =>
    ask(tool, typeof input.limit === 'number' ? { ...input, limit: Math.min(input.limit, limit) } : input)
}

/** `YYYY-MM-DD` where the user lives; in UTC when Odoo does not say, or names a zone that this machine does not know. */
function dayIn(zone: string | null, now: number): string {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? 'UTC', dateStyle: 'short' }).format(now)
  } catch {
    return new Date(now).toISOString().slice(0, 10)
  }
}

type Values = (
  value: string,
  request: ResourceRequest,
  from: Pick<PromptsOptions, 'gateway' | 'resources'>
) => Promise<string[]>

const values: Readonly<Record<NonNullable<PromptArgument['completes']>, Values>> = {
  model: (value, request, { resources }) => resources.complete('model', value, {}, request),
  contact: async (value, request, { gateway }) => {
    const input = { model: 'res.partner', name: value.slice(0, 256) }
    try {
      const { matches } = await asking(gateway, request)('odoo_name_search', input)
      return [...new Set((matches as unknown as NamedId[]).map(({ name }) => name))].slice(0, 100)
    } catch (error) {
      // Who may not read contacts gets no suggestions, which is no reason to fail.
      if (error instanceof GatewayError && silent.has(error.code)) return []
      throw error
    }
  }
}

const silent: ReadonlySet<string> = new Set(['access_denied', 'policy_denied', 'invalid_input'])
