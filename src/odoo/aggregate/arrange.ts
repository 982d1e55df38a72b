import type { GroupOrderTerm } from '../../core/check/aggregate-specs.js'
import type { Json } from '../../core/json.js'

/** A group as it is filtered and sorted here. */
export interface Sortable {
  /** What it is by a term or a measure; null when it has no value. */
  valueBy(spec: string): Json
}

/**
 * Sorts groups as PostgreSQL does: empty values last, or first when descending.
 * @param groups in the order of the terms among `order`, with their directions, as Odoo gave them: only Odoo knows
 *   what its language and its models make of names, so of two values of a term the one that came first is before
 * @param terms the terms that are grouped by; everything else in `order` is a measure
 */
export function sortGroups<T extends Sortable>(
  groups: readonly T[],
  order: readonly GroupOrderTerm[],
  terms: ReadonlySet<string>
): T[] {
  const positions = new Map(groups.map((group, index) => [group, index]))
  const position = (group: T) => positions.get(group) as number
  return [...groups].sort((a, b) => {
    for (const { spec, descending, nulls } of order) {
      const [left, right] = [a.valueBy(spec), b.valueBy(spec)]
      if (left === right) continue
      if ((left === null || right === null) && (nulls !== undefined || !terms.has(spec))) {
        return (left === null) === ((nulls ?? (descending ? 'first' : 'last')) === 'first') ? -1 : 1
      }
      if (terms.has(spec)) break
      return ((left as number) < (right as number) ? -1 : 1) * (descending ? -1 : 1)
    }
    return position(a) - position(b)
  })
}

/** Whether a group passes a filter, as SQL has it: what is compared with nothing is unknown, and unknown does not pass. */
export function passes(having: readonly Json[], group: Sortable): boolean {
  const stack: (boolean | null)[] = []
  const pop = () => stack.pop() as boolean | null
  for (const node of [...having].reverse()) {
    if (node === '!') stack.push(not(pop()))
    else if (node === '&') stack.push(and(pop(), pop()))
    else if (node === '|') stack.push(not(and(not(pop()), not(pop()))))
    else stack.push(compare(node as [string, string, Json], group))
  }
  return stack.every(passed => passed === true)
}

function not(value: boolean | null): boolean | null {
  return value === null ? null : !value
}

function and(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false
  return a === null || b === null ? null : true
}

function compare([spec, operator, wanted]: [string, string, Json], group: Sortable): boolean | null {
  const value = group.valueBy(spec)
  if (value === null) return null
  switch (operator) {
    case '=':
      return value === wanted
    case '!=':
      return value !== wanted
    case 'in':
      return (wanted as Json[]).includes(value)
    case 'not in':
      return !(wanted as Json[]).includes(value)
    case '<':
      return (value as number) < (wanted as number)
    case '<=':
      return (value as number) <= (wanted as number)
    case '>':
      return (value as number) > (wanted as number)
    default:
      return (value as number) >= (wanted as number)
  }
}
