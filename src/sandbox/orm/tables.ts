import type { Models } from './models.js'
import { hasColumn } from './models.js'
import type { Cell, Row, Translations } from './types.js'

/** The stored rows, with an undo log for the transaction under way. */
export interface Tables {
  rows(model: string): Map<number, Row>
  row(model: string, id: number): Row | undefined
  insert(model: string, row: Row): void
  nextId(model: string): number
  update(model: string, id: number, cells: { [field: string]: Cell | Translations }): void
  remove(model: string, id: number): void
  /** The ids of the records whose many2one is this id. Unordered; kept in an index. */
  referring(model: string, field: string, id: number): ReadonlySet<number>
  /** The other side of a many2many; `reverse` looks from its second side. */
  links(table: string, id: number, reverse: boolean): ReadonlySet<number>
  link(table: string, left: number, right: number): void
  unlink(table: string, left: number, right: number): void
  begin(): void
  commit(): void
  rollback(): void
  /** Calls the listener after every commit that changed something, until the returned function is called. */
  onCommit(listener: () => void): () => void
  /** Counts commits that changed something. */
  readonly writes: number
}

type Cells = { [field: string]: Cell | Translations }

/** The rows of every model in memory. Whatever changes them in a transaction can be taken back. */
export function createTables(models: Models): Tables {
  const tables = new Map<string, Map<number, Row>>()
  const lastIds = new Map<string, number>()
  const indexes = new Map<string, Map<number, Set<number>>>()
  const relations = new Map<string, Relation>()
  let undo: (() => void)[] | undefined
  let writes = 0
  const listeners = new Set<() => void>()

  const rows = (model: string) => ensure(tables, model, () => new Map<number, Row>())
  const remember = (step: () => void) => undo?.push(step)
  const many2ones = new Map<string, string[]>()

  function many2onesOf(model: string): string[] {
    return ensure(many2ones, model, () =>
      [...models.need(model).fields.values()]
        .filter(field => field.type === 'many2one' && hasColumn(field))
        .map(field => field.name)
    )
  }

  /** Made when it is first asked for, then kept up to date. */
  function indexOf(model: string, field: string): Map<number, Set<number>> {
    return ensure(indexes, `${model}.${field}`, () => {
      const index = new Map<number, Set<number>>()
      for (const row of rows(model).values()) addTo(index, row[field], row.id)
      return index
    })
  }

  function reindex(model: string, before: Cells | undefined, after: Cells | undefined, id: number, only?: string[]) {
    for (const field of only ?? many2onesOf(model)) {
      const index = indexes.get(`${model}.${field}`)
      if (index === undefined || before?.[field] === after?.[field]) continue
      removeFrom(index, before?.[field], id)
      addTo(index, after?.[field], id)
    }
  }

  function put(model: string, row: Row): void {
    rows(model).set(row.id, row)
    reindex(model, undefined, row, row.id)
  }

  function take(model: string, row: Row): void {
    rows(model).delete(row.id)
    reindex(model, row, undefined, row.id)
  }

  const relation = (table: string) => ensure(relations, table, () => ({ forward: new Map(), backward: new Map() }))

  return {
    rows,
    row: (model, id) => rows(model).get(id),
    nextId(model) {
      // Like a sequence of PostgreSQL: what is rolled back leaves a gap.
      const id = (lastIds.get(model) ?? 0) + 1
      lastIds.set(model, id)
      return id
    },
    insert(model, row) {
      if (row.id > (lastIds.get(model) ?? 0)) lastIds.set(model, row.id)
      put(model, row)
      remember(() => take(model, row))
    },
    update(model, id, cells) {
      const row = rows(model).get(id)
      if (row === undefined) return
      const before: Cells = {}
      for (const field of Object.keys(cells)) before[field] = row[field] ?? null
      const names = many2onesOf(model).filter(field => field in cells)
      Object.assign(row, cells)
      reindex(model, before, row, id, names)
      remember(() => {
        const after = { ...row }
        Object.assign(row, before)
        reindex(model, after, row, id, names)
      })
    },
    remove(model, id) {
      const row = rows(model).get(id)
      if (row === undefined) return
      take(model, row)
      remember(() => put(model, row))
    },
    referring: (model, field, id) => indexOf(model, field).get(id) ?? nobody,
    links(table, id, reverse) {
      const { forward, backward } = relation(table)
      return (reverse ? backward : forward).get(id) ?? nobody
    },
    link(table, left, right) {
      const { forward, backward } = relation(table)
      if (forward.get(left)?.has(right)) return
      addTo(forward, left, right)
      addTo(backward, right, left)
      remember(() => {
        removeFrom(forward, left, right)
        removeFrom(backward, right, left)
      })
    },
    unlink(table, left, right) {
      const { forward, backward } = relation(table)
      if (!forward.get(left)?.has(right)) return
      removeFrom(forward, left, right)
      removeFrom(backward, right, left)
      remember(() => {
        addTo(forward, left, right)
        addTo(backward, right, left)
      })
    },
    begin() {
      undo = []
    },
    commit() {
      const changed = undo !== undefined && undo.length > 0
      undo = undefined
      if (!changed) return
      writes++
      for (const listener of listeners) listener()
    },
    rollback() {
      const steps = undo ?? []
      undo = undefined
      for (const step of steps.reverse()) step()
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get writes() {
      return writes
    }
  }
}

/** The two directions of a many2many. */
interface Relation {
  forward: Map<number, Set<number>>
  backward: Map<number, Set<number>>
}

const nobody: ReadonlySet<number> = new Set()

function ensure<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

function addTo(index: Map<number, Set<number>>, key: unknown, id: number): void {
  if (typeof key === 'number') ensure(index, key, () => new Set<number>()).add(id)
}

function removeFrom(index: Map<number, Set<number>>, key: unknown, id: number): void {
  if (typeof key === 'number') index.get(key)?.delete(id)
}
