import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../../src/core/json.js'
import { ruleValues, type Trigger } from '../../src/odoo/live-rules/rule.js'
import type { LabOdoo } from './odoos.js'
import { logInDirectly } from './rpc.js'

/** Rules as `odoo-mcp live install` makes them, under names that its `uninstall` does not find: a test of its own. */
export async function ownRules(
  odoo: LabOdoo,
  models: readonly string[]
): Promise<{ channel: string; remove(): Promise<void> }> {
  const direct = await logInDirectly(odoo)
  const channel = `odoo-mcp-${randomBytes(16).toString('hex')}`
  const major = Number(odoo.version)
  const found = await direct.call<{ id: number; model: string }[]>(
    'ir.model',
    'search_read',
    [[['model', 'in', [...models]]]],
    { fields: ['model'] }
  )
  const rows = found.flatMap(({ id, model }) =>
    (['on_create_or_write', 'on_unlink'] satisfies Trigger[]).map(trigger => {
      const values = ruleValues({ model, modelId: id, trigger }, channel, major)
      return { ...values, name: `test ${channel} ${model} ${trigger}` } as JsonObject
    })
  )
  const rules = await direct.call<number[]>('base.automation', 'create', [rows])
  return {
    channel,
    async remove() {
      const fields = major < 17 ? ['action_server_id'] : ['id']
      const before = await direct.call<{ action_server_id?: [number, string] }[]>('base.automation', 'read', [rules], {
        fields
      })
      await direct.call('base.automation', 'unlink', [rules])
      const actions = before.flatMap(rule => rule.action_server_id?.[0] ?? [])
      if (actions.length > 0) await direct.call('ir.actions.server', 'unlink', [actions])
    }
  }
}
