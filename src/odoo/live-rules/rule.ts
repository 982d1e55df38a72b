import type { JsonObject } from '../../core/json.js'
import { hintType } from '../bus/messages.js'

/** What the names of all our rules and actions begin with: by it they are found again. */
export const namePrefix = 'odoo-mcp live: '

/** The two rules of a model. Creation and update are one trigger on every version. */
export const triggers = { on_create_or_write: 'changes', on_unlink: 'deletions' } as const

export type Trigger = keyof typeof triggers

/** Such as `odoo-mcp live: res.partner changes`. */
export function ruleName(model: string, trigger: Trigger): string {
  return `${namePrefix}${model} ${triggers[trigger]}`
}

/**
 * What a rule runs: it tells on the bus which records have changed, and nothing of what they hold, because whoever knows
 * the channel can listen. The bus sends it when the transaction is committed. 14 has no message types of its own.
 */
export function ruleCode(model: string, channel: string, major: number): string {
  const payload = `{'model': '${model}', 'ids': records.ids}`
  if (major >= 15) return `env['bus.bus']._sendone('${channel}', '${hintType}', ${payload})`
  return `env['bus.bus'].sendone('${channel}', {'type': '${hintType}', 'payload': ${payload}})`
}

/** The channel that a rule sends on, if it is one of ours. */
export function channelIn(code: string): string | undefined {
  return /\bsendone\('(odoo-mcp-[0-9a-f]{32})',/.exec(code.replace('._sendone', '.sendone'))?.[1]
}

/**
 * The values of a new `base.automation`. Before 17 an automation is a server action, with that one's fields; from 17 on
 * it has server actions.
 */
export function ruleValues(
  { model, modelId, trigger }: { model: string; modelId: number; trigger: Trigger },
  channel: string,
  major: number
): JsonObject {
  const rule = { name: ruleName(model, trigger), model_id: modelId, trigger }
  const action = { state: 'code', code: ruleCode(model, channel, major) }
  if (major < 17) return { ...rule, ...action }
  const { name } = rule
  return { ...rule, action_server_ids: [[0, 0, { ...action, name, model_id: modelId, usage: 'base_automation' }]] }
}
