import { show } from './field-values.js'
import { isRelational } from './leaf.js'
import type { Found, Names } from './names.js'

/**
 * Whether Odoo might never come to an end with `child_of` or `parent_of` on a field, which costs it the process (14 and
 * 15; from 16 on it remembers where it has been). It walks from record to record until nothing new comes, and where a
 * record leads back to itself something always comes:
 * - on a field from a model to itself it walks along that very field: `commercial_partner_id` of a company is that
 *   company. Only of `parent_id`, and the one2many that is its other side, is it known that Odoo refuses circles;
 * - on any other field, and on `id`, along `parent_id` of the model that it leads to: that of res.users is a partner,
 *   whose id Odoo then takes for one of a user;
 * - but nowhere if that model keeps `parent_path`: then Odoo reads that.
 */
export async function mayNeverEnd(found: Found, names: Names): Promise<boolean> {
  if (names.odoo.identity.major >= 16) return false
  if (!isRelational(found.info) && found.name !== 'id') return false
  const origin = await originOf(found, names)
  if (origin === undefined) return true
  const { info, model, name } = origin
  const walked = info.relation ?? model
  // What is hidden is not looked at.
  if (names.policy.refusal(walked, 'read') !== undefined) return true
  const fields = await names.fields(walked)
  if (fields.has('parent_path')) return false
  const isAlongItself = walked === model && name !== 'id' && info.type !== 'many2many'
  if (isAlongItself) return name !== 'parent_id' && info.relation_field !== 'parent_id'
  const parent = fields.get('parent_id')
  // Without a parent Odoo says so.
  return parent !== undefined && parent.relation !== walked
}

/** What is wrong with such a leaf. */
export function endlessProblem(operator: string, name: string): string {
  return `${show(operator)} on ${name}, which may lead in a circle: Odoo up to 15 would follow it for ever; expected ${show(operator)} on a parent_id, or "=" or "in"`
}

/** The field that a related or inherited one is a copy of: the walk goes over that. Undefined if it cannot be seen. */
async function originOf(found: Found, names: Names): Promise<Found | undefined> {
  const path = relatedPath(found)
  if (path === undefined) return found
  let { model } = found
  let origin: Found | undefined
  for (const name of path) {
    const info = (await names.fields(model)).get(name)
    if (info === undefined) return undefined
    origin = { info, model, name }
    model = info.relation ?? model
  }
  return origin && originOf(origin, names)
}

/** A stored copy is searched as it is; only what is not stored is searched where it comes from. */
function relatedPath({ info: { related, store } }: Found): string[] | undefined {
  if (store || related === undefined) return undefined
  return Array.isArray(related) ? related.map(String) : String(related).split('.')
}
