import { validationError } from '../../exceptions.js'
import type { JsonObject } from '../../json.js'
import { assertExist } from '../browse.js'
import type { Env } from '../env.js'
import type { Field, Model, SqlConstraint } from '../types.js'

/** What Odoo makes of PostgreSQL's refusals: each release words them in its own way. */

const cannot = 'The operation cannot be completed:'

/** A required field without a value. */
export function missingValue(env: Env, model: Model, field: Field): Error {
  const table = model.name.replaceAll('.', '_')
  if (env.major <= 14) {
    return validationError(
      `${cannot}\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being ` +
        `deleted. If possible, archive it instead.\n\nModel: ${model.description} (${model.name}), Field: ${field.string} (${field.name})`
    )
  }
  const causedBy = `psycopg2.errors.NotNullViolation: null value in column "${field.name}" of relation "${table}" violates not-null constraint`
  if (env.major <= 17) {
    return validationError(
      `${cannot}\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being ` +
        `deleted. If possible, archive it instead.\n\nModel: ${model.description} (${model.name})\nField: ${field.string} (${field.name})\n`,
      causedBy
    )
  }
  return validationError(
    `${cannot} Missing required value for the field '${field.string}' (${field.name}).\nModel: '${model.description}' ` +
      `(${model.name})\n- create/update: a mandatory field is not set\n- delete: another model requires the record being ` +
      'deleted, you can archive it instead\n',
    causedBy
  )
}

/** A many2one to a record that does not exist, or the end of a record that others point at. */
export function foreignKey(env: Env, model: Model, field: Field): Error {
  const table = model.name.replaceAll('.', '_')
  const constraint = `${table}_${field.name}_fkey`
  if (env.major <= 14) return foreignKey14(`${model.description} (${model.name})`, constraint)
  const causedBy = `psycopg2.errors.ForeignKeyViolation: insert or update on table "${table}" violates foreign key constraint "${constraint}"`
  if (env.major <= 17) return foreignKey17(`${model.description} (${model.name})`, constraint, causedBy)
  return validationError(
    `${cannot} Another model is using the record you are trying to delete.\n\nThe troublemaker is: ` +
      `'${model.description}' (${model.name})\nThanks to the following constraint: '${field.string}' (${field.name})\n` +
      'How about archiving the record instead?',
    causedBy
  )
}

/** The column of a many2many's table that names the other records. */
export function otherColumn({ column, relation }: Field): string {
  return column ?? `${String(relation).replaceAll('.', '_')}_id`
}

/** A many2many to nothing. */
export function missingValueOfRelation(env: Env, field: Field): Error {
  const column = otherColumn(field)
  if (env.major <= 17) {
    return validationError(
      `${cannot}\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being ` +
        'deleted. If possible, archive it instead.'
    )
  }
  return validationError(
    `${cannot} Missing required value for the field '${column}'.\nModel: Unknown\n- create/update: a mandatory field ` +
      'is not set\n- delete: another model requires the record being deleted, you can archive it instead\n',
    `psycopg2.errors.NotNullViolation: null value in column "${column}" of relation "${field.table}" violates not-null constraint`
  )
}

/** A many2many to a record that does not exist. */
export function foreignKeyOfRelation(env: Env, field: Field): Error {
  const constraint = `${field.table}_${otherColumn(field)}_fkey`
  if (env.major <= 14) return foreignKey14('Unknown (Unknown)', constraint)
  const causedBy = `psycopg2.errors.ForeignKeyViolation: insert or update on table "${field.table}" violates foreign key constraint "${constraint}"`
  if (env.major <= 17) return foreignKey17('Unknown (unknown)', constraint, causedBy)
  return validationError(
    `${cannot} Another model is using the record you are trying to delete.\n\nThe troublemaker is: ` +
      `Unknown\nThanks to the following constraint: ${constraint}\nHow about archiving the record instead?`,
    causedBy
  )
}

function foreignKey14(model: string, constraint: string): Error {
  return validationError(
    `${cannot} another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${model}, ` +
      `Constraint: ${constraint}`
  )
}

function foreignKey17(model: string, constraint: string, causedBy: string): Error {
  return validationError(
    `${cannot} another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${model}\n` +
      `Constraint: ${constraint}\n`,
    causedBy
  )
}

/** A constraint that a model brings in SQL. 14 tells its bare name unless the context has a language. */
export function brokenConstraint(
  env: Env,
  { name, message }: Pick<SqlConstraint, 'name' | 'message'>,
  kind: 'Unique' | 'Check'
): Error {
  if (env.major <= 14) return validationError(env.context.lang ? message : name)
  const causedBy =
    kind === 'Unique'
      ? `psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "${name}"`
      : `psycopg2.errors.CheckViolation: new row violates check constraint "${name}"`
  return validationError(`${cannot} ${message}`, causedBy)
}

/**
 * Refuses links that code of Odoo's follows before PostgreSQL sees them, where they lead nowhere. It does so for ids
 * alone: texts and other values are left to the database.
 */
export function checkFollowed(env: Env, model: Model, values: JsonObject, when: 'on create' | 'on write'): void {
  for (const [name, id] of Object.entries(values)) {
    const { followed, relation } = model.fields.get(name) ?? {}
    if ((followed !== 'always' && followed !== when) || typeof id !== 'number' || id === 0) continue
    if (Number.isInteger(id)) assertExist(env, env.models.need(String(relation)), [id])
  }
}

/** Refuses rows that NOT NULL, a foreign key or a unique constraint would, in the order in which PostgreSQL does. */
export function checkRow(env: Env, model: Model, id: number, changed: Field[]): void {
  const row = env.tables.row(model.name, id)
  for (const field of changed) {
    const cell = row?.[field.name] ?? null
    if (field.required && cell === null && field.type !== 'boolean') throw missingValue(env, model, field)
  }
  for (const field of changed) {
    const cell = row?.[field.name]
    if (field.type !== 'many2one' || typeof cell !== 'number') continue
    if (env.tables.row(String(field.relation), cell) === undefined) throw foreignKey(env, model, field)
  }
  for (const constraint of model.unique ?? []) {
    if (changed.some(field => constraint.fields.includes(field.name))) checkUnique(env, model, id, constraint)
  }
}

function checkUnique(env: Env, model: Model, id: number, constraint: SqlConstraint): void {
  const row = env.tables.row(model.name, id)
  const key = (other: typeof row) => constraint.fields.map(field => other?.[field] ?? null)
  const own = key(row)
  if (own.includes(null)) return
  const wanted = JSON.stringify(own)
  for (const other of env.tables.rows(model.name).values()) {
    if (other.id !== id && JSON.stringify(key(other)) === wanted) throw brokenConstraint(env, constraint, 'Unique')
  }
}
