import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { ChangeSource, WatchTarget } from '../../src/core/live.js'
import type { Identity } from '../../src/core/ports/odoo.js'
import { createOdooBus, type OdooBusOptions } from '../../src/odoo/bus/bus.js'
import type { LabOdoo } from '../lab/odoos.js'
import { silentLog } from './servers.js'

/** A bus that ends with its test. */
export function busFor(
  t: Test,
  options: Pick<OdooBusOptions, 'url'> & Partial<OdooBusOptions>
): ChangeSource & Required<Pick<ChangeSource, 'covers' | 'close'>> {
  const bus = createOdooBus({
    database: 'lab',
    channel: `odoo-mcp-${randomUUID()}`,
    models: [model],
    connectTimeoutMs: 5000,
    tls: { verify: true },
    guard: { allowedHosts: null },
    log: silentLog,
    ...options,
    times: { firstPause: 20, longestPause: 200, ...options.times }
  }) as ReturnType<typeof busFor>
  t.teardown(() => bus.close())
  return bus
}

/** A model that is in every Odoo, and that nothing else happens to. */
export const model = 'res.partner.category'

export interface Watched extends WatchTarget {
  /** What was to be looked at, in order: ids, or all. */
  looks: (readonly number[] | 'all')[]
}

/** A watch that notes what it is told. */
export function watchOf(
  odoo: Pick<LabOdoo, 'url' | 'database' | 'version'>,
  of: string = model,
  username = 'admin'
): Watched {
  const looks: Watched['looks'] = []
  const identity = { url: odoo.url, database: odoo.database, username, major: Number(odoo.version) } as Identity
  return {
    identity,
    model: of,
    looks,
    async look(ids) {
      looks.push(ids ?? 'all')
      return { changed: false, ms: 0 }
    }
  }
}
