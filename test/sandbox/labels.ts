import type { Json } from '../../src/core/json.js'

/**
 * Names for records that both Odoos have under ids of their own. A case says `@res.partner:7` where a record is meant;
 * answers are compared with labels in place of ids.
 */
export interface Labels {
  add(model: string, name: string | number, id: number): void
  /** The label of a record; those that the test does not know are all alike. */
  of(model: string, id: number): string
  /** All names of a model's records, in the order they were added. */
  names(model: string): string[]
  idOf(label: string): number | undefined
}

export function createLabels(): Labels {
  const ids = new Map<string, number>()
  const labels = new Map<string, string>()
  return {
    add(model, name, id) {
      ids.set(`@${model}:${name}`, id)
      // The first name of a record stays.
      if (!labels.has(`${model},${id}`)) labels.set(`${model},${id}`, `@${model}:${name}`)
    },
    of: (model, id) => labels.get(`${model},${id}`) ?? `@${model}:?`,
    names: model => [...ids.keys()].filter(label => label.startsWith(`@${model}:`)),
    idOf: label => ids.get(label)
  }
}

/** What a side is sent for a case: ids for labels, the mark for `§`. */
export function forSide(value: Json, side: { labels: Labels; mark: string }): Json {
  if (typeof value === 'string') return side.labels.idOf(value) ?? value.replaceAll('§', side.mark)
  if (Array.isArray(value)) return value.map(item => forSide(item, side))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.replaceAll('§', side.mark), forSide(item, side)])
  )
}

/** The labels in a case. */
export function labelsIn(value: Json): string[] {
  return [...JSON.stringify(value).matchAll(/"(@[a-z_.]+:[^"]+)"/g)].map(([, label]) => label as string)
}
