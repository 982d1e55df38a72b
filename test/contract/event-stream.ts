import { EventSource } from 'eventsource'
import type { JsonObject } from '../../src/core/json.js'
import { until } from './until.js'

/** An update as `GET /events` tells it, and when it came. */
export interface Heard {
  uri: string
  data: JsonObject
  /** Milliseconds, by `performance.now()`. */
  at: number
}

/** A client of `GET /events` that remembers what it heard. Reconnects by itself, as a browser does. */
export interface EventStream {
  clientId: string
  updates: Heard[]
  /** Why the session ended, if it did. */
  closed: string[]
  /** What was said of one URI, oldest first. */
  of(uri: string): Heard[]
  close(): void
}

/**
 * Opens the event stream of a server.
 * @param bearer session secret or access key, where one is needed
 */
export async function openEvents(server: string, uris: readonly string[] = [], bearer?: string): Promise<EventStream> {
  const query = new URLSearchParams(uris.map((uri): [string, string] => ['uri', uri]))
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const source = new EventSource(`${server}/events?${query}`, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...authorization } })
  })
  const updates: Heard[] = []
  const closed: string[] = []
  let clientId: string | undefined
  const on = (name: string, hear: (params: JsonObject) => void) =>
    source.addEventListener(name, event => hear(JSON.parse((event as MessageEvent).data as string).params))
  on('notifications/connection/established', params => {
    clientId = params.client_id as string
  })
  on('notifications/resources/updated', params => {
    updates.push({ uri: params.uri as string, data: params.data as JsonObject, at: performance.now() })
  })
  on('notifications/connection/closed', params => {
    closed.push(params.reason as string)
    source.close()
  })
  await until('the event stream is open', () => clientId)
  return {
    get clientId() {
      return clientId as string
    },
    updates,
    closed,
    of: uri => updates.filter(update => update.uri === uri),
    close: () => source.close()
  }
}
