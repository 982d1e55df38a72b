import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import { pauseMs, withRetries } from '../../src/odoo/retry.js'
import { scope } from './servers.js'

const down = new GatewayError('odoo_unavailable', 'down', { retryable: true })
const options = { retries: 3, clock: Date.now, random: () => 0 }

/** Fails with each of these errors in turn, then answers. */
function failing(...errors: Error[]) {
  let attempts = 0
  const attempt = async () => {
    attempts++
    const error = errors.shift()
    if (error) throw error
    return 'answer'
  }
  return { attempt, attempts: () => attempts }
}

t.test('a read is tried again until it works', async t => {
  const { attempt, attempts } = failing(down, new GatewayError('rate_limited', 'slow', { retryable: true }))
  t.equal(await withRetries(attempt, scope(), options), 'answer')
  t.equal(attempts(), 3)
})

t.test('after the last try the failure stands', async t => {
  const { attempt, attempts } = failing(down, down, down)
  await t.rejects(withRetries(attempt, scope(), { ...options, retries: 1 }), down)
  t.equal(attempts(), 2)
})

for (const error of [
  new GatewayError('odoo_unavailable', 'TLS'),
  new GatewayError('odoo_unavailable', 'no such name', { retryable: false }),
  new GatewayError('conflict', 'locked', { retryable: true }),
  new GatewayError('validation', 'no'),
  new GatewayError('timeout', 'late'),
  new Error('a bug of ours')
]) {
  t.test(`no second try for: ${error.message}`, async t => {
    const { attempt, attempts } = failing(error)
    await t.rejects(withRetries(attempt, scope(), options), error)
    t.equal(attempts(), 1)
  })
}

t.test('no pause reaches beyond the deadline', async t => {
  const { attempt, attempts } = failing(
    new GatewayError('rate_limited', 'wait', { retryable: true, retry_after_s: 3600 })
  )
  await t.rejects(withRetries(attempt, scope(), options), { code: 'rate_limited', extra: { retry_after_s: 3600 } })
  t.equal(attempts(), 1)
})

t.test('a caller who leaves ends the pause', async t => {
  const abort = new AbortController()
  const { attempt, attempts } = failing(
    new GatewayError('rate_limited', 'wait', { retryable: true, retry_after_s: 30 })
  )
  const trying = withRetries(attempt, scope({ signal: abort.signal }), options)
  setImmediate(() => abort.abort())
  await t.rejects(trying, { code: 'cancelled' })
  t.equal(attempts(), 1)
})

t.test('pauses grow, are never all alike, and are at least as long as Odoo asks for', async t => {
  const [low, high] = [() => 0, () => 1]
  t.strictSame(
    [0, 1, 2, 3].map(done => pauseMs(done, undefined, low)),
    [100, 200, 400, 800]
  )
  t.strictSame(
    [0, 1, 2, 3].map(done => pauseMs(done, undefined, high)),
    [200, 400, 800, 1600]
  )
  t.equal(pauseMs(20, undefined, high), 5000)
  t.equal(pauseMs(0, 7, low), 7000)
  t.equal(pauseMs(0, 7, high), 7100, 'all who were told the same do not come back at the same moment')
})
