// Rules of Odoo's bus for a benchmark, removed when it is done. Build first.
import { randomBytes } from 'node:crypto'
import { ruleValues, triggers } from '../dist/odoo/live-rules/rule.js'

/**
 * @param {(model: string, method: string, args: unknown[], kwargs?: object) => Promise<any>} odoo
 * @param {number} major the version of Odoo
 * @param {string} model whose changes are told of
 */
export async function installBus(odoo, major, model) {
  const channel = `bench-${randomBytes(16).toString('hex')}`
  const [modelId] = await odoo('ir.model', 'search', [[['model', '=', model]]])
  const rows = Object.keys(triggers).map(trigger => {
    const values = ruleValues({ model, modelId, trigger: /** @type {any} */ (trigger) }, channel, major)
    return { ...values, name: `bench ${channel} ${trigger}` }
  })
  const rules = await odoo('base.automation', 'create', [rows])
  return {
    flags: { 'live-channel': channel, 'live-models': model },
    async uninstall() {
      // Before 17 the action of a rule stays when the rule goes.
      const before = major < 17 ? await odoo('base.automation', 'read', [rules], { fields: ['action_server_id'] }) : []
      await odoo('base.automation', 'unlink', [rules])
      const actions = before.map((/** @type {any} */ rule) => rule.action_server_id[0])
      if (actions.length > 0) await odoo('ir.actions.server', 'unlink', [actions])
    }
  }
}
