import { normaliseUrl } from '../../core/odoo-url.js'
import { createAddressGuard } from '../transport/address-guard.js'
import type { OdooBusOptions } from './bus.js'
import { createBusNet } from './bus-net.js'
import { busLinks, usualTimes } from './links.js'

/** Connects to the bus once. Gives why that does not work, or undefined when it does. */
export async function probeBus(options: OdooBusOptions, major: number): Promise<string | undefined> {
  const net = createBusNet({ ...options, guard: createAddressGuard(options.guard) })
  const { database, channel } = options
  const address = { url: normaliseUrl(options.busUrl ?? options.url), database, channel }
  const done = new AbortController()
  try {
    const listener = { opened: () => done.abort(), heard() {}, missed() {} }
    await busLinks({ net, address, times: { ...usualTimes, ...options.times } })(major)(listener, done.signal)
  } catch (error) {
    if (!done.signal.aborted) return (error as Error).message
  } finally {
    await net.close()
  }
  return undefined
}
