import { assertionError, missingError } from '../exceptions.js'
import type { Json } from '../json.js'
import type { Env } from './env.js'
import { fieldError, rightsError, ruleError } from './refusals.js'
import { matcher } from './search.js'
import type { Field, Model, Rule } from './types.js'

export type Right = 'c' | 'r' | 'w' | 'u'

/** The operations as callers name them. */
const rights: { [operation: string]: Right } = { create: 'c', read: 'r', write: 'w', unlink: 'u' }

/** Throws for an operation that is none. */
export function rightNamed(operation: Json | undefined): Right {
  const right = typeof operation === 'string' ? rights[operation] : undefined
  if (right === undefined) throw assertionError('Invalid access mode')
  return right
}

/** Whether a group of the user may do this with the model at all. */
export function hasRights(env: Env, model: Model, right: Right): boolean {
  return (
    env.su || model.access.some(([group, rights]) => rights.includes(right) && (group === null || env.hasGroup(group)))
  )
}

/** `has_access`: whether rights and record rules let the user do this with all of the records. */
export function hasAccess(env: Env, model: Model, ids: number[], right: Right): boolean {
  return hasRights(env, model, right) && visibleIds(env, model, ids, right).length === ids.length
}

/** Throws AccessError where `hasRights` says no. */
export function checkRights(env: Env, model: Model, right: Right): void {
  if (hasRights(env, model, right)) return
  throw rightsError(env, model, right)
}

/** The records among these that the record rules let the user see, in the same order. */
export function visibleIds(env: Env, model: Model, ids: number[], right: Right = 'r'): number[] {
  const allows = ruleOf(env, model, right)
  return allows === undefined ? ids : ids.filter(allows)
}

/** Throws AccessError unless the record rules let the user do this with every one of the records. */
export function checkRules(env: Env, model: Model, ids: number[], right: Right): void {
  const existing = ids.filter(id => env.tables.row(model.name, id) !== undefined)
  const rules = recordRuleOf(env, model, right)
  const refused = rules === undefined ? [] : existing.filter(id => !rules(id))
  if (refused.length > 0) throw ruleError(env, model, refused, right)
  const { guard } = model
  if (guard === undefined || env.su) return
  const guarded = existing.filter(id => !guard.allows(env, id, right))
  if (guarded.length > 0) throw guard.refusal(env, guarded, right)
}

/** Throws unless the user may read all of the records, and they exist. */
export function checkReadable(env: Env, model: Model, ids: number[]): void {
  if (!model.guard?.searchedFreely?.(env.major)) checkRights(env, model, 'r')
  checkRules(env, model, ids, 'r')
  const missing = ids.filter(id => env.tables.row(model.name, id) === undefined)
  if (missing.length > 0) throw missingError(model.name, missing, env.uid)
}

/** What record rules and the model's own guard say of one record; undefined where there are none for this user. */
export function ruleOf(env: Env, model: Model, right: Right): ((id: number) => boolean) | undefined {
  const rules = recordRuleOf(env, model, right)
  const { guard } = model
  if (guard === undefined || env.su) return rules
  return id => (rules === undefined || rules(id)) && guard.allows(env, id, right)
}

/** Whether there is a rule at all: only then Odoo looks whether records exist before it writes them. */
export function hasRules(env: Env, model: Model, right: Right): boolean {
  return rulesOf(env, model, right).length > 0 || (model.guard !== undefined && !env.su && env.major >= 15)
}

/** The rules of the records within count, too (`_inherits`). */
function recordRuleOf(env: Env, model: Model, right: Right): ((id: number) => boolean) | undefined {
  const tests = [ownRuleOf(env, model, right)]
  for (const [through, parent] of Object.entries(model.inherits ?? {})) {
    const test = recordRuleOf(env, env.models.need(parent), right)
    if (test !== undefined) tests.push(id => test(Number(env.tables.row(model.name, id)?.[through])))
  }
  const given = tests.filter(test => test !== undefined)
  return given.length === 0 ? undefined : id => given.every(test => test(id))
}

function ownRuleOf(env: Env, model: Model, right: Right): ((id: number) => boolean) | undefined {
  const rules = rulesOf(env, model, right)
  if (rules.length === 0) return undefined
  const sudo = env.sudo().withContext({ active_test: false })
  const toTest = (rule: Rule) => matcher(sudo, model, rule.domain(env))
  const everybody = rules.filter(({ group }) => group === undefined).map(toTest)
  const ofGroups = rules.filter(({ group }) => group !== undefined).map(toTest)
  return id => everybody.every(test => test(id)) && (ofGroups.length === 0 || ofGroups.some(test => test(id)))
}

/** Rules without a group hold for everybody; of those with one, any that fits is enough. */
export function rulesOf(env: Env, { rules = [] }: Model, right: Right): Rule[] {
  if (env.su) return []
  return rules.filter(
    ({ group, rights = 'crwu' }) => rights.includes(right) && (group === undefined || env.hasGroup(group))
  )
}

/** The fields that the user's groups let them know of. */
export function visibleFields(env: Env, model: Model): Field[] {
  return [...model.fields.values()].filter(field => mayKnow(env, field))
}

/** Whether one of the user's groups may know the field. */
export function mayKnow(env: Env, { groups }: Field): boolean {
  if (groups === undefined || env.su) return true
  return groups.split(',').some(group => env.hasGroup(group.trim()))
}

/** Throws AccessError for a field that is kept from the user's groups. */
export function checkField(env: Env, model: Model, field: Field, right: 'read' | 'write'): void {
  if (mayKnow(env, field)) return
  throw fieldError(env, model, field, right)
}
