import type { Json } from '../json.js'
import { checkValue } from './field-values.js'
import type { Names } from './names.js'

/** The operators that `name_search` takes on every version, on models with a search of their own as well (14 and 19). */
export const nameOperators = ['ilike', 'not ilike', 'like', 'not like', '=', '!=', '=like', '=ilike'] as const

/**
 * Checks a name that records are looked for by. An empty one means the first records, and only with the operator that
 * says so everywhere: with "=" 14 finds none, and 19 those without an e-mail address. Records of a model without names
 * cannot be looked for: Odoo would give the first of all (14 and 19).
 */
export async function checkName(
  { name, operator = 'ilike' }: { name: string; operator?: Json },
  model: string,
  names: Names
): Promise<void> {
  const { problems } = names
  if (name === '') {
    if (operator !== 'ilike') problems.add('name', `empty, with "${operator}"; expected a name, or no operator`)
    return
  }
  const checked = checkValue(nameField, name)
  if ('problem' in checked) problems.add('name', checked.problem)
  else if (!(await names.areFoundByName(model, 'name'))) {
    problems.add('name', `records of ${model} have no name to be found by; expected "" for the first ones`)
  }
}

const nameField = {
  type: 'char',
  string: '',
  required: true,
  readonly: false,
  store: true,
  searchable: true,
  sortable: true
}
