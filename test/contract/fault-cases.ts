import type { ErrorCode, Outcome } from '../../src/core/errors.js'
import type { Protocol } from '../../src/core/ports/odoo.js'
import type { Effect } from '../../src/sandbox/faults.js'

export type Access = 'read' | 'write'

/** How a call must end: with its output, or with this error. */
export type End = 'ok' | { code: ErrorCode; outcome?: Outcome; retry_after_s?: number }

export interface FaultCase {
  name: string
  effect: Effect
  /** It happens at every request; else once. */
  always?: true
  /** Another read comes before, and it is that one which the fault happens to: the call itself finds what it left. */
  before?: true
  /** It leaves a connection behind that looks alive and answers nothing. */
  silent?: true
  read: Expected
  write: Expected
}

export interface Expected {
  /** By wire where they differ. */
  end: End | Record<Protocol, End>
  /** Requests of the call itself that Odoo saw; a list where it depends on which connection is taken. */
  requests: number | number[]
  /** Whether the write was done. */
  applied?: boolean
  /** A success says that its result is unknown. */
  warning?: true
}

const done: Expected = { end: 'ok', requests: 1, applied: true }
const good = (requests: number | number[] = 1): Expected => ({ end: 'ok', requests })
const fails = (code: ErrorCode, requests = 1, more: { retry_after_s?: number } = {}): Expected => ({
  end: { code, ...more },
  requests
})
const unknown = (code: ErrorCode, applied: boolean, more: { retry_after_s?: number } = {}): Expected => ({
  end: { code, outcome: 'unknown', ...more },
  requests: 1,
  applied
})
const notApplied = (code: ErrorCode, more: { retry_after_s?: number } = {}): Expected => ({
  end: { code, outcome: 'not_applied', ...more },
  requests: 1,
  applied: false
})

const httpDate = new Date(Date.now() + 3600_000).toUTCString()

/** Whether Odoo does the call first. */
const both = [false, true]
const named = (name: string, applied: boolean) => `${name}, ${applied ? 'after' : 'before'} the call is done`

/** Every kind of fault that the sandbox has. */
export const faultCases: FaultCase[] = [
  ...both.flatMap((applied): FaultCase[] => [
    { name: named('delay', applied), effect: { kind: 'delay', ms: 50, applied }, read: good(), write: done },
    {
      name: named('hang', applied),
      effect: { kind: 'hang', applied },
      read: fails('timeout'),
      write: unknown('timeout', applied)
    },
    {
      name: named('reset', applied),
      effect: { kind: 'reset', applied },
      read: good(2),
      write: unknown('odoo_unavailable', applied)
    },
    {
      name: named('reset, always', applied),
      effect: { kind: 'reset', applied },
      always: true,
      read: fails('odoo_unavailable', 2),
      write: unknown('odoo_unavailable', applied)
    },
    ...[502, 503, 504].map(
      (status): FaultCase => ({
        name: named(`status ${status}`, applied),
        effect: { kind: 'status', status, applied },
        read: good(2),
        write: unknown('odoo_unavailable', applied)
      })
    ),
    {
      name: named('status 500', applied),
      effect: { kind: 'status', status: 500, applied },
      read: fails('odoo_error'),
      write: unknown('odoo_error', applied)
    },
    {
      name: named('html', applied),
      effect: { kind: 'html', applied },
      read: fails('odoo_unavailable'),
      write: unknown('odoo_unavailable', applied)
    }
  ]),
  {
    name: 'status 503, always',
    effect: { kind: 'status', status: 503 },
    always: true,
    read: fails('odoo_unavailable', 2),
    write: unknown('odoo_unavailable', false)
  },
  {
    name: 'status 503, Retry-After in seconds',
    effect: { kind: 'status', status: 503, retryAfter: 1 },
    read: good(2),
    write: unknown('odoo_unavailable', false, { retry_after_s: 1 })
  },
  {
    name: 'status 503, Retry-After beyond the deadline',
    effect: { kind: 'status', status: 503, retryAfter: 3600 },
    read: fails('odoo_unavailable', 1, { retry_after_s: 3600 }),
    write: unknown('odoo_unavailable', false, { retry_after_s: 3600 })
  },
  {
    name: 'status 503, Retry-After as a date, beyond the deadline',
    effect: { kind: 'status', status: 503, retryAfter: httpDate },
    read: fails('odoo_unavailable'),
    write: unknown('odoo_unavailable', false)
  },
  // A proxy that says these has not let the request through, so there is nothing like a 429 of a call that was done.
  {
    name: 'status 429',
    effect: { kind: 'status', status: 429 },
    read: good(2),
    write: notApplied('rate_limited')
  },
  {
    name: 'status 429, Retry-After',
    effect: { kind: 'status', status: 429, retryAfter: 1 },
    read: good(2),
    write: notApplied('rate_limited', { retry_after_s: 1 })
  },
  {
    name: 'status 413',
    effect: { kind: 'status', status: 413 },
    read: fails('invalid_input'),
    write: notApplied('invalid_input')
  },
  {
    name: 'status 415',
    effect: { kind: 'status', status: 415 },
    read: fails('invalid_input'),
    write: notApplied('invalid_input')
  },
  {
    name: 'status 400',
    effect: { kind: 'status', status: 400 },
    read: fails('invalid_input'),
    write: unknown('invalid_input', false)
  },
  ...[401, 403, 404, 405].map(
    (status): FaultCase => ({
      name: `status ${status}`,
      effect: { kind: 'status', status },
      read: fails('odoo_unavailable'),
      write: unknown('odoo_unavailable', false)
    })
  ),
  {
    name: 'half-open, reset at the next request',
    effect: { kind: 'half-open', next: 'reset' },
    before: true,
    read: good([1, 2]),
    write: done
  },
  {
    name: 'half-open, silence at the next request',
    effect: { kind: 'half-open', next: 'silence' },
    before: true,
    silent: true,
    read: fails('timeout'),
    write: done
  },
  {
    name: 'truncate in the middle',
    effect: { kind: 'truncate' },
    read: good(2),
    write: {
      end: { jsonrpc: { code: 'odoo_error', outcome: 'unknown' }, json2: 'ok', xmlrpc: 'ok' },
      requests: 1,
      applied: true
    }
  },
  {
    name: 'truncate before the first byte',
    effect: { kind: 'truncate', keep: 0 },
    read: good(2),
    write: {
      end: {
        jsonrpc: { code: 'odoo_unavailable', outcome: 'unknown' },
        // Its status comes after the commit.
        json2: 'ok',
        xmlrpc: { code: 'odoo_unavailable', outcome: 'unknown' }
      },
      requests: 1,
      applied: true
    }
  },
  { name: 'drip', effect: { kind: 'drip', bytes: 64, ms: 2 }, read: good(), write: done },
  { name: 'huge, within the limit', effect: { kind: 'huge', bytes: 500_000 }, read: good(), write: done },
  {
    name: 'huge, over the limit',
    effect: { kind: 'huge', bytes: 2_000_000 },
    read: fails('invalid_input'),
    write: { ...done, warning: true }
  },
  {
    name: 'length, longer than what comes',
    effect: { kind: 'length', by: 10 },
    read: fails('timeout'),
    write: unknown('timeout', true)
  },
  {
    name: 'length, shorter than what comes',
    effect: { kind: 'length', by: -5 },
    read: fails('odoo_error'),
    write: { ...done, warning: true }
  },
  { name: 'split', effect: { kind: 'split' }, read: good(), write: done },
  // Reads do not return None: here they do, and what comes is no list of records.
  { name: 'none', effect: { kind: 'none' }, read: fails('odoo_error'), write: done }
]
