import pLimit from 'p-limit'

/** So many at a time of one Odoo: more than it is asked at once, and far fewer than may wait for it. */
const mostPerOdoo = 32

/** So many at a time of one session: as many as an Odoo is asked at once, so that alone it loses nothing. */
const mostPerSession = 8

type Line = ReturnType<typeof pLimit>

/**
 * The reads with which subscriptions begin. A client that subscribes to hundreds of records at once, or hundreds of
 * clients that come back after a restart, wait here for each other: they would fill the queue of their Odoo and be
 * refused, and a browser does not try again. One that wants much waits for itself first, and does not hold up others.
 */
export class FirstReads {
  readonly #odoos = new Map<string, Line>()
  readonly #sessions = new Map<string, Line>()

  /** @param whose `odoo`: its address, as an Odoo that hangs holds up no other; `session`: who wants to know */
  run<T>({ odoo, session }: { odoo: string; session: string }, read: () => Promise<T>): Promise<T> {
    return inLine(this.#sessions, session, mostPerSession, () => inLine(this.#odoos, odoo, mostPerOdoo, read))
  }
}

/** Does it when its turn has come; a line in which nobody stands is forgotten. */
async function inLine<T>(lines: Map<string, Line>, key: string, most: number, act: () => Promise<T>): Promise<T> {
  const line = lines.get(key) ?? pLimit(most)
  lines.set(key, line)
  try {
    return await line(act)
  } finally {
    if (line.activeCount + line.pendingCount === 0) lines.delete(key)
  }
}
