import type { Setting } from './setting.js'
import type { Values } from './values.js'

export const sessionSettings = {
  session_idle: {
    kind: 'seconds',
    default: '1800',
    minimum: 1,
    maximum: 2592000,
    description: 'A session unused for so long ends; never longer than session_max'
  },
  session_max: {
    kind: 'seconds',
    default: '43200',
    minimum: 1,
    maximum: 2592000,
    description: 'A session ends after so long in any case'
  },
  max_sessions: { kind: 'integer', default: '10000', minimum: 1, maximum: 1000000, description: 'Sessions at a time' },
  max_sessions_per_principal: {
    kind: 'integer',
    default: '1000',
    minimum: 1,
    maximum: 1000000,
    description: 'Sessions at a time per access key; never more than max_sessions'
  }
} as const satisfies Record<string, Setting>

export interface SessionLimits {
  idleMs: number
  maxMs: number
  max: number
  maxPerPrincipal: number
}

export function sessionLimits(values: Values): SessionLimits {
  values.atMost('session_idle', 'session_max')
  values.atMost('max_sessions_per_principal', 'max_sessions')
  return {
    idleMs: values.milliseconds('session_idle'),
    maxMs: values.milliseconds('session_max'),
    max: values.integer('max_sessions'),
    maxPerPrincipal: values.integer('max_sessions_per_principal')
  }
}
