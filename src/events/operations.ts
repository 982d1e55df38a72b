import { Type } from '@sinclair/typebox'
import type { FastifySchema } from 'fastify'
import { Exact, Expected } from '../core/schemas.js'
import { problems, readFailures } from '../rest/problems.js'
import { ticketLifeS } from './tickets.js'

const Uri = Type.String({
  minLength: 1,
  // As much as an address can have.
  maxLength: 16_384,
  description: 'A record or a list, such as `odoo://sale.order/42`.',
  examples: ['odoo://res.partner/1'],
  [Expected]: 'an odoo:// URI of a record or a list'
})

const ClientId = Type.String({
  minLength: 1,
  description: 'The `client_id` in the first event of the stream.',
  [Expected]: 'the client_id of an event stream'
})

/** The query of `GET /events`, as the address has it: a parameter that is named once is no list. */
export const EventsQuery = Exact({
  uri: Type.Optional(Type.Union([Uri, Type.Array(Uri)], { [Expected]: 'odoo:// URIs' })),
  ticket: Type.Optional(Type.String({ minLength: 1, [Expected]: 'one ticket from POST /events/ticket' }))
})

export const SubscribeInput = Exact(
  { client_id: ClientId, uri: Uri },
  { title: 'SubscriptionInput', examples: [{ client_id: 'mTq0c3Zb8dQ2vXkA', uri: 'odoo://res.partner/1' }] }
)

export const NoInput = Exact({})

const example = [
  'id: 3q2-7wAAAAAAAAAAAAAAAA.0',
  'event: notifications/connection/established',
  'data: {"jsonrpc":"2.0","method":"notifications/connection/established","params":{"client_id":"mTq0c3Zb8dQ2vXkA"}}',
  '',
  'id: 3q2-7wAAAAAAAAAAAAAAAA.1',
  'event: notifications/resources/updated',
  'data: {"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"odoo://res.partner/1","data":{"id":1,"name":"Ada"}}}',
  '',
  ''
].join('\n')

export const eventsOperation: FastifySchema = {
  operationId: 'events',
  summary: 'Listen to changes',
  description: [
    'A stream of server-sent events. Every `data` is a JSON-RPC notification, named by `event`:',
    '- `notifications/connection/established`: the first; `client_id` is for `POST /subscribe`; `resumed` after a break',
    '- `notifications/resources/updated`: `uri`, and what it shows now in `data`; `{"deleted": true}` when it is gone',
    '- `notifications/connection/gap`: read again what you have subscribed, or `uris` where they are named: `dropped` is',
    '  what was not read in time, `unknown` that nothing is left of the stream that `Last-Event-ID` is of',
    '- `notifications/connection/closed`: the last, with the `reason`',
    '',
    'A client that comes back within 60 seconds with `Last-Event-ID` gets what it has missed and keeps what it has',
    'subscribed. Updates of one URI that were not read yet become one, the newest.'
  ].join('\n'),
  tags: ['Live'],
  querystring: Type.Object({
    uri: Type.Optional(
      Type.Array(Type.String(), { description: 'What to subscribe: `odoo://` URIs of records and lists.' })
    ),
    ticket: Type.Optional(
      Type.String({ description: 'From `POST /events/ticket`, where no header can be sent. It is looked at alone.' })
    )
  }),
  headers: Type.Object({
    'last-event-id': Type.Optional(Type.String({ description: 'The id of the event that was read last.' }))
  }),
  response: {
    200: {
      description: 'Events, until the client leaves or its session ends.',
      content: { 'text/event-stream': { schema: { type: 'string', examples: [example] } } }
    },
    ...problems(readFailures)
  }
}

export const ticketOperation: FastifySchema = {
  operationId: 'events_ticket',
  summary: 'A ticket to open one event stream',
  description:
    'Browsers cannot set headers on an EventSource: `/events?ticket=…` opens one stream as the caller of this route, once.',
  tags: ['Live'],
  response: {
    200: answer('EventsTicketOutput', 'A ticket.', {
      ticket: Type.String(),
      expires_in_s: Type.Integer({ const: ticketLifeS })
    }),
    ...problems(['invalid_input', 'auth_required', 'auth_failed', 'policy_denied', 'rate_limited', 'busy', 'internal'])
  }
}

export const subscribeOperation: FastifySchema = {
  operationId: 'subscribe',
  summary: 'Subscribe a record or a list',
  description: 'Reads it first, so that what cannot be read fails here, then tells its changes on the stream.',
  tags: ['Live'],
  body: SubscribeInput,
  response: {
    200: answer('SubscriptionOutput', 'Done.', { client_id: Type.String(), uri: Type.String() }),
    ...problems(readFailures)
  }
}

export const unsubscribeOperation: FastifySchema = {
  operationId: 'unsubscribe',
  summary: 'End a subscription',
  description: 'The stream tells no more of this URI.',
  tags: ['Live'],
  body: SubscribeInput,
  response: {
    200: answer('SubscriptionOutput', 'Done.', { client_id: Type.String(), uri: Type.String() }),
    ...problems([
      'invalid_input',
      'auth_required',
      'auth_failed',
      'policy_denied',
      'not_found',
      'rate_limited',
      'internal'
    ])
  }
}

function answer(title: string, description: string, properties: Parameters<typeof Type.Object>[0]): object {
  const schema = Type.Object({ status: Type.Literal('success'), ...properties }, { title })
  return { description, content: { 'application/json': { schema } } }
}
