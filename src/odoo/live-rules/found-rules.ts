import type { Json } from '../../core/json.js'
import type { OdooPort, Row } from '../../core/ports/odoo.js'
import { channelIn, namePrefix } from './rule.js'

/** One of our rules, as it is in Odoo now. */
export interface FoundRule {
  id: number
  name: string
  model: string
  /** In `ir.model`. */
  modelId: number
  trigger: string
  active: boolean
  /** What it runs, without spaces around it. */
  code: string
  channel: string | undefined
}

/** Finds all rules of ours by their names. The port should see inactive records. */
export async function findRules(port: OdooPort, major: number): Promise<FoundRule[]> {
  const fields = ['name', 'model_id', 'model_name', 'trigger', 'active', ...(major < 17 ? ['code'] : [])]
  const domain = [['name', '=like', `${namePrefix}%`]]
  const rules = await port.search('base.automation', { domain, fields, order: 'id' })
  const codes = major < 17 ? new Map(rules.map(rule => [rule.id, rule.code])) : await codesOf(port, rules)
  return rules.map(rule => {
    const code = text(codes.get(rule.id)).trim()
    return {
      id: rule.id,
      name: text(rule.name),
      model: text(rule.model_name),
      modelId: Array.isArray(rule.model_id) ? (rule.model_id[0] as number) : 0,
      trigger: text(rule.trigger),
      active: rule.active === true,
      code,
      channel: channelIn(code)
    }
  })
}

/** The code of each rule; of more actions than one, one below the other: then it is no longer what we made. */
async function codesOf(port: OdooPort, rules: readonly Row[]): Promise<Map<number, Json>> {
  const codes = new Map<number, Json>()
  const domain = [['base_automation_id', 'in', rules.map(rule => rule.id)]]
  const fields = ['base_automation_id', 'code']
  const actions = await port.search('ir.actions.server', { domain, fields, order: 'id' })
  for (const { base_automation_id: rule, code } of actions) {
    const id = Array.isArray(rule) ? (rule[0] as number) : 0
    codes.set(id, [codes.get(id), code].filter(part => part !== undefined).join('\n'))
  }
  return codes
}

/** The server actions of ours, with these names or all. */
export async function findActions(port: OdooPort, names?: readonly string[]): Promise<number[]> {
  const domain = [names === undefined ? ['name', '=like', `${namePrefix}%`] : ['name', 'in', [...names]]]
  return (await port.search('ir.actions.server', { domain, fields: ['id'], order: 'id' })).map(row => row.id)
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
