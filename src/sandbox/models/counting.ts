import type { Rec } from '../orm/types.js'

/** How many records have this one in a many2one, its contacts' among them. */
export function counted(model: string, field: string): (record: Rec) => number {
  return ({ env, id }) => {
    let count = env.tables.referring(model, field, id).size
    for (const child of env.tables.referring('res.partner', 'parent_id', id)) {
      count += env.tables.referring(model, field, child).size
    }
    return count
  }
}

/** The ids of the messages on a record of `model`, the newest first. */
export function messagesOn(model: string): (record: Rec) => number[] {
  return ({ env, id }) => attachedTo('mail.message', model, { env, id }).reverse()
}

/** The ids of the activities on a record of `model`. */
export function activitiesOn(model: string): (record: Rec) => number[] {
  return ({ env, id }) => attachedTo('mail.activity', model, { env, id })
}

function attachedTo(what: string, model: string, { env, id }: Pick<Rec, 'env' | 'id'>): number[] {
  const column = what === 'mail.message' ? 'model' : 'res_model'
  const ids: number[] = []
  for (const row of env.tables.rows(what).values()) if (row.res_id === id && row[column] === model) ids.push(row.id)
  return ids
}
