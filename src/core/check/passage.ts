import { type Belonging, belongingOf, namesFieldsOf, visibleRows } from '../belonging.js'
import type { Json } from '../json.js'
import { isRelational } from './leaf.js'
import type { Names } from './names.js'

/** A step of a path into a model such as `ir.attachment`, whose rows may belong to records of any model. */
export interface Passage {
  /** The path to the rows. */
  prefix: string
  comodel: string
  /** Whether a record leads to one row at most. */
  isSingle: boolean
}

/**
 * Finds where a path comes to rows that may belong to what the policy hides. A record's own messages, activities and
 * attachments, over there the rows with its id, belong to what was reached already.
 * @param from how many fields of the path were judged before
 */
export async function findPassage(
  model: string,
  path: readonly string[],
  names: Names,
  from = 0
): Promise<Passage | undefined> {
  let isSingle = true
  let fields = path.length === 0 ? undefined : await names.fields(model)
  for (const [index, name] of path.entries()) {
    const info = fields?.get(name)
    if (info?.relation === undefined || !isRelational(info) || !names.policy.mayRead(info.relation)) return undefined
    isSingle &&= info.type === 'many2one'
    fields = await names.fields(info.relation)
    const belonging = belongingOf(fields)
    const isOwn = info.relation_field !== undefined && info.relation_field === belonging?.id
    if (index < from || belonging === undefined || isOwn) continue
    if (visibleRows(belonging, names.policy, false, '.').length === 0) continue
    return { prefix: path.slice(0, index + 1).join('.'), comodel: info.relation, isSingle }
  }
  return undefined
}

/** What is to be said where a path may not go through rows of any model. */
export function passageHelp({ prefix, comodel }: Passage): string {
  return `${prefix} may lead to what the policy of this server hides; ask for ${comodel} itself`
}

/**
 * A checked leaf, true only where the rows on its path belong to what may be seen. Through a many2one both conditions
 * stand side by side; of many rows one and the same has to fit both, which only `any` says (Odoo 17 and later).
 * @param path as far as rows are looked at: without the last field, unless the leaf looks for their names
 */
export async function throughPassages(
  leaf: Json[],
  path: readonly string[],
  model: string,
  at: string,
  names: Names,
  from = 0
): Promise<Json[]> {
  const passage = await findPassage(model, path, names, from)
  if (passage === undefined) return [leaf]
  const { prefix, comodel, isSingle } = passage
  const walked = prefix.split('.').length
  if (isSingle) {
    const belonging = belongingOf(await names.fields(comodel)) as Belonging
    const term = visibleRows(belonging, names.policy, false, `${prefix}.`)
    return ['&', ...term, ...(await throughPassages(leaf, path, model, at, names, walked))]
  }
  const [field = '', operator = '', value = false] = leaf
  const rest = String(field).slice(prefix.length + 1)
  if (names.odoo.identity.major < 17 || rest === '') {
    names.problems.deny(`${at}[0]`, passageHelp(passage))
    return [leaf]
  }
  const inner = await throughPassages([rest, operator, value], path.slice(walked), comodel, at, names)
  return [[prefix, 'any', await visibleIn(comodel, inner, names)]]
}

/** A checked domain of a model with the term that leaves out the rows whose owner may not be seen. */
export async function visibleIn(model: string, domain: Json[], names: Names): Promise<Json[]> {
  const belonging = belongingOf(await names.fields(model))
  if (belonging === undefined) return domain
  return [...visibleRows(belonging, names.policy, namesFieldsOf(domain)), ...domain]
}
