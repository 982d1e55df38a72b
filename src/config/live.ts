import type { Credential } from '../core/ports/odoo.js'
import type { Values } from './values.js'

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
  const channel = values.text('live_channel')
  const models = values.list('live_models')
  const url = values.text('bus_url')
  const install = 'as `odoo-mcp live install` prints it'
  if (channel === undefined && (models.length > 0 || url !== undefined)) {
    values.report(models.length > 0 ? 'live_models' : 'bus_url', `given without live_channel; expected it, ${install}`)
  }
  if (channel === undefined) return { pollMs }
  if (models.length === 0) values.report('live_channel', `given without live_models; expected them, ${install}`)
  if (odoo === undefined) values.report('live_channel', 'given without odoo_url; expected the connection of the bus')
  if (values.word<'auto' | 'off'>('bus') === 'off') return { pollMs }
  return { pollMs, bus: { channel, models, ...(url !== undefined && { url: values.url('bus_url', url) }) } }
}
