import type { JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Model } from '../orm/types.js'
import { storedOnOwner, writesAfterCreate, writesAfterUnlink, writesAfterWrite } from './internal-writes.js'
import { type Event, runRules } from './rules.js'

/** What follows once records were created: the automation rules, and what Odoo writes to the records by itself. */
export function afterCreate(env: Env, model: Model, ids: readonly number[]): void {
  if (hasRulesOf(env, model)) {
    const writes = writesAfterCreate(env.major, model.name)
    // 14 computes the first stored fields before `create` returns to the rules.
    const before = env.major < 15 && writes > 0 ? 1 : 0
    repeat(before, () => runRules(env, model, ids, 'write'))
    runRules(env, model, ids, 'create')
    repeat(writes - before, () => runRules(env, model, ids, 'write'))
  }
  touchOwners(env, model, ownersOf(env, model, ids))
}

/** What follows once these values were written. */
export function afterWrite(env: Env, model: Model, ids: readonly number[], values: JsonObject): void {
  if (hasRulesOf(env, model)) {
    runRules(env, model, ids, eventOf(values))
    repeat(writesAfterWrite(model.name, Object.keys(values)), () => runRules(env, model, ids, 'write'))
  }
  touchOwners(env, model, ownersOf(env, model, ids))
}

/** Runs the rules while the records are there, and gives those that keep something computed from them. */
export function beforeUnlink(env: Env, model: Model, ids: readonly number[]): readonly number[] {
  if (hasRulesOf(env, model)) runRules(env, model, ids, 'unlink')
  return ownersOf(env, model, ids)
}

/** 14 goes on computing stored fields of records that are gone: rules hear of changes after the deletion. */
export function afterUnlink(env: Env, model: Model, ids: readonly number[], owners: readonly number[]): void {
  if (hasRulesOf(env, model)) {
    repeat(writesAfterUnlink(env.major, model.name), () => runRules(env, model, ids, 'write'))
  }
  touchOwners(env, model, owners)
}

/** Whether there is any rule at all: most databases have none, and then nothing of this costs anything. */
function hasRulesOf(env: Env, model: Model): boolean {
  return model.transient !== true && env.tables.rows('base.automation').size > 0
}

function eventOf({ active }: JsonObject): Event {
  return active === false ? 'archive' : active === true ? 'unarchive' : 'write'
}

function ownersOf(env: Env, model: Model, ids: readonly number[]): number[] {
  const owner = storedOnOwner(model.name)
  if (owner === undefined) return []
  const owners = ids.map(id => env.tables.row(model.name, id)?.[owner.field])
  return [...new Set(owners)].filter(id => typeof id === 'number')
}

/** Odoo keeps the totals of an order in the order: a changed line is a write to it. */
function touchOwners(env: Env, model: Model, ids: readonly number[]): void {
  const name = storedOnOwner(model.name)?.model
  if (name === undefined) return
  const owners = ids.filter(id => env.tables.row(name, id) !== undefined)
  for (const id of owners) env.tables.update(name, id, { write_uid: env.uid, write_date: env.now })
  const owner = env.models.need(name)
  if (owners.length > 0 && hasRulesOf(env, owner)) repeat(2, () => runRules(env, owner, owners, 'write'))
}

function repeat(times: number, run: () => void): void {
  for (let n = 0; n < times; n++) run()
}
