import { valueError } from '../exceptions.js'
import type { Env } from '../orm/env.js'
import { matcher } from '../orm/search.js'
import type { Model, Row } from '../orm/types.js'
import { repr } from '../python.js'
import type { Major } from '../release.js'
import { evaluate, runCode } from './evaluate.js'
import { PythonError } from './python-error.js'

/** What happened to records; archiving is a write of `active`. */
export type Event = 'create' | 'write' | 'archive' | 'unarchive' | 'unlink'

const triggers: { [event in Event]: readonly string[] } = {
  create: ['on_create', 'on_create_or_write'],
  write: ['on_write', 'on_create_or_write'],
  archive: ['on_write', 'on_create_or_write', 'on_archive'],
  unarchive: ['on_write', 'on_create_or_write', 'on_unarchive'],
  unlink: ['on_unlink']
}

/** Runs the actions of the automation rules for an event, record by record. What they throw ends the transaction. */
export function runRules(env: Env, model: Model, ids: readonly number[], event: Event): void {
  for (const rule of rulesFor(env, model, event)) {
    const actions = actionsOf(env, rule)
    const fitting = filtered(env, model, ids, rule)
    for (const id of fitting) for (const action of actions) runAction(env, action, model, [id])
  }
}

/** The rules for an event, in the order in which Odoo runs them. */
function rulesFor(env: Env, model: Model, event: Event): Row[] {
  const modelId = idOfModel(env, model.name)
  const rules = [...env.tables.rows('base.automation').values()].filter(rule => {
    const action = env.tables.row('ir.actions.server', Number(rule.action_server_id))
    const about = env.major < 17 ? action?.model_id : rule.model_id
    return rule.active === true && about === modelId && triggers[event].includes(String(rule.trigger))
  })
  return rules.sort((a, b) => a.id - b.id)
}

function idOfModel(env: Env, name: string): number | undefined {
  for (const row of env.tables.rows('ir.model').values()) if (row.model === name) return row.id
  return undefined
}

/** A rule of 14 is an action itself, by delegation; since 17 it has some. */
function actionsOf({ tables, major }: Env, rule: Row): Row[] {
  const ids =
    major < 17
      ? [Number(rule.action_server_id)]
      : [...tables.referring('ir.actions.server', 'base_automation_id', rule.id)].sort((a, b) => a - b)
  return ids.map(id => tables.row('ir.actions.server', id)).filter(row => row !== undefined)
}

function filtered(env: Env, model: Model, ids: readonly number[], { filter_domain }: Row): readonly number[] {
  if (typeof filter_domain !== 'string' || filter_domain.trim() === '') return ids
  const domain = wrapping(env.major, filter_domain, () => evaluate(env, filter_domain, { uid: env.uid }))
  if (!Array.isArray(domain)) return ids
  return ids.filter(matcher(env.sudo().withContext({ active_test: false }), model, domain))
}

/** Runs an action on records. Actions other than code do nothing in the sandbox. */
function runAction(env: Env, action: Row, model: Model, ids: readonly number[]): void {
  if (action.state !== 'code' || typeof action.code !== 'string') return
  const code = action.code.trim()
  wrapping(env.major, code, () => runCode(env, code, model, ids))
}

/** Throws what `safe_eval` makes of an exception. */
function wrapping<T>(major: Major, code: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    const { type, message } = error
    const shown = major < 18 ? `<class '${type}'>: "${message}"` : `${type}(${repr(message)})`
    throw valueError(`${shown} while evaluating\n${repr(code)}`)
  }
}
