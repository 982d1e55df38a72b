import { valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr } from '../../python.js'
import { itemAt } from '../browse.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { applyLines } from './lines.js'
import { applyLinks } from './links.js'

/** Applies the value of a one2many or many2many to a record, which was `created` just now or not. */
export function applyCommands(env: Env, model: Model, id: number, field: Field, value: Json, created = false): void {
  const commands = toCommands(field, value)
  if (field.type === 'one2many') applyLines(env, model, id, field, commands, created)
  else applyLinks(env, model, id, field, commands)
}

/** The value as commands such as `[0, 0, values]` and `[6, 0, ids]`: a plain list of ids replaces, `false` clears. */
export function toCommands(field: Field, value: Json): Json[] {
  if (value === null || value === false) return [[5]]
  if (!Array.isArray(value)) {
    throw valueError(`Wrong value for ${field.model}.${field.name}: ${typeof value === 'string' ? value : repr(value)}`)
  }
  return value.length > 0 && !Array.isArray(value[0]) ? [[6, 0, value]] : value
}

/** What a command does, by its number; for Python `true` is 1 and `false` is 0. Odoo passes over numbers it does not know. */
export function codeOf(command: readonly Json[]): Json {
  const code = itemAt(command, 0)
  return typeof code === 'boolean' ? Number(code) : code
}
