import { setTimeout as pause } from 'node:timers/promises'
import type { JsonObject } from '../../core/json.js'
import { isObject, parseJson } from '../parse-json.js'
import { anonymousCookie } from './anonymous-cookie.js'
import type { BusNet, BusReply } from './bus-net.js'
import { Heard } from './heard.js'
import { type BusAddress, BusEnd, type Link, refusal } from './link.js'
import { type BusMessage, toMessages } from './messages.js'

export interface LongpollingOptions {
  net: BusNet
  address: BusAddress
  /** For the cookie, and for what Odoo answers at once. */
  openTimeoutMs: number
  /** Odoo answers a poll after 50 s when nothing happens; no answer after this long is the end. */
  pollTimeoutMs: number
  /** How often it is asked again for what was told in the last minute. */
  peekAgainMs: number
}

/** The bus of Odoo 14 and 15: a request that Odoo answers when there is something to tell. */
export function longpollingLink({ net, address, openTimeoutMs, pollTimeoutMs, peekAgainMs }: LongpollingOptions): Link {
  const target = new URL(`${address.url}/longpolling/poll`)
  // Outlives the link: the next one goes on where this one ended.
  const heard = new Heard()

  return async (listener, signal) => {
    const cookie = await anonymousCookie(net, address, openTimeoutMs, signal)

    async function ask(last: number, options: JsonObject, timeoutMs: number): Promise<BusMessage[]> {
      const params = { channels: [address.channel], last, options }
      const reply = await net.send(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }),
        timeoutMs,
        signal
      })
      return heard.add(messagesIn(reply))
    }
    const poll = () => ask(heard.last, {}, pollTimeoutMs)
    /** All that was told lately, also by transactions that were slow to commit; answered at once. */
    const peek = () => ask(heard.floor, { peek: true }, openTimeoutMs)

    let isDue = false
    const tell = (messages: BusMessage[]) => {
      if (messages.length > 0) listener.heard(messages)
      // Beside the poll, which waits for messages with later ids alone. If it fails, so does the poll.
      if (!heard.remembers || isDue) return
      isDue = true
      pause(peekAgainMs, undefined, { signal }).then(peekAgain, () => {})
    }
    const peekAgain = async () => {
      const messages = await peek().catch(() => [])
      isDue = false
      if (!signal.aborted) tell(messages)
    }
    const before = await peek()
    listener.opened()
    tell(before)
    for (;;) {
      const startedAt = performance.now()
      const messages = await poll()
      tell(messages)
      if (messages.length > 0 || performance.now() - startedAt >= earlyMs) continue
      // Odoo was woken, and then found no later id: the message has an earlier one, of a slow transaction.
      listener.missed()
      await pause(earlyPauseMs, undefined, { signal })
    }
  }
}

/** An empty answer before this is early: Odoo waits for 50 s, some proxies for less. */
const earlyMs = 20_000

/** Keeps a bus that answers at once, for whatever reason, from being asked without end. */
const earlyPauseMs = 250

function messagesIn(reply: BusReply): BusMessage[] {
  if (reply.status !== 200) throw refusal(reply)
  const body = parseJson(reply.text)
  const { result, error } = isObject(body) ? body : {}
  const list = isObject(result) ? result.notifications : result
  if (Array.isArray(list)) return toMessages(list)
  const message = isObject(error) && isObject(error.data) ? error.data.message : undefined
  // Such as `bus.Bus unavailable`, of a worker process (14).
  throw new BusEnd(typeof message === 'string' ? message : 'what answers is no bus of Odoo')
}
