import { userError, validationError } from '../exceptions.js'
import type { Env } from '../orm/env.js'

/** Throws where a record is its own ancestor. Without a message it is what all models say that keep paths. */
export function refuseCycles(env: Env, model: string, parent: string, ids: number[], message?: string): void {
  for (const id of ids) {
    const seen = new Set<number>([id])
    for (
      let at = env.tables.row(model, id)?.[parent];
      typeof at === 'number';
      at = env.tables.row(model, at)?.[parent]
    ) {
      if (seen.has(at)) throw message === undefined ? userError('Recursion Detected.') : validationError(message)
      seen.add(at)
    }
  }
}

/** The names from the topmost ancestor down, with slashes between. */
export function pathOfNames(env: Env, model: string, parent: string, id: number, name: (id: number) => string): string {
  const names: string[] = []
  const seen = new Set<number>()
  for (let at: unknown = id; typeof at === 'number' && !seen.has(at); at = env.tables.row(model, at)?.[parent]) {
    seen.add(at)
    names.unshift(name(at))
  }
  return names.join(' / ')
}

/** Ids from the topmost ancestor down, each with a slash behind it, as `_parent_store` keeps them. */
export function parentPath(env: Env, model: string, parent: string, id: number): string {
  return `${pathOfNames(env, model, parent, id, String).replaceAll(' / ', '/')}/`
}
