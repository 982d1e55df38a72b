import type { Operator } from '../domain.js'
import type { Json } from '../json.js'
import type { FieldInfo } from '../ports/odoo.js'
import { type Checked, checkValue, isId, ofType, show } from './field-values.js'

/**
 * Checks the value of a domain leaf against its operator and the type of its field, so that no leaf reaches Odoo that
 * Odoo would read as "everything": an empty name matches every record, text that is not a boolean counts as true.
 * `any` and `not any` take a domain and are not decided here.
 * @param major Odoo's major version
 */
export function checkLeaf(
  info: FieldInfo,
  operator: Exclude<Operator, 'any' | 'not any'>,
  value: Json,
  major: number
): Checked {
  switch (operator) {
    case 'in':
    case 'not in':
      return checkList(info, operator, value)
    case 'child_of':
    case 'parent_of':
      return checkHierarchy(info, operator, value, major)
    case '<':
    case '>':
    case '<=':
    case '>=':
      return checkComparison(info, operator, value, major)
    case '=':
    case '!=':
      return Array.isArray(value)
        ? {
            problem: `a list with ${show(operator)}; expected one value. Did you mean "${operator === '=' ? 'in' : 'not in'}"?`
          }
        : checkOne(info, value, major)
    case '=?':
      // Odoo reads it as "true when the value is not set", and 19 counts 0 and "" as not set: it would match everything.
      return !value || Array.isArray(value)
        ? { problem: `${show(value)} with "=?" matches every record; expected a value, or leave the leaf out` }
        : checkOne(info, value, major)
    case 'not =like':
    case 'not =ilike':
      if (major < 19) return { problem: `the operator ${show(operator)} needs Odoo 19; expected "not like" or "!"` }
      return checkPattern(info, operator, value)
    default:
      return checkPattern(info, operator, value)
  }
}

/** Whether a field holds records of another model, or is the id itself. */
export function isRelational({ type }: FieldInfo): boolean {
  return type === 'many2one' || type === 'one2many' || type === 'many2many'
}

const orderedTypes = new Set([
  'integer',
  'float',
  'monetary',
  'date',
  'datetime',
  'char',
  'text',
  'selection',
  'many2one',
  'property'
])
const textTypes = new Set([
  'char',
  'text',
  'html',
  'selection',
  'reference',
  'property',
  'many2one',
  'one2many',
  'many2many'
])

/** What Odoo 19 understands besides dates: "today", "now", "-7d", "today -1m", "=monday -1w". */
const relativeDate = /^(?:(?:today|now)\b)?(?:\s*[=+-]\s*\w+)*$/i

function checkOne(info: FieldInfo, value: Json, major: number): Checked {
  if (value === null || value === false) return { value: false }
  if (isRelational(info)) return checkRecord(value)
  if (info.type === 'binary' || info.type === 'json' || info.type === 'properties') {
    return { problem: `${show(value)} cannot be searched for in ${ofType(info)}; expected false (empty)` }
  }
  return checkDateOr(info, value, major)
}

function checkDateOr(info: FieldInfo, value: Json, major: number): Checked {
  const isDate = info.type === 'date' || info.type === 'datetime'
  const isRelative = typeof value === 'string' && value.trim() !== '' && relativeDate.test(value)
  return isDate && isRelative && major >= 19 ? { value } : checkValue(info, value)
}

/** A record is meant by its id, or by its name, which Odoo looks up. An empty name would match every record. */
function checkRecord(value: Json): Checked {
  if (isId(value) || (typeof value === 'string' && value.trim() !== '')) return { value }
  return { problem: `${show(value)} is not a record; expected an id, a name, or false` }
}

function checkList(info: FieldInfo, operator: Operator, value: Json): Checked {
  if (!Array.isArray(value)) {
    return { problem: `${show(value)} with ${show(operator)}; expected a list. Did you mean ${show([value])}?` }
  }
  const out: Json[] = []
  for (const [index, item] of value.entries()) {
    const checked = Array.isArray(item)
      ? { problem: `${show(item)} is a list; expected one value` }
      : checkOne(info, item, 0)
    if ('problem' in checked) return { problem: `item ${index}: ${checked.problem}` }
    out.push(checked.value)
  }
  return { value: out }
}

function checkHierarchy(info: FieldInfo, operator: Operator, value: Json, major: number): Checked {
  if (!isRelational(info) && info.type !== 'integer') {
    return { problem: `${show(operator)} on ${ofType(info)}; expected a field that holds records, or id` }
  }
  // Up to 17 the values of companies lie elsewhere, and Odoo writes the operator into its SQL as it is (seen on 14).
  if (info.company_dependent && major < 18) {
    return { problem: `${show(operator)} on a field with a value per company; expected "=" or "in"` }
  }
  if (Array.isArray(value) ? value.every(isId) : isId(value) || (typeof value === 'string' && value.trim() !== '')) {
    return { value }
  }
  return { problem: `${show(value)} with ${show(operator)}; expected an id, a list of ids, or a name` }
}

function checkComparison(info: FieldInfo, operator: Operator, value: Json, major: number): Checked {
  if (!orderedTypes.has(info.type)) {
    return { problem: `${show(operator)} on ${ofType(info)}; expected "=", "!=", "in" or "not in"` }
  }
  if (value === null || value === false || Array.isArray(value)) {
    return { problem: `${show(value)} with ${show(operator)}; expected a value to compare with` }
  }
  if (info.type === 'selection') {
    return typeof value === 'string' ? { value } : { problem: `${show(value)} does not fit; expected text` }
  }
  return checkDateOr(info, value, major)
}

function checkPattern(info: FieldInfo, operator: Operator, value: Json): Checked {
  // The search of a computed selection knows keys only: the one of res.users.state finds everybody (14), others fail.
  const isComputedSelection = info.type === 'selection' && !info.store && info.related === undefined
  if (!textTypes.has(info.type) || isComputedSelection) {
    return { problem: `${show(operator)} on ${ofType(info)}; expected a comparison such as "=" or ">="` }
  }
  if (typeof value !== 'string' || value === '') {
    return {
      problem: `${show(value)} with ${show(operator)}; expected text that is not empty: an empty pattern matches everything`
    }
  }
  return checkValue({ ...info, type: 'char' }, value)
}
