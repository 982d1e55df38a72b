import { randomBytes } from 'node:crypto'
import { GatewayError } from '../../core/errors.js'
import { nearest } from '../../core/nearest.js'
import type { CallScope, OdooLogin, OdooPort } from '../../core/ports/odoo.js'
import { type FoundRule, findActions, findRules } from './found-rules.js'
import { ruleCode, ruleValues, type Trigger, triggers } from './rule.js'

/** What is installed. */
export interface LiveState {
  /** The channel that the rules send on; absent when there are none. */
  channel?: string
  /** Models whose rules are as they should be, sorted. */
  models: string[]
  /** Models whose rules are not all there, switched off, or changed by hand; `install` puts them right. */
  broken: string[]
}

/** The rules in an Odoo that tell on its bus of every change. Needs a user with the Settings rights. */
export interface LiveRules {
  status(): Promise<LiveState>
  /**
   * Makes the rules of these models, in one transaction; those that are there and as they should be stay, and so does
   * the channel. Throws `not_found` for what is missing in Odoo, and what the calls to it throw.
   */
  install(models: readonly string[]): Promise<LiveState>
  /** Removes every trace, of earlier versions and half done removals, too. Gives the models that had rules. */
  uninstall(): Promise<string[]>
}

export function createLiveRules(login: OdooLogin, scope: () => CallScope): LiveRules {
  const { major } = login.identity
  // Rules that somebody has switched off are ours all the same.
  const port = (): OdooPort => login.port({ ...scope(), context: { active_test: false } })

  async function status(): Promise<LiveState> {
    await modelIds(['base.automation', 'bus.bus'])
    return stateOf(await findRules(port(), major), major)
  }

  /** The ids of models in `ir.model`. */
  async function modelIds(models: readonly string[]): Promise<Map<string, number>> {
    const domain = [['model', 'in', [...models]]]
    const rows = await port().search('ir.model', { domain, fields: ['model'], order: 'id' })
    const ids = new Map(rows.map(row => [row.model as string, row.id]))
    const missing = models.find(model => !ids.has(model))
    if (missing !== undefined) throw await whatIsMissing(missing)
    return ids
  }

  async function whatIsMissing(model: string): Promise<GatewayError> {
    const module = { 'base.automation': 'base_automation', 'bus.bus': 'bus' }[model]
    if (module !== undefined) {
      return new GatewayError('not_found', `The module ${module} is not installed in this Odoo.`, {
        hint: `Install it from the Apps menu${module === 'bus' ? '' : ' (Automation Rules, or Automated Action Rules before Odoo 17)'}, or go on polling.`
      })
    }
    const near = nearest(
      model,
      (await port().models()).map(known => known.model)
    )
    return new GatewayError('not_found', `models: there is no model ${model} in this Odoo; expected technical names.`, {
      hint: near === undefined ? 'Its module may not be installed.' : `Did you mean ${near}?`
    })
  }

  async function remove(rules: readonly FoundRule[]): Promise<void> {
    if (rules.length > 0)
      await port().unlink(
        'base.automation',
        rules.map(rule => rule.id)
      )
    // Before 17 the action of a rule stays when the rule goes.
    const actions = await findActions(
      port(),
      rules.map(rule => rule.name)
    )
    if (actions.length > 0) await port().unlink('ir.actions.server', actions)
  }

  return {
    status,
    async install(models) {
      const before = await status()
      const ids = await modelIds(models)
      const channel = before.channel ?? `odoo-mcp-${randomBytes(16).toString('hex')}`
      const wanted = [...new Set([...models, ...before.broken])].filter(model => !before.models.includes(model))
      const broken = (await findRules(port(), major)).filter(rule => wanted.includes(rule.model))
      await remove(broken)
      const known = new Map([...ids, ...broken.map(rule => [rule.model, rule.modelId] as const)])
      const rows = wanted.flatMap(model =>
        (Object.keys(triggers) as Trigger[]).map(trigger =>
          ruleValues({ model, modelId: known.get(model) as number, trigger }, channel, major)
        )
      )
      if (rows.length > 0) await port().create('base.automation', rows)
      return status()
    },
    async uninstall() {
      const rules = await findRules(port(), major)
      await remove(rules)
      const left = await findActions(port())
      if (left.length > 0) await port().unlink('ir.actions.server', left)
      return [...new Set(rules.map(rule => rule.model))].sort()
    }
  }
}

function stateOf(rules: readonly FoundRule[], major: number): LiveState {
  const channel = rules.map(rule => rule.channel).find(found => found !== undefined)
  const models = [...new Set(rules.map(rule => rule.model))].sort()
  const isWhole = (model: string) =>
    (Object.keys(triggers) as Trigger[]).every(trigger =>
      rules.some(
        rule =>
          rule.model === model &&
          rule.trigger === trigger &&
          rule.active &&
          channel !== undefined &&
          rule.code === ruleCode(model, channel, major)
      )
    )
  return {
    ...(channel !== undefined && { channel }),
    models: models.filter(isWhole),
    broken: models.filter(model => !isWhole(model))
  }
}
