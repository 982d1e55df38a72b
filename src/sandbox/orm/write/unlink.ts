import { afterUnlink, beforeUnlink } from '../../automation/triggers.js'
import { checkRights, checkRules, hasRules } from '../access.js'
import { assertExist, existing } from '../browse.js'
import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import type { Field, Model } from '../types.js'
import { foreignKey } from './integrity.js'

/** Deletes records, and does to those that point at them what their fields say. */
export function unlink(env: Env, model: Model, ids: number[]): void {
  if (ids.length === 0) return
  checkRights(env, model, 'u')
  // Only rules make Odoo look whether the records exist.
  if (hasRules(env, model, 'u')) assertExist(env, model, ids)
  checkRules(env, model, ids, 'u')
  const records = existing(env, model, ids)
  model.beforeUnlink?.(env, records)
  const owners = beforeUnlink(env, model, records)
  remove(env, model, records)
  afterUnlink(env, model, records, owners)
}

function remove(env: Env, model: Model, ids: number[]): void {
  const sudo = env.sudo()
  for (const id of ids) env.tables.remove(model.name, id)
  for (const [owner, field] of many2onesTo(env, model)) for (const id of ids) release(sudo, owner, field, id)
  for (const [table, reverse] of relationsOf(env, model)) for (const id of ids) clear(sudo, table, id, reverse)
  forget(sudo, model, ids)
}

/** Every many2one of any model that points at this one. */
function many2onesTo(env: Env, model: Model): [owner: Model, field: Field][] {
  return env.models.names().flatMap(name => {
    const owner = env.models.need(name)
    const fields = [...owner.fields.values()].filter(
      field => field.type === 'many2one' && field.relation === model.name && hasColumn(field)
    )
    return fields.map((field): [Model, Field] => [owner, field])
  })
}

function release(env: Env, owner: Model, field: Field, id: number): void {
  const referring = [...env.tables.referring(owner.name, field.name, id)]
  if (referring.length === 0) return
  const ondelete = field.ondelete ?? (field.required ? 'restrict' : 'set null')
  if (ondelete === 'restrict') throw foreignKey(env, owner, field)
  if (ondelete === 'cascade') remove(env, owner, referring)
  else for (const other of referring) env.tables.update(owner.name, other, { [field.name]: null })
}

function relationsOf(env: Env, model: Model): [table: string, reverse: boolean][] {
  const found = new Map<string, [string, boolean]>()
  for (const name of env.models.names()) {
    for (const field of env.models.need(name).fields.values()) {
      if (field.type !== 'many2many' || field.table === undefined) continue
      if (name === model.name)
        found.set(`${field.table} ${field.reverse ?? false}`, [field.table, field.reverse ?? false])
      if (field.relation === model.name) found.set(`${field.table} ${!field.reverse}`, [field.table, !field.reverse])
    }
  }
  return [...found.values()]
}

function clear(env: Env, table: string, id: number, reverse: boolean): void {
  for (const other of [...env.tables.links(table, id, reverse)]) {
    if (reverse) env.tables.unlink(table, other, id)
    else env.tables.unlink(table, id, other)
  }
}

/** Attachments and external ids go with their records, as Odoo sees to without a foreign key. */
function forget(env: Env, model: Model, ids: number[]): void {
  for (const [name, field] of [
    ['ir.attachment', 'res_model'],
    ['ir.model.data', 'model']
  ] as const) {
    const owner = env.models.get(name)
    if (owner === undefined || name === model.name) continue
    for (const row of [...env.tables.rows(name).values()]) {
      if (row[field] === model.name && ids.includes(Number(row.res_id))) remove(env, owner, [row.id])
    }
  }
}
