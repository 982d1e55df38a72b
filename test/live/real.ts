import { Writable } from 'node:stream'
import type { Test } from 'tap'
import { type Core, composeCore } from '../../src/compose.js'
import { loadConfig } from '../../src/config/config.js'
import type { JsonObject } from '../../src/core/json.js'
import type { EndReason, ResourceUpdate, Subscription } from '../../src/core/live.js'
import type { Caller } from '../../src/core/ports/sessions.js'
import type { Hub } from '../../src/live/hub.js'
import { createLog } from '../../src/log.js'
import { connectionFlags, type Flags } from '../contract/server.js'
import { keepLog, keepSecret } from '../evidence.js'
import type { LabOdoo } from '../lab/odoos.js'
import type { Person } from '../lab/people.js'

/** The real hub over the real gateway and a real Odoo, whose default connection is the administrator. */
export interface RealHub {
  core: Core
  /** The calls that looks have made since the last time: their tools and how many requests each took. */
  looks(): { tool: string; rpcs: number }[]
  /** @param caller whose session; the default connection when not said */
  subscribe(uri: string, caller?: Caller): Promise<Heard>
  /** A session of somebody else. */
  connect(person: Person): Promise<Caller>
}

/** A subscription and what was heard of it. */
export interface Heard extends Subscription {
  updates: JsonObject[]
  /** The newest update. */
  readonly last: JsonObject | undefined
  ended: EndReason[]
}

const local: Caller = { principal: 'local', surface: 'rest', opens: 'bearer', requestId: 'test' }

/** @param hubOf another hub over the same gateway, which ends with the test */
export function realHub(t: Test, odoo: LabOdoo, flags: Flags = {}, hubOf?: (core: Core) => Hub): RealHub {
  const config = loadConfig('http', {
    flags: { 'log-level': 'debug', 'log-format': 'json', 'poll-interval': '0.2', ...connectionFlags(odoo), ...flags },
    env: {},
    readFile: () => ''
  })
  keepSecret(config.live.bus?.channel ?? '')
  const keep = keepLog()
  let looks: { tool: string; rpcs: number }[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      keep(String(chunk))
      const line = JSON.parse(String(chunk))
      if (line.msg === 'call' && line.level === 20) looks.push({ tool: line.tool, rpcs: line.rpcs })
      done()
    }
  })
  const core = composeCore(config, createLog({ ...config.log, stream }))
  const hub = hubOf?.(core) ?? core.hub
  t.teardown(async () => {
    hub.close()
    core.hub.close()
    await core.odoo.close()
  })
  return {
    core,
    looks() {
      const found = looks
      looks = []
      return found
    },
    subscribe: (uri, caller = local) => subscribe(hub, uri, caller),
    connect: person => connect(core, odoo, person)
  }
}

async function subscribe(hub: Hub, uri: string, caller: Caller): Promise<Heard> {
  const updates: JsonObject[] = []
  const ended: EndReason[] = []
  const subscriber = {
    caller,
    updated: ({ data }: ResourceUpdate) => void updates.push(data),
    ended: (reason: EndReason) => void ended.push(reason)
  }
  const subscription = await hub.subscribe(uri, subscriber, new AbortController().signal)
  return {
    ...subscription,
    updates,
    ended,
    get last() {
      return updates.at(-1)
    }
  }
}

async function connect({ gateway }: Core, { url, database }: LabOdoo, person: Person): Promise<Caller> {
  const { username, password } = person
  const input = { url, database, username, password }
  const { signal } = new AbortController()
  const { session } = await gateway.call({ tool: 'odoo_connect', input, caller: local, signal })
  return { ...local, bearer: session as string }
}
