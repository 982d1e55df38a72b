import type { ChangeSource, LiveStats, Written } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import type { Identity } from '../core/ports/odoo.js'
import { identityKey, placeOf } from './content.js'
import { Polling } from './polling.js'
import type { LiveTime } from './time.js'
import { Watch } from './watch.js'

/** So many identities may watch one database at full speed: each asks for itself. */
const identitiesAtFullSpeed = 50

/** A watch and what makes it look. */
export interface WatchEntry {
  key: string
  watch: Watch
  polling: Polling
  /** Lets go of the sources. */
  stop: () => void
}

/** All watches of one database. */
interface Place {
  entries: Map<string, WatchEntry>
  /** How many watches each identity has. */
  identities: Map<string, number>
}

export interface WatchesOptions {
  gateway: Pick<Gateway, 'call'>
  log: Log
  sources: readonly ChangeSource[]
  pollMs: number
  time: LiveTime
  random: () => number
}

/** The watches, one for each pair of identity and model, as long as something is subscribed there. */
export class Watches {
  readonly #options: WatchesOptions
  readonly #places = new Map<string, Place>()

  constructor(options: WatchesOptions) {
    this.#options = options
  }

  of(identity: Identity, model: string): WatchEntry {
    const where = placeOf(identity)
    const place = this.#places.get(where) ?? { entries: new Map(), identities: new Map() }
    this.#places.set(where, place)
    const who = identityKey(identity)
    const key = JSON.stringify([who, model])
    const known = place.entries.get(key)
    if (known !== undefined) return known
    place.identities.set(who, (place.identities.get(who) ?? 0) + 1)
    const entry = this.#start(key, place, identity, model)
    place.entries.set(key, entry)
    return entry
  }

  /** Ends a watch for which nothing is subscribed any more. */
  drop({ key, watch, polling, stop }: WatchEntry): void {
    const where = placeOf(watch.identity)
    const place = this.#places.get(where)
    if (!watch.empty || !place?.entries.delete(key)) return
    const who = identityKey(watch.identity)
    const left = (place.identities.get(who) ?? 0) - 1
    if (left > 0) place.identities.set(who, left)
    else place.identities.delete(who)
    if (place.entries.size === 0) this.#places.delete(where)
    polling.stop()
    watch.close()
    stop()
  }

  /**
   * Our own write: its model is looked at now, by everybody who watches it. What Odoo computes of it in other models
   * shows in their next tick, which comes soon.
   */
  written({ identity, model, ids }: Written): void {
    for (const { watch, polling } of this.#places.get(placeOf(identity))?.entries.values() ?? []) {
      if (watch.model !== model) polling.nudge()
      // A create names no ids, and other methods may change more than they name.
      else void (ids.length > 0 ? watch.look(ids) : watch.tick())
    }
  }

  stats(): Omit<LiveStats, 'subscriptions'> {
    const places = [...this.#places.values()]
    const entries = places.flatMap(place => [...place.entries.values()])
    return {
      watches: entries.length,
      identities: places.reduce((sum, { identities }) => sum + identities.size, 0),
      slowed: places.filter(place => slowness(place) > 1).length,
      covered: entries.filter(({ watch }) => this.#covered(watch)).length
    }
  }

  #start(key: string, place: Place, identity: Identity, model: string): WatchEntry {
    const { gateway, log, sources, pollMs, time, random } = this.#options
    const watch = new Watch({ identity, model, gateway, log, time, looked: looked => polling.looked(looked) })
    const covered = () => this.#covered(watch)
    const factor = () => slowness(place)
    const polling = new Polling({ target: watch, baseMs: pollMs, time, random, covered, factor })
    const stops = sources.map(source => source.watch(watch))
    const stop = () => {
      for (const leave of stops) leave()
    }
    return { key, watch, polling, stop }
  }

  #covered(watch: Watch): boolean {
    return this.#options.sources.some(source => source.covers?.(watch) === true)
  }
}

function slowness({ identities }: Place): number {
  return Math.max(1, identities.size / identitiesAtFullSpeed)
}
