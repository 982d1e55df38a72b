import { type GroupTerm, isDate, parseGroupTerm } from '../../core/check/aggregate-specs.js'
import type { FieldInfo, FieldMap } from '../../core/ports/odoo.js'
import type { Term } from './source.js'

/** The terms to group by with their fields. They were checked: all of them exist. */
export function resolveTerms(
  model: string,
  specs: readonly string[],
  fieldsOf: (model: string) => Promise<FieldMap>
): Promise<Term[]> {
  return Promise.all(
    specs.map(async name => {
      const { path, granularity = 'month' } = parseGroupTerm(name) as GroupTerm
      const info = await fieldAt(model, path.split('.'), fieldsOf)
      return { name, path, info, spec: isDate(info) ? `${path}:${granularity}` : path }
    })
  )
}

async function fieldAt(
  model: string,
  [name, ...rest]: string[],
  fieldsOf: (model: string) => Promise<FieldMap>
): Promise<FieldInfo> {
  const info = (await fieldsOf(model)).get(name as string) as FieldInfo
  return rest.length === 0 ? info : fieldAt(info.relation as string, rest, fieldsOf)
}
