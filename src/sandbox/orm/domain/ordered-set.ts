import { typeError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr, typeName } from '../../python.js'

/** Odoo's OrderedSet, which the lists of domains become on Odoo 19: every value once, in the order given. */
export class OrderedSet {
  private constructor(readonly items: readonly Json[]) {}

  /** Throws where Python could not hash an item. */
  static of(list: readonly Json[]): OrderedSet {
    const seen = new Set<unknown>()
    const items: Json[] = []
    for (const item of list) {
      if (typeof item === 'object' && item !== null) throw typeError(`unhashable type: '${typeName(item)}'`)
      // In Python True equals 1 and False equals 0: the first of them stays.
      const key = typeof item === 'boolean' ? Number(item) : item
      if (seen.has(key)) continue
      seen.add(key)
      items.push(item)
    }
    return new OrderedSet(items)
  }

  get isEmpty(): boolean {
    return this.items.length === 0
  }

  /** As Python's `repr` shows it. */
  get repr(): string {
    return `OrderedSet(${repr([...this.items])})`
  }
}
