import type { JsonObject } from '../../src/core/json.js'
import type { ChangeSource, EndReason, ResourceUpdate, Subscription } from '../../src/core/live.js'
import { createHub, type Hub, type HubOptions } from '../../src/live/hub.js'
import { createResources } from '../../src/resources/resources.js'
import { callerOf, FakeGateway } from './fake-gateway.js'
import { FakeTime } from './fake-time.js'

/** One who subscribes, and what they heard. */
export interface Listening extends Subscription {
  heard: JsonObject[]
  ended: EndReason[]
}

/** A hub over a fake Odoo, in a time of its own. */
export interface FakeWorld {
  time: FakeTime
  odoo: FakeGateway
  hub: Hub
  /** Every line that was logged as an error. */
  errors: object[]
  /** @param session whose rights; `ada` when not said */
  subscribe(uri: string, session?: string, told?: (update: ResourceUpdate) => void): Promise<Listening>
}

export const pollMs = 2000

export function fakeWorld(more: Partial<HubOptions> & { sources?: ChangeSource[] } = {}): FakeWorld {
  const time = new FakeTime()
  const odoo = new FakeGateway()
  const errors: object[] = []
  const nothing = () => {}
  const log = { debug: nothing, info: nothing, warn: nothing, error: (line: object) => void errors.push(line) }
  const resources = createResources(odoo)
  const hub = createHub({ gateway: odoo, resources, pollMs, log, time, random: () => 0.5, ...more })
  return {
    time,
    odoo,
    hub,
    errors,
    subscribe: (uri, session = 'ada', told = nothing) => listen(hub, uri, session, told)
  }
}

async function listen(
  hub: Hub,
  uri: string,
  session: string,
  told: (update: ResourceUpdate) => void
): Promise<Listening> {
  const heard: JsonObject[] = []
  const ended: EndReason[] = []
  const subscriber = {
    caller: callerOf(session),
    updated(update: ResourceUpdate) {
      heard.push(update.data)
      told(update)
    },
    ended: (reason: EndReason) => void ended.push(reason)
  }
  const subscription = await hub.subscribe(uri, subscriber, new AbortController().signal)
  return { ...subscription, heard, ended }
}
