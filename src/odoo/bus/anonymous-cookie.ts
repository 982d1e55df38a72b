import type { BusNet } from './bus-net.js'
import { type BusAddress, refusal } from './link.js'

/**
 * The cookie of a session without a login that means this database: a server with several does not know otherwise which
 * one is meant. (The header X-Odoo-Database closes a websocket with 4001 on 19: such sessions are not kept.)
 * Undefined where Odoo gives none, or where only the bus itself can be reached. Throws BusEnd when nobody answers, or
 * the answer is to come again later.
 */
export async function anonymousCookie(
  net: BusNet,
  { url, database }: BusAddress,
  timeoutMs: number,
  signal: AbortSignal
): Promise<string | undefined> {
  const target = new URL(`${url}/web/login?${new URLSearchParams({ db: database })}`)
  const reply = await net.send(target, { method: 'GET', headers: {}, timeoutMs, signal })
  if (reply.status === 429 || reply.status >= 502) throw refusal(reply)
  const cookies = [reply.headers['set-cookie'] ?? []].flat()
  return cookies.map(cookie => /^session_id=[^;]+/.exec(cookie)?.[0]).find(cookie => cookie !== undefined)
}
