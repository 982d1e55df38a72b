import type { Credential } from '../core/ports/odoo.js'
import type { Setting } from './setting.js'
import type { Values } from './values.js'

export const liveSettings = {
  sse_queue_maxsize: {
    kind: 'integer',
    default: '1000',
    minimum: 1,
    maximum: 1000000,
    description: 'Updates that wait for a slow client of `/events`; those of one URI collapse to the newest'
  },
  max_streams_per_principal: {
    kind: 'integer',
    default: '100',
    minimum: 1,
    maximum: 100000,
    description: 'Streams of `/events` at a time per access key'
  },
  poll_interval: {
    kind: 'seconds',
    default: '2',
    minimum: 0.1,
    maximum: 86400,
    description: 'How often Odoo is asked for changes of what is subscribed; less often while nothing changes'
  },
  bus: {
    kind: ['auto', 'off'],
    default: 'auto',
    description: 'Whether to listen on the bus of Odoo, where `odoo-mcp live install` has been run; `off`: poll alone'
  },
  live_channel: {
    kind: 'secret',
    description: 'Channel of the bus that tells of changes, as `odoo-mcp live install` prints it'
  },
  live_models: {
    kind: 'list',
    description: 'Models whose changes it tells of, as `odoo-mcp live install` prints them'
  },
  bus_url: {
    kind: 'url',
    description: 'Where the bus of Odoo is reached, if not at odoo_url: the gevent or longpolling port'
  }
} as const satisfies Record<string, Setting>

export interface LiveSettings {
  /** Milliseconds between two looks at what is subscribed. */
  pollMs: number
  /** The bus of the default connection; absent where none is installed, or it is switched off. */
  bus?: {
    /** A secret: whoever knows it can listen. */
    channel: string
    models: readonly string[]
    /** Base URL; that of Odoo when absent. */
    url?: string
  }
}

/** The bus needs a channel and models, and the connection that they were installed with. */
export function live(values: Values, odoo: Credential | undefined): LiveSettings {
  const pollMs = values.milliseconds('poll_interval')
  const wanted = values.word<'auto' | 'off'>('bus')
  const channel = values.text('live_channel')
  const models = values.items('live_models', /^[\w.]+$/, 'names of models such as "sale.order"')
  const url = values.text('bus_url')
  const busUrl = url === undefined ? {} : { url: values.url('bus_url', url) }
  const install = 'as `odoo-mcp live install` prints it'
  if (channel === undefined && (models.length > 0 || url !== undefined)) {
    values.report(models.length > 0 ? 'live_models' : 'bus_url', `given without live_channel; expected it, ${install}`)
  }
  if (channel === undefined) return { pollMs }
  if (models.length === 0) values.report('live_channel', `given without live_models; expected them, ${install}`)
  if (odoo === undefined) values.report('live_channel', 'given without odoo_url; expected the connection of the bus')
  return wanted === 'off' ? { pollMs } : { pollMs, bus: { channel, models, ...busUrl } }
}

/** Of `GET /events`. */
export interface StreamLimits {
  queueMax: number
  maxPerPrincipal: number
}

export function streamLimits(values: Values): StreamLimits {
  return {
    queueMax: values.integer('sse_queue_maxsize'),
    maxPerPrincipal: values.integer('max_streams_per_principal')
  }
}
