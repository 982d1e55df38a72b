import { asList } from '../../arguments.js'
import { accessError, OdooException, valueError } from '../../exceptions.js'
import { isObject, type Json } from '../../json.js'
import { repr } from '../../python.js'
import { checkRights, checkRules } from '../access.js'
import { browse, dictOf, hashable, itemAt } from '../browse.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { codeOf } from './commands.js'
import { create } from './create.js'
import { foreignKeyOfRelation, missingValueOfRelation, otherColumn } from './integrity.js'
import { toSqlInteger } from './sql-values.js'
import { unlink } from './unlink.js'
import { write } from './write.js'

/** Applies commands to the links of a many2many. */
export function applyLinks(env: Env, model: Model, id: number, field: Field, commands: readonly Json[]): void {
  const comodel = env.models.need(String(field.relation))
  const [table, reverse] = [String(field.table), field.reverse ?? false]
  const before: ReadonlySet<Json> = new Set(env.tables.links(table, id, reverse))
  const after = linksAfter(env, comodel, before, commands)
  const added = [...after].filter(other => !before.has(other))
  checkVisible(env, model, comodel, field, added)
  const pair = (other: number): [number, number] => (reverse ? [other, id] : [id, other])
  for (const other of toIds(env, comodel, field, added)) env.tables.link(table, ...pair(other))
  for (const other of before) if (!after.has(other)) env.tables.unlink(table, ...pair(other as number))
}

/** What the record is linked to at the end, as the commands gave it. */
function linksAfter(env: Env, comodel: Model, before: ReadonlySet<Json>, commands: readonly Json[]): Set<Json> {
  let links = new Set(before)
  let toCreate: { values: Json; linked: boolean }[] = []
  const toDelete: Json[] = []
  for (const command of commands) {
    if (!Array.isArray(command) || command.length === 0) continue
    switch (codeOf(command)) {
      case 0:
        toCreate.push({ values: itemAt(command, 2), linked: true })
        break
      case 1:
        write(env, comodel, browse(itemAt(command, 1)), itemAt(command, 2))
        break
      case 2:
        toDelete.push(itemAt(command, 1))
        break
      case 3:
        links.delete(hashable(itemAt(command, 1)))
        break
      case 4:
        links.add(hashable(itemAt(command, 1)))
        break
      case 5:
      case 6:
        // What was to be created is so all the same.
        toCreate = toCreate.map(one => ({ ...one, linked: false }))
        links = new Set(codeOf(command) === 6 ? asList(itemAt(command, 2)).map(hashable) : [])
        break
    }
  }
  const rows = toCreate.map(({ values }) => valuesOf(env, comodel, values))
  const created = rows.length > 0 ? create(env, comodel, rows) : []
  for (const [index, other] of created.entries()) if (toCreate[index]?.linked) links.add(other)
  unlink(env, comodel, browse(toDelete))
  for (const other of toDelete) links.delete(other)
  return links
}

/** 19 takes the characters of a text for names of fields, where 14 makes a dictionary of it. */
function valuesOf(env: Env, comodel: Model, values: Json): Json {
  if (isObject(values) || env.major <= 18) return dictOf(values)
  const [name] = asList(values)
  if (name === undefined) return {}
  throw valueError(`Invalid field ${repr(name)} in '${comodel.name}'`)
}

/** 19 links only what the user may read. */
function checkVisible(env: Env, model: Model, comodel: Model, field: Field, added: readonly Json[]): void {
  if (env.su || env.major < 19 || added.length === 0) return
  try {
    checkRights(env, comodel, 'r')
    checkRules(
      env,
      comodel,
      added.filter(other => typeof other === 'number'),
      'r'
    )
  } catch (error) {
    if (!(error instanceof OdooException) || !error.className.endsWith('.AccessError')) throw error
    throw accessError(`Failed to write field ${model.name}.${field.name}\n${error.message}`)
  }
}

/** The ids as PostgreSQL reads them, all of one statement: types are checked first, foreign keys last. */
function toIds(env: Env, comodel: Model, field: Field, added: readonly Json[]): number[] {
  const column = otherColumn(field)
  const ids = added.filter(other => other !== null).map(other => toSqlInteger(column, other))
  if (ids.length < added.length) throw missingValueOfRelation(env, field)
  if (ids.some(other => env.tables.row(comodel.name, other) === undefined)) throw foreignKeyOfRelation(env, field)
  return ids
}
