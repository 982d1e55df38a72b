import { type Manner, manners, type SandboxBus } from './bus/bus.js'
import type { Counts } from './counts.js'
import type { Fault, FaultHandle, Faults } from './faults.js'
import { nearest } from './nearest.js'
import { type Incoming, mediaType, type Reply, reply } from './wires/wire.js'

const routes: { [route: string]: (incoming: Incoming, counts: Counts, faults: Faults, bus: SandboxBus) => Reply } = {
  'GET /sandbox/counts': (_, counts) => json(200, counts.toJSON()),
  'DELETE /sandbox/counts'(_, counts) {
    counts.reset()
    return json(200, counts.toJSON())
  },
  'POST /sandbox/faults': (incoming, _, faults) => add(incoming, faults),
  'DELETE /sandbox/faults'(_, __, faults) {
    faults.clear()
    return json(200, { cleared: true })
  },
  'DELETE /sandbox/bus/connections'(incoming, _, __, bus) {
    const manner = incoming.query.get('manner') ?? 'reset'
    if (!isManner(manner)) return refuse(400, `manner: "${manner}" is not one of ${manners.join(', ')}`)
    const dropped = bus.connections
    bus.drop(manner)
    return json(200, { dropped })
  },
  'DELETE /sandbox/bus/messages'(_, __, ___, bus) {
    bus.forget()
    return json(200, { forgotten: true })
  }
}

const isManner = (text: string): text is Manner => (manners as readonly string[]).includes(text)

/** The routes by which programs in other languages script the sandbox; undefined for paths of Odoo. */
export function control(incoming: Incoming, counts: Counts, faults: Faults, bus: SandboxBus): Reply | undefined {
  const { method, path } = incoming
  if (path !== '/sandbox' && !path.startsWith('/sandbox/')) return undefined
  const route = `${method} ${path}`
  const handler = Object.hasOwn(routes, route) ? routes[route] : undefined
  if (handler !== undefined) return handler(incoming, counts, faults, bus)
  const known = Object.keys(routes)
  const near = nearest(route, known)
  const hint = near === undefined ? `Known: ${known.join(', ')}` : `Did you mean ${near}?`
  return refuse(404, `There is no ${route}. ${hint}`)
}

function add(incoming: Incoming, faults: Faults): Reply {
  // Asking for it keeps pages of browsers out: they may not send this type to other origins.
  if (mediaType(incoming.headers) !== 'application/json') return refuse(400, 'Content-Type: must be application/json')
  let fault: Fault
  try {
    fault = JSON.parse(incoming.body.toString('utf8'))
  } catch (error) {
    return refuse(400, `The body is not JSON: ${(error as Error).message}`)
  }
  let handle: FaultHandle
  try {
    handle = faults.add(fault)
  } catch (error) {
    return refuse(400, (error as Error).message)
  }
  return json(201, { added: fault, fired: handle.fired })
}

function refuse(status: number, message: string): Reply {
  return json(status, { error: message })
}

function json(status: number, content: object): Reply {
  return reply(status, 'application/json; charset=utf-8', JSON.stringify(content))
}
