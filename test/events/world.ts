import type { Test } from 'tap'
import type { EventStreamRegistry, EventStreamsOptions } from '../../src/events/streams.js'
import { createEventStreams } from '../../src/events/streams.js'
import type { HttpOptions } from '../../src/http/app.js'
import { options as httpOptions, listening } from '../http/fake-gateway.js'
import { FakeHub, FakeSessions } from './fake-hub.js'
import { type Listener, listen } from './listen.js'

export interface World {
  hub: FakeHub
  sessions: FakeSessions
  streams: EventStreamRegistry
  url: string
  /** Sockets that the server has open. */
  connections(): Promise<number>
  /** Ends the server, streams first. */
  close(): Promise<void>
  listen(path?: string, headers?: Record<string, string>): Promise<Listener>
  post(path: string, body?: object, headers?: Record<string, string>): Promise<{ status: number; body: Answer }>
}

export type Answer = Record<string, unknown>

/** The real shell and the real routes over sockets, with a hub whose changes the test makes. */
export async function world(
  t: Test,
  options: Partial<EventStreamsOptions> = {},
  http: (more: Partial<HttpOptions>) => HttpOptions = httpOptions
): Promise<World> {
  const hub = new FakeHub()
  const sessions = new FakeSessions()
  const streams = createEventStreams({ gateway: sessions, hub, queueMax: 100, maxPerPrincipal: 10, ...options })
  const { app, port } = await listening(t, http({ events: streams }))
  const url = `http://127.0.0.1:${port}`
  const opened: Listener[] = []
  t.teardown(() => {
    for (const listener of opened) listener.leave()
  })
  return {
    hub,
    sessions,
    streams,
    url,
    connections: () =>
      new Promise((resolve, reject) => {
        app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
      }),
    close: () => app.close(),
    async listen(path = '/events', headers) {
      const listener = await listen(`${url}${path}`, headers)
      opened.push(listener)
      return listener
    },
    async post(path, body, headers) {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) })
      })
      return { status: answer.status, body: (await answer.json()) as Answer }
    }
  }
}
