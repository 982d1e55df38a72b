import { randomBytes } from 'node:crypto'
import { asList } from '../arguments.js'
import type { Database } from '../database.js'
import { OdooException, typeError, valueError } from '../exceptions.js'
import { isObject, type Json, type JsonObject } from '../json.js'
import { createEnv } from '../orm/env.js'
import { truthy, typeName } from '../python.js'
import { checkParameters, envelope, type Inside } from '../wires/jsonrpc.js'
import { errorPage } from '../wires/pages.js'
import { readOnly } from '../wires/version.js'
import { cookieOf } from '../wires/web.js'
import { type Call, type Incoming, type Reply, reply, sessionId } from '../wires/wire.js'
import type { Bus } from './bus.js'
import { channelSet, lastMessageId, type Message, messagesAfter, send } from './messages.js'

const wire = 'bus'
const onlyTexts = 'bus.Bus only string channels are allowed.'

/** The routes of the bus besides the websocket itself; undefined for other paths. All of them are public. */
export function busCall(database: Database, bus: Bus, incoming: Incoming): Call | undefined {
  const { path } = incoming
  const { major } = database.release
  if (major < 16) {
    if (path === '/longpolling/poll') return poll(database, bus, incoming)
    if (path === '/longpolling/send') return longpollingSend(database, incoming)
    return undefined
  }
  if (path === '/websocket') return { wire, run: () => notUpgraded(database) }
  if (path === '/websocket/health') return readOnly(database, incoming, health())
  if (path === '/websocket/peek_notifications') return peek(database, bus, incoming)
  if (path === '/bus/has_missed_notifications') return hasMissed(database, incoming)
  return undefined
}

/** `/longpolling/poll`: answers when there is a message, or with an empty list after a while. */
function poll(database: Database, bus: Bus, incoming: Incoming): Call {
  const route = { path: '/longpolling/poll', controller: 'BusController.poll', wire } as const
  return envelope(database, incoming, route, params => {
    const channels = channelsOf(params.channels)
    const last = Number(params.last)
    const isPeek = isObject(params.options) && truthy(params.options.peek)
    return {
      method: 'poll',
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST' },
      ...(channels !== undefined &&
        'last' in params &&
        !isPeek && { ready: (left: AbortSignal) => bus.wait(channels, last, left) }),
      run(given) {
        checkParameters(database, route.controller, ['channels', 'last'], given)
        const names = asList(given.channels as Json)
        if (names.some(name => typeof name !== 'string')) throw new OdooException('builtins.Exception', onlyTexts)
        const notifications = messagesAfter(database.tables, channelSet(names), last).map(asRow)
        return isPeek ? { notifications, channels: given.channels as Json } : notifications
      }
    }
  })
}

function channelsOf(given: Json | undefined): Set<string> | undefined {
  return Array.isArray(given) && given.every(name => typeof name === 'string') ? channelSet(given) : undefined
}

function asRow({ id, channel, message }: Message): JsonObject {
  return { id, channel, message }
}

/** `/longpolling/send`: anybody may send on any channel. It went with 15. */
function longpollingSend(database: Database, incoming: Incoming): Call {
  const route = { path: '/longpolling/send', controller: 'BusController.send', wire } as const
  return envelope(database, incoming, route, () => ({
    method: 'send',
    run(given) {
      checkParameters(database, route.controller, ['channel', 'message'], given)
      const { channel = null, message = null } = given
      if (typeof channel !== 'string') throw new OdooException('builtins.Exception', onlyTexts)
      const { release, models, tables } = database
      tables.begin()
      send(createEnv({ release, models, tables, uid: 1, su: true }), channel, message)
      tables.commit()
      return undefined
    }
  }))
}

/** What a request for a websocket gets that asks for no upgrade. */
function notUpgraded({ release }: Database): Reply {
  const text = 'The browser (or proxy) sent a request that this server could not understand.'
  return errorPage(release.major, 400, 'Bad Request', text)
}

function health(): Call {
  const run = () => reply(200, 'application/json', '{"status": "pass"}', { 'cache-control': 'no-store' })
  return { wire, method: 'health', run }
}

/** `/websocket/peek_notifications`: what a websocket would have told by now. Only the first poll needs no cookie. */
function peek(database: Database, bus: Bus, incoming: Incoming): Call {
  const route = { path: incoming.path, controller: 'WebsocketController.peek_notifications', wire } as const
  return envelope(database, incoming, route, () => {
    const headers: Reply['headers'] = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST' }
    const inside: Inside = {
      method: 'peek_notifications',
      headers,
      run(given) {
        checkParameters(database, route.controller, ['channels', 'last'], given)
        const sid = sessionId(incoming.headers)
        if (truthy(given.is_first_poll)) {
          const own = sid ?? randomBytes(32).toString('base64url')
          bus.peeking.add(own)
          headers['set-cookie'] = cookieOf(database, own)
        } else if (sid === undefined || !bus.peeking.has(sid)) {
          throw new OdooException('odoo.http.SessionExpiredException', '')
        }
        const { names, last } = subscription(database, given)
        const found = messagesAfter(database.tables, channelSet(names), last)
        return {
          channels: names.map(name => [database.name, name]),
          notifications: found.map(({ id, message }) => ({ id, message }))
        }
      }
    }
    return inside
  })
}

/** What a subscription is to: everybody hears what is broadcast. Throws for what is none. */
export function subscription(database: Database, { channels = null, last = null }: JsonObject) {
  const names = asList(channels)
  if (!names.every(name => typeof name === 'string')) throw valueError(onlyTexts)
  if (typeof last !== 'number') {
    throw typeError(`'>' not supported between instances of '${typeName(last)}' and 'int'`)
  }
  // A last id from before the messages were deleted, or from another database, is none.
  return { names: [...names, 'broadcast'], last: last > lastMessageId(database.tables) ? 0 : last }
}

/** `/bus/has_missed_notifications`: whether a message has gone, and others after it perhaps. */
function hasMissed(database: Database, incoming: Incoming): Call {
  const route = { path: incoming.path, controller: 'BusController.has_missed_notifications', wire } as const
  return envelope(database, incoming, route, () => ({
    method: 'has_missed_notifications',
    run(given) {
      checkParameters(database, route.controller, ['last_notification_id'], given)
      return database.tables.row('bus.bus', Number(given.last_notification_id)) === undefined
    }
  }))
}
