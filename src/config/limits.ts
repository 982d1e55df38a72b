import type { Limits } from '../core/ports/gateway.js'
import type { Setting } from './setting.js'
import type { Values } from './values.js'

export const limitSettings = {
  odoo_timeout: {
    kind: 'seconds',
    default: '30',
    minimum: 1,
    maximum: 86400,
    description: 'Time a read may take, queueing and retries included'
  },
  write_timeout: {
    kind: 'seconds',
    default: '120',
    minimum: 1,
    maximum: 86400,
    description: 'Time a write may take'
  },
  connect_timeout: {
    kind: 'seconds',
    default: '5',
    minimum: 1,
    maximum: 3600,
    description: 'Time to connect to Odoo'
  },
  retries: {
    kind: 'integer',
    default: '3',
    minimum: 0,
    maximum: 20,
    description: 'How often a read is tried again when Odoo cannot be reached'
  },
  max_concurrency: {
    kind: 'integer',
    default: '8',
    minimum: 1,
    maximum: 1000,
    description: 'Requests at a time per Odoo'
  },
  max_queue: {
    kind: 'integer',
    default: '256',
    minimum: 0,
    maximum: 100000,
    description: 'Requests that wait for their turn per Odoo; more are refused as `busy`'
  },
  max_response_bytes: {
    kind: 'bytes',
    default: '67108864',
    minimum: 1024,
    maximum: 1073741824,
    description: 'Largest answer taken from Odoo'
  },
  default_limit: {
    kind: 'integer',
    variables: ['ODOO_DEFAULT_LIMIT'],
    default: '100',
    minimum: 1,
    maximum: 100000,
    description: 'Records of a search that names no limit; never more than max_limit'
  },
  max_limit: {
    kind: 'integer',
    default: '1000',
    minimum: 1,
    maximum: 100000,
    description: 'Most records that one search may ask for'
  },
  max_result_bytes: {
    kind: 'bytes',
    default: '100000',
    minimum: 1000,
    maximum: 1073741824,
    description: 'Largest answer over MCP; a larger one is cut between records, and says so'
  }
} as const satisfies Record<string, Setting>

export interface OdooLimits {
  /** Milliseconds. */
  timeouts: { connect: number; read: number; write: number }
  retries: number
  /** Requests at a time per Odoo. */
  maxConcurrency: number
  /** Requests that wait per Odoo. */
  maxQueue: number
  maxResponseBytes: number
}

export function odooLimits(values: Values): OdooLimits {
  return {
    timeouts: {
      connect: values.milliseconds('connect_timeout'),
      read: values.milliseconds('odoo_timeout'),
      write: values.milliseconds('write_timeout')
    },
    retries: values.integer('retries'),
    maxConcurrency: values.integer('max_concurrency'),
    maxQueue: values.integer('max_queue'),
    maxResponseBytes: values.integer('max_response_bytes')
  }
}

export function pageLimits(values: Values): Limits {
  values.atMost('default_limit', 'max_limit')
  return {
    default_limit: values.integer('default_limit'),
    max_limit: values.integer('max_limit'),
    max_result_bytes: values.integer('max_result_bytes')
  }
}
