import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CallOutcome } from './core/ports/gateway.js'
import type { OdooExchange } from './core/ports/odoo.js'
import { counted, type Measured, type ServerState, stateGauges } from './metrics/measured.js'

export type { ServerState } from './metrics/measured.js'

export interface MetricsOptions {
  /** Of this server. */
  version: string
  state: () => ServerState
}

export interface Metrics {
  /** A call has come through the door. */
  called(call: CallOutcome): void
  /** A request to an Odoo has ended. */
  exchanged(exchange: OdooExchange): void
  /** A request was answered, or its caller left; `route` is the pattern, and none where there is no such route. */
  answered(request: { method: string; route: string | undefined; status: number; seconds: number }): void
  readonly contentType: string
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>
}

/** Seconds: from what this server adds by itself to what Odoo is given at most. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120]

/** What this process does, for Prometheus. What there is to count, and what it means, is said in `metrics/measured.ts`. */
export function createMetrics({ version, state }: MetricsOptions): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  const named = ({ name, help, labels }: Measured) => ({ registers, name, help, labelNames: labels as string[] })
  countState(registers, state)
  new Gauge(named(counted.info)).set({ version }, 1)
  const calls = new Histogram({ ...named(counted.calls), buckets })
  const odooRequests = new Counter(named(counted.odooRequests))
  const exchanges = new Histogram({ ...named(counted.exchanges), buckets })
  const requests = new Histogram({ ...named(counted.requests), buckets })
  return {
    called({ tool, outcome, ms, rpcs, background }) {
      // A look at what is subscribed is no call of anybody: there would be nothing else to see.
      if (!background) calls.observe({ tool, outcome }, ms / 1000)
      odooRequests.inc({ tool, background: String(background) }, rpcs)
    },
    exchanged({ wire, access, outcome, ms }) {
      exchanges.observe({ wire, access, outcome }, ms / 1000)
    },
    answered({ method, route = 'none', status, seconds }) {
      requests.observe({ method, route, status }, seconds)
    },
    contentType: registry.contentType,
    text: () => Registry.merge([registry, ofProcess()]).metrics()
  }
}

function countState(registers: Registry[], state: () => ServerState): void {
  for (const { name, help, value } of stateGauges) {
    new Gauge({
      registers,
      name,
      help,
      collect() {
        this.set(value(state()))
      }
    })
  }
}

let process: Registry | undefined

/** Memory, CPU, event loop and the like: once in a process, because what measures them never ends. */
function ofProcess(): Registry {
  if (process === undefined) {
    process = new Registry()
    collectDefaultMetrics({ register: process })
  }
  return process
}
