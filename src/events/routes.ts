import { fastifySSE } from '@fastify/sse'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { inputCheck } from '../core/check/input.js'
import type { Caller } from '../core/ports/sessions.js'
import '../rest/route-config.js'
import { abortedWhenLeft, refuseQuery } from '../rest/routes.js'
import {
  EventsQuery,
  eventsOperation,
  NoInput,
  SubscribeInput,
  subscribeOperation,
  ticketOperation,
  unsubscribeOperation
} from './operations.js'
import type { Connection } from './stream.js'
import type { EventStreamRegistry } from './streams.js'
import { ticketLifeS } from './tickets.js'

export interface EventRoutesOptions {
  streams: EventStreamRegistry
  /** Who calls; throws when nobody may. */
  authenticate: (request: FastifyRequest) => Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId' | 'address'>
  /** 15,000 unless said. */
  heartbeatMs?: number
}

/** Milliseconds in which a client that is told goodbye must take it. */
const goodbyeMs = 5000

/** `GET /events` and the routes that go with it. Its streams end when the server begins to close. */
export async function eventRoutes(app: FastifyInstance, options: EventRoutesOptions): Promise<void> {
  const { streams, authenticate, heartbeatMs = 15_000 } = options
  const callerOf = (request: FastifyRequest): Caller => ({
    ...authenticate(request),
    surface: 'rest',
    opens: 'bearer'
  })

  // It writes events, heartbeats and headers. Called rather than registered, because its types and its exports differ
  // in which of them breaks out of the scope of a plugin (seen in 0.6.0). Its events are JSON already.
  await fastifySSE(app, { heartbeatInterval: heartbeatMs, serializer: (json: string) => json })
  // The listener cannot close while a stream is open.
  app.addHook('preClose', async () => streams.close())

  const eventsRoute = {
    schema: eventsOperation,
    // A ticket is looked at by the handler, so that it is spent by a stream and by nothing else.
    config: { auth: 'own' },
    // HEAD would open a stream.
    exposeHeadRoute: false,
    // Whatever Accept says: the refusal of the plugin is no problem document.
    sse: 'manual'
  } as const
  app.get('/events', eventsRoute, async (request, reply) => {
    const { uris, ticket } = readQuery(request)
    const lastEventId = request.headers['last-event-id']
    const { stream, resumed, missed } = await streams.open({
      by: ticket === undefined ? { caller: callerOf(request) } : { ticket, requestId: request.id },
      uris,
      ...(typeof lastEventId === 'string' && lastEventId !== '' && { lastEventId }),
      signal: abortedWhenLeft(reply)
    })
    reply.header('cache-control', 'no-store')
    reply.sse.keepAlive()
    const connection = connectionOf(reply)
    reply.sse.onClose(() => stream.disconnect(connection))
    stream.connect(connection, { resumed, ...(missed && { missed }) })
  })

  app.post('/events/ticket', { schema: ticketOperation }, async (request, reply) => {
    readBody(request, checkNoInput)
    const ticket = await streams.ticket(callerOf(request), abortedWhenLeft(reply))
    reply.header('cache-control', 'no-store')
    return { status: 'success', ticket, expires_in_s: ticketLifeS }
  })

  app.post('/subscribe', { schema: subscribeOperation }, async (request, reply) => {
    const { client_id, uri } = readBody(request, checkSubscribe) as { client_id: string; uri: string }
    await streams.subscribe(client_id, uri, callerOf(request), abortedWhenLeft(reply))
    reply.header('cache-control', 'no-store')
    return { status: 'success', client_id, uri }
  })

  app.post('/unsubscribe', { schema: unsubscribeOperation }, async (request, reply) => {
    const { client_id, uri } = readBody(request, checkSubscribe) as { client_id: string; uri: string }
    await streams.unsubscribe(client_id, uri, callerOf(request))
    reply.header('cache-control', 'no-store')
    return { status: 'success', client_id, uri }
  })
}

const checkQuery = inputCheck(EventsQuery)
const checkSubscribe = inputCheck(SubscribeInput)
const checkNoInput = inputCheck(NoInput)

function readQuery({ query }: FastifyRequest): { uris: string[]; ticket?: string } {
  // The parser makes it without a prototype, by which checks know what they were given.
  const { uri, ticket } = checkQuery({ ...(query as object) }) as { uri?: string | string[]; ticket?: string }
  return { uris: uri === undefined ? [] : [uri].flat(), ...(ticket !== undefined && { ticket }) }
}

function readBody(request: FastifyRequest, check: ReturnType<typeof inputCheck>): object {
  refuseQuery(request, false)
  return check(request.body === undefined ? {} : request.body)
}

function connectionOf({ sse: stream, raw }: FastifyReply): Connection {
  return {
    send: event => stream.send(event),
    end() {
      stream.close()
      if (raw.writableFinished) return
      const timer = setTimeout(() => raw.destroy(), goodbyeMs).unref()
      raw.once('close', () => clearTimeout(timer))
    }
  }
}
