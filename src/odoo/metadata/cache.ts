import { GatewayError } from '../../core/errors.js'
import type { Clock } from '../../core/ports/log.js'
import type { CallScope, Identity } from '../../core/ports/odoo.js'
import { Ending } from '../transport/ending.js'

export interface MetadataCacheOptions {
  clock: Clock
  /** Milliseconds an entry lives; 300,000. */
  ttlMs?: number
  /** Entries kept in all; the least recently used go first. */
  maxEntries?: number
}

/** Whose metadata: fields and models differ by user and language. */
export interface MetadataOwner {
  identity: Pick<Identity, 'url' | 'database' | 'uid' | 'server_version'>
  lang: string | null
}

/**
 * What rarely changes: fields and models. To be asked only on behalf of an identity that has logged in or was reopened
 * in this process, since a hit checks no password. Failures are not kept.
 */
export interface MetadataCache {
  /**
   * The value under `name`, fetched if need be: once, however many wait. The fetch runs on when one of them leaves,
   * and is aborted when all have left. It has the time of the call that began it: if that was too little, those who
   * still have some fetch anew, so that one request that is never answered is not waited for by everybody who comes.
   */
  get<T>(owner: MetadataOwner, name: string, scope: CallScope, fetch: (scope: CallScope) => Promise<T>): Promise<T>
  /** Forgets all of one identity, in every language. */
  drop(identity: MetadataOwner['identity']): void
  /** Forgets all of a database that has another version than before. To be called at each login. */
  noteVersion(identity: MetadataOwner['identity']): void
}

export function createMetadataCache({ clock, ttlMs = 300_000, maxEntries = 500 }: MetadataCacheOptions): MetadataCache {
  const entries = new Map<string, Entry>()
  const versions = new Map<string, string>()

  function dropWhere(prefix: string): void {
    for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key)
  }

  function start(key: string, turn: string, scope: CallScope, fetch: (scope: CallScope) => Promise<unknown>): Entry {
    const stop = new AbortController()
    const shared: CallScope = {
      signal: stop.signal,
      deadline: scope.deadline,
      // It has nobody's turn: others wait for it who have not called a thousand times.
      turn,
      ...(scope.onRequest && { onRequest: scope.onRequest })
    }
    const entry: Entry = { value: fetch(shared), until: null, waiting: 0, deadline: scope.deadline, stop }
    entries.set(key, entry)
    entry.value.then(
      () => {
        entry.until = clock() + ttlMs
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key)
      }
    )
    // The oldest in the order of use; one that is still being fetched serves its waiters all the same.
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break
      entries.delete(oldest)
    }
    return entry
  }

  function find(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry === undefined || (entry.until !== null && entry.until <= clock())) return undefined
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  return {
    async get<T>(owner: MetadataOwner, name: string, scope: CallScope, fetch: (scope: CallScope) => Promise<T>) {
      const key = ownerPrefix(owner.identity) + JSON.stringify([owner.lang, name])
      for (;;) {
        const entry = find(key) ?? start(key, ownerPrefix(owner.identity), scope, fetch)
        const forget = () => {
          if (entries.get(key) === entry) entries.delete(key)
        }
        try {
          // Only `fetch` of this very name has filled the entry.
          return (await waitFor(entry, scope, clock, forget)) as T
        } catch (error) {
          if (!isTimeout(error) || clock() >= scope.deadline) throw error
        }
      }
    },
    drop(identity) {
      dropWhere(ownerPrefix(identity))
    },
    noteVersion(identity) {
      const database = databasePrefix(identity)
      const before = versions.get(database)
      versions.delete(database)
      versions.set(database, identity.server_version)
      const [oldest] = versions.keys()
      if (versions.size > maxEntries && oldest !== undefined) versions.delete(oldest)
      if (before !== undefined && before !== identity.server_version) dropWhere(database)
    }
  }
}

interface Entry {
  value: Promise<unknown>
  /** Milliseconds since the epoch; null while it is being fetched. */
  until: number | null
  waiting: number
  /** Of the fetch, in milliseconds since the epoch. */
  deadline: number
  stop: AbortController
}

async function waitFor(entry: Entry, scope: CallScope, clock: Clock, forget: () => void): Promise<unknown> {
  // What is there already is not waited for: most calls ask several times.
  if (entry.until !== null) return entry.value
  const ending = new Ending(scope, clock)
  entry.waiting++
  try {
    return await new Promise((resolve, reject) => {
      ending.on(reject)
      entry.value.then(resolve, reject)
    })
  } finally {
    ending.dispose()
    entry.waiting--
    if (entry.waiting === 0 && entry.until === null) {
      // Nobody wants it any more; whoever comes next must not join what is being aborted.
      forget()
      // At its deadline it ends by itself, as a request that Odoo did not answer and not as one that was taken back.
      if (clock() < entry.deadline) entry.stop.abort()
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'timeout'
}

// Each prefix ends in a line break, which JSON never holds: no prefix is the beginning of another's.
function databasePrefix({ url, database }: MetadataOwner['identity']): string {
  return `${JSON.stringify([url, database])}\n`
}

function ownerPrefix(identity: MetadataOwner['identity']): string {
  return `${databasePrefix(identity)}${identity.uid}\n`
}
