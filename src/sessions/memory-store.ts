import type { SessionStore, StoredSession } from '../core/ports/sessions.js'

/** Sessions of one process, gone with it. */
export function createMemoryStore(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  const perPrincipal = new Map<string, number>()
  const add = (principal: string, by: number) => {
    const count = (perPrincipal.get(principal) ?? 0) + by
    if (count === 0) perPrincipal.delete(principal)
    else perPrincipal.set(principal, count)
  }
  const remove = (id: string) => {
    const session = sessions.get(id)
    if (session === undefined) return false
    sessions.delete(id)
    add(session.principal, -1)
    return true
  }
  return {
    get: id => sessions.get(id),
    put(session) {
      remove(session.id)
      sessions.set(session.id, session)
      add(session.principal, 1)
    },
    delete: remove,
    count: principal => (principal === undefined ? sessions.size : (perPrincipal.get(principal) ?? 0)),
    sweep(now) {
      for (const session of sessions.values()) {
        if (session.idleUntil <= now || session.endsAt <= now) remove(session.id)
      }
    }
  }
}
