import { isDate } from '../../core/check/aggregate-specs.js'
import type { Json } from '../../core/json.js'
import type { FieldInfo, GroupKey } from '../../core/ports/odoo.js'
import { firstComing } from './periods.js'
import type { RawKey, Term } from './source.js'

const texts = new Set(['char', 'text', 'html'])
const numbers = new Set(['integer', 'float', 'monetary'])

/** Where Odoo shows nothing, its database may hold NULL or "" and 0: two groups that its domains cannot tell apart (19). */
export function hasTwoBlanks({ info: { type } }: Term): boolean {
  return texts.has(type) || numbers.has(type)
}

const nothing: GroupKey = { value: null, label: null }

/** What a key looks like to a caller. */
export function toGroupKey({ info, path }: Term, { value, label, end }: RawKey, tz: string | null): GroupKey {
  if (info.type === 'boolean') return { value: value === true, label: String(value === true) }
  // An empty number reads as 0; one behind an empty relation does not exist.
  if (!value && numbers.has(info.type)) return path.includes('.') ? nothing : { value: 0, label: '0' }
  if (value === false || value === null || value === '') return nothing
  if (isDate(info)) {
    const [from, to] = [value, end].map(bound => toIso(info, String(bound), tz)) as [string, string]
    return { value: from, label: label ?? null, from, to }
  }
  if (info.type === 'selection')
    return { value, label: info.selection?.find(([key]) => key === value)?.[1] ?? String(value) }
  return { value, label: label ?? String(value) }
}

function toIso({ type }: FieldInfo, bound: string, tz: string | null): string {
  return type === 'date' ? bound.slice(0, 10) : isoTime(firstComing(bound, tz))
}

/** `2026-10-25 01:00:00` as Odoo has it, in ISO 8601. */
export function isoTime(text: string): string {
  return `${text.slice(0, 19).replace(' ', 'T')}Z`
}

/** The domain that finds the records of a key: the same on every version where it can be. */
export function keyDomain({ info, path }: Term, key: GroupKey, major: number): Json[] {
  const names = path.split('.')
  const name = names.pop() as string
  let domain = ownDomain(info, name, key, major)
  // A path leads through many2ones, which may be empty; a boolean behind them is false then (19).
  const mayBeMissing = key.value === null || key.value === false
  for (const step of names.reverse()) {
    domain = mayBeMissing ? ['|', [step, 'not any', []], [step, 'any', domain]] : [[step, 'any', domain]]
  }
  return domain
}

function ownDomain(info: FieldInfo, name: string, { value, from, to }: GroupKey, major: number): Json[] {
  if (from !== undefined && to !== undefined) {
    return [
      [name, '>=', toOdoo(from)],
      [name, '<', toOdoo(to)]
    ]
  }
  if (texts.has(info.type) && value === null) return ['|', [name, '=', ''], [name, '=', false]]
  if (numbers.has(info.type) && !value) return ['|', [name, '=', 0], [name, '=', false]]
  if (info.type === 'many2many' && value !== null) return [[name, 'in', [value]]]
  // Records of which none may be seen count as none, but not for "= false" (19).
  if (info.type === 'many2many' && major >= 19) return [[name, 'not any', []]]
  return [[name, '=', value ?? false]]
}

function toOdoo(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '')
}
