import { ConfigError } from '../config/config.js'
import { nearest } from '../core/nearest.js'

/** The flags of `odoo-mcp live`. */
export const liveFlags = {
  models: { type: 'string', description: 'With live install: the models to tell of, such as res.partner,sale.order' }
} as const

const actions = ['install', 'status', 'uninstall'] as const

/** What `odoo-mcp live` is asked to do. */
export type LiveWish = { action: 'install'; models: string[] } | { action: 'status' | 'uninstall' }

/** Reads the words after `live` and its flag. Throws ConfigError that names what is wrong with them. */
export function liveWish([action, ...more]: readonly string[], models: string | boolean | undefined): LiveWish {
  const expected = `expected one of ${actions.join(', ')}`
  if (action === undefined) throw new ConfigError([`live: no action; ${expected}, such as odoo-mcp live status`])
  if (!isAction(action)) {
    const near = nearest(action, [...actions])
    throw new ConfigError([`live: "${action}" is no action; ${expected}${near ? `; did you mean ${near}?` : ''}`])
  }
  if (more.length > 0) throw new ConfigError([`live ${action}: "${more.join(' ')}" is not understood; expected flags`])
  if (action !== 'install') {
    if (models === undefined) return { action }
    throw new ConfigError([`--models: given with live ${action}; expected with live install alone`])
  }
  const names = typeof models === 'string' ? models.split(',').map(name => name.trim()) : []
  const wrong = names.filter(name => !modelName.test(name))
  if (wrong.length > 0 || names.length === 0) {
    const given = names.length === 0 ? 'missing' : `${JSON.stringify(wrong[0])} is no name of a model`
    throw new ConfigError([`--models: ${given}; expected technical names, such as --models res.partner,sale.order`])
  }
  return { action, models: [...new Set(names)] }
}

function isAction(word: string): word is LiveWish['action'] {
  return (actions as readonly string[]).includes(word)
}

/** Also what keeps quotes out of the code of the rules. */
const modelName = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/
