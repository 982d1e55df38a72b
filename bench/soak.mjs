// Minutes of work over REST, MCP of both eras, events and subscriptions, while the embedded Odoo fails all the time in
// every way it knows. Says whether every error was one of these and told as it should be, whether every write was done
// as often as its caller was told, and what it cost the server: memory, handles, delay of its event loop.
// Usage: node --expose-gc bench/soak.mjs [minutes, 10] | node --expose-gc bench/soak.mjs sessions [number, 10000].
// Build first. The server is a process of its own. Exits with 1 when something was wrong.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { startSandbox } from '../dist/sandbox/sandbox.js'
import { openClients } from './soak-clients.mjs'

/** What the failures that are injected may become. Everything else would be of our own making. */
const expected = new Set(['ok', 'odoo_unavailable', 'odoo_error', 'rate_limited', 'timeout', 'busy'])

if (process.send) await beServer()
else if (process.argv[2] === 'sessions') await manySessions(Number(process.argv[3] ?? 10_000))
else await soak(Number(process.argv[2] ?? 10))

/** @param {number} minutes */
async function soak(minutes) {
  const sandbox = await startSandbox({ version: 19 })
  const server = await startServer(sandbox, { 'odoo-timeout': '3', 'write-timeout': '3', 'poll-interval': '1' })
  const clients = await openClients(server.address, sandbox)
  const before = await server.cost()
  const end = Date.now() + minutes * 60_000
  const failing = fail(sandbox, end)
  await Promise.all(clients.map(client => client.work(end)))
  await failing
  const injected = { ...sandbox.counts.faults }
  sandbox.faults.clear()
  await Promise.all(clients.map(client => client.close()))
  await wait(5000)
  const after = await server.cost()

  const results = clients.flatMap(({ results }) => results)
  const wrong = [...results.flatMap(complaint), ...tooMany(results, injected), ...(await twice(sandbox, results))]
  wrong.push(...(await stillFailing(server.address)))
  const answers = tally(results.map(({ way, code, outcome }) => `${way}: ${code}${outcome ? ` ${outcome}` : ''}`))
  const updates = clients.reduce((sum, client) => sum + client.updates(), 0)
  const writes = results.filter(({ ref }) => ref !== undefined).length
  const figures = { minutes, requests: results.length, writes, updates, injected, answers, before, after, wrong }
  report('soak', figures)
  await server.close()
  await sandbox.close()
  process.exitCode = wrong.length === 0 ? 0 : 1
}

/** @param {import('./soak-clients.mjs').Result} result @returns {string[]} */
function complaint({ way, tool, code, outcome, ref, detail }) {
  if (!expected.has(code)) return [`${way} ${tool}: ${code} ${detail}`]
  if (code === 'ok' || ref === undefined) return []
  return outcome === 'not_applied' || outcome === 'unknown' ? [] : [`${way} ${tool}: ${code} without an outcome`]
}

/**
 * Calls that timed out without a failure of Odoo that was theirs: each is injected once.
 * @param {import('./soak-clients.mjs').Result[]} results @param {Record<string, number>} injected
 */
function tooMany(results, injected) {
  const timeouts = results.filter(({ code }) => code === 'timeout').length
  const faults = Object.values(injected).reduce((sum, count) => sum + count, 0)
  return timeouts <= faults ? [] : [`${timeouts} calls timed out over ${faults} failures of Odoo`]
}

/** Whether reads fail half a minute after Odoo is well again. @param {string} address @returns {Promise<string[]>} */
async function stillFailing(address) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'res.partner' })
  const end = Date.now() + 30_000
  for (;;) {
    const response = await fetch(`${address}/count`, { method: 'POST', headers, body })
    if (response.ok) return []
    const { code } = /** @type {{ code: string }} */ (await response.json())
    if (Date.now() > end) return [`a read still fails half a minute after Odoo is well again: ${code}`]
    await wait(500)
  }
}

/** Writes that are in Odoo more often than their callers were told. @param {import('../dist/sandbox/sandbox.js').Sandbox} sandbox @param {import('./soak-clients.mjs').Result[]} results */
async function twice({ url, database, users }, results) {
  const { uid, password } = users.admin
  const found = await rpc(url, [
    database,
    uid,
    password,
    'res.partner',
    'search_read',
    [[['ref', 'like', 'soak-']]],
    { fields: ['ref'] }
  ])
  const counts = tally(found.map((/** @type {{ ref: string }} */ { ref }) => ref))
  return results.flatMap(({ ref, code, outcome, way }) => {
    if (ref === undefined) return []
    const times = counts[ref] ?? 0
    const isRight = code === 'ok' ? times === 1 : outcome === 'not_applied' ? times === 0 : times <= 1
    return isRight ? [] : [`${way}: a write that was told as ${code} ${outcome ?? ''} is there ${times} times`]
  })
}

/** Adds one failure after the other. @param {import('../dist/sandbox/sandbox.js').Sandbox} sandbox @param {number} end */
async function fail({ faults }, end) {
  /** @type {import('../dist/sandbox/faults.js').Effect[]} */
  const effects = [
    { kind: 'delay', ms: 300 },
    { kind: 'reset' },
    { kind: 'reset', applied: true },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 503, retryAfter: 1 },
    { kind: 'status', status: 429, retryAfter: 1 },
    { kind: 'status', status: 504, applied: true },
    { kind: 'html' },
    { kind: 'truncate' },
    { kind: 'half-open' },
    { kind: 'half-open', next: 'silence' },
    { kind: 'drip', bytes: 50, ms: 5 },
    { kind: 'split' },
    { kind: 'hang' },
    { kind: 'hang', applied: true },
    { kind: 'length', by: 10 }
  ]
  const methods = ['search_read', 'search_count', 'read', 'create', 'create']
  for (let round = 0; Date.now() < end; round++) {
    const effect = /** @type {import('../dist/sandbox/faults.js').Effect} */ (effects[round % effects.length])
    const method = /** @type {string} */ (methods[round % methods.length])
    const handle = faults.add({ ...effect, times: 1, when: { method } })
    await wait(250)
    handle.remove()
  }
}

/** @param {number} count */
async function manySessions(count) {
  const sandbox = await startSandbox({ version: 19 })
  const limits = { 'max-sessions': String(count + 10), 'max-sessions-per-principal': String(count + 10) }
  const server = await startServer(sandbox, { ...limits, 'allow-connect': 'true' })
  const { url, database, users } = sandbox
  const login = { url, database, username: 'admin', api_key: users.admin.apiKey }
  const wrong = /** @type {string[]} */ ([])
  /** @param {string} path @param {object} body @param {string} [session] @returns {Promise<any>} */
  const post = async (path, body, session) => {
    const headers = { 'content-type': 'application/json', ...(session && { authorization: `Bearer ${session}` }) }
    const response = await fetch(server.address + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await response.json()
    if (!response.ok) wrong.push(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  const warm = await post('/connect', login)
  await post('/count', { model: 'res.partner' }, warm.session)
  const before = await server.cost()
  const started = performance.now()
  const sessions = /** @type {string[]} */ ([])
  await each(count, async () => void sessions.push((await post('/connect', login)).session))
  const opened = await server.cost()
  await each(count, async index => void (await post('/count', { model: 'res.partner' }, sessions[index])))
  const used = await server.cost()
  await each(count, async index => void (await post('/disconnect', {}, sessions[index])))
  const closed = await server.cost()
  const perSession = Math.round(((opened.heap_mb - before.heap_mb) * 1024 * 1024) / count)
  const seconds = Math.round((performance.now() - started) / 1000)
  report('soak-sessions', {
    sessions: count,
    seconds,
    heap_bytes_per_session: perSession,
    before,
    opened,
    used,
    closed,
    wrong
  })
  await server.close()
  await sandbox.close()
  process.exitCode = wrong.length === 0 ? 0 : 1
}

/** Does something so many times, 32 at once. @param {number} count @param {(index: number) => Promise<void>} act */
async function each(count, act) {
  let next = 0
  const worker = async () => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: 32 }, worker))
}

/** @param {import('../dist/sandbox/sandbox.js').Sandbox} sandbox @param {Record<string, string>} more */
async function startServer({ url, database, users }, more) {
  const { username, apiKey } = users.admin
  const flags = { 'odoo-url': url, database, username, 'api-key': apiKey, port: '0', 'log-level': 'silent', ...more }
  const child = fork(new URL(import.meta.url).pathname)
  child.send(flags)
  const [address] = await once(child, 'message')
  return {
    address: String(address),
    async cost() {
      child.send('cost')
      const [cost] = await once(child, 'message')
      return cost
    },
    async close() {
      child.send('close')
      await once(child, 'exit')
    }
  }
}

/** Is the server, until it is told to close. */
async function beServer() {
  // Before anything else is awaited: it may have come already.
  const told = once(process, 'message')
  const { composeCore, composeHttp } = await import('../dist/compose.js')
  const { loadConfig } = await import('../dist/config/config.js')
  const [flags] = await told
  const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
  process.on('disconnect', () => process.exit(1))
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  process.on('message', async message => {
    if (message === 'close') {
      await server.close(100)
      process.disconnect()
    } else {
      for (let round = 0; round < 3; round++) {
        globalThis.gc?.()
        await wait(100)
      }
      const { rss, heapUsed } = process.memoryUsage()
      const mb = (/** @type {number} */ bytes) => Math.round((bytes / 1024 / 1024) * 10) / 10
      const p99 = Math.round(delay.percentile(99) / 1e5) / 10
      delay.reset()
      process.send?.({
        rss_mb: mb(rss),
        heap_mb: mb(heapUsed),
        handles: process.getActiveResourcesInfo().length,
        loop_p99_ms: p99
      })
    }
  })
  process.send?.(await server.listen())
}

/** @param {string[]} words @returns {Record<string, number>} */
function tally(words) {
  const counts = /** @type {Record<string, number>} */ ({})
  for (const word of words.sort()) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** @param {string} name @param {{ wrong: string[] } & Record<string, unknown>} figures */
function report(name, { wrong, ...figures }) {
  console.log(JSON.stringify(figures, null, 2))
  console.log(
    wrong.length === 0 ? 'Everything as it should be.' : `${wrong.length} wrong:\n${wrong.slice(0, 20).join('\n')}`
  )
  mkdirSync('bench/results', { recursive: true })
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify({ name, ...figures, wrong }, null, 2)}\n`)
}

/** @param {string} url @param {unknown[]} args */
async function rpc(url, args) {
  const body = { jsonrpc: '2.0', id: 1, method: 'call', params: { service: 'object', method: 'execute_kw', args } }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/jsonrpc`, { method: 'POST', headers, body: JSON.stringify(body) })
  const { result } = /** @type {{ result: any }} */ (await response.json())
  return result
}
