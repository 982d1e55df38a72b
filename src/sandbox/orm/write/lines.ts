import { asList } from '../../arguments.js'
import { typeError } from '../../exceptions.js'
import type { Json, JsonObject } from '../../json.js'
import { typeName } from '../../python.js'
import { assertExist, browse, dictOf, hashable, itemAt } from '../browse.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { fieldValue, valueAt } from '../values.js'
import { codeOf } from './commands.js'
import { create } from './create.js'
import { unlink } from './unlink.js'
import { write } from './write.js'

/** Applies commands to the lines of a one2many. */
export function applyLines(
  env: Env,
  model: Model,
  id: number,
  field: Field,
  commands: readonly Json[],
  created: boolean
): void {
  const lines = new Lines(env, model, id, field, created)
  for (const command of commands) {
    if (!Array.isArray(command)) throw typeError(`'${typeName(command)}' object is not subscriptable`)
    lines.apply(command)
  }
  lines.flush()
}

class Lines {
  private readonly comodel: Model
  private readonly inverse: string
  private toCreate: JsonObject[] = []
  private toDelete: number[] = []
  private toLink = new Set<Json>()
  /** Nothing can be on a record that was just created unless a command before has put it there. */
  private mayReplace: boolean

  constructor(
    private readonly env: Env,
    private readonly model: Model,
    private readonly id: number,
    private readonly field: Field,
    created: boolean
  ) {
    this.comodel = env.models.need(String(field.relation))
    this.inverse = String(field.inverse)
    this.mayReplace = !created
  }

  apply(command: readonly Json[]): void {
    const { env, comodel } = this
    switch (codeOf(command)) {
      case 0:
        this.toCreate.push({ ...dictOf(itemAt(command, 2)), [this.inverse]: this.id })
        this.mayReplace = false
        return
      case 1: {
        const lines = browse(itemAt(command, 1))
        write(env, comodel, lines, itemAt(command, 2))
        return
      }
      case 2:
        this.toDelete.push(...browse(itemAt(command, 1)))
        return
      case 3:
        this.unlink(browse(itemAt(command, 1)))
        return
      case 4:
        this.toLink.add(hashable(itemAt(command, 1)))
        this.mayReplace = false
        return
      case 5:
        this.replace([])
        return
      case 6:
        this.replace(itemAt(command, 2))
        return
    }
  }

  /** Odoo keeps what it deletes, creates and links for the end, in this order. */
  flush(): void {
    const { env, comodel, inverse } = this
    unlink(env, comodel, this.toDelete)
    if (this.toCreate.length > 0) create(env, comodel, this.toCreate)
    const linked = browse([...this.toLink])
    assertExist(env, comodel, linked)
    const others = linked.filter(line => valueAt(env.sudo(), comodel, line, inverse) !== this.id)
    write(env, comodel, others, { [inverse]: this.id })
    this.toDelete = []
    this.toCreate = []
    this.toLink = new Set()
  }

  /** A line that goes with its record is deleted. */
  private unlink(lines: number[]): void {
    if (this.comodel.fields.get(this.inverse)?.ondelete === 'cascade') this.toDelete.push(...lines)
    else write(this.env, this.comodel, lines, { [this.inverse]: false })
  }

  private replace(ids: Json): void {
    const { env, comodel, inverse } = this
    if (!this.mayReplace) {
      for (const line of typeof ids === 'number' ? [ids] : asList(ids || [])) this.toLink.add(hashable(line))
      return
    }
    this.flush()
    const lines = browse(ids)
    const before = fieldValue(env, this.model, this.id, this.field) as number[]
    this.unlink(before.filter(line => !lines.includes(line)))
    write(env, comodel, lines, { [inverse]: this.id })
  }
}
