// What a call costs this server itself: CPU time over REST, over REST with a session, and over MCP of both eras, eight
// calls at a time; beside another build of it, if there is one, in turns. Odoo and the clients are other processes.
// Usage: node bench/hot-path.mjs [rounds, 9] [dist of another build] [what the names of the ways contain]
//        node bench/hot-path.mjs leak [calls, 100000]: the memory of the server before, on the way, and after.
// Build first. With node --cpu-prof each process writes a profile.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { openWays } from './hot-path-ways.mjs'

const [, , first = '9', other, contained = ''] = process.argv
const together = 8
const callsARound = 400

if (process.send) await beServer(first)
else if (first === 'leak') await leak(Number(other ?? 100_000))
else await compareBuilds(Number(first), { 'this build': 'dist', ...(other && { 'the other': other }) })

/** @param {number} rounds @param {Record<string, string>} dists */
async function compareBuilds(rounds, dists) {
  const odoo = await startOdoo()
  const builds = await Promise.all(Object.values(dists).map(dist => startServer(odoo.login, dist)))
  const ways = await Promise.all(builds.map(({ address }) => openWays(address, odoo.login)))
  const rows = []
  for (const name of Object.keys(ways[0] ?? {}).filter(name => name.includes(contained))) {
    /** @type {number[][]} */
    const costs = builds.map(() => [])
    for (let round = -2; round < rounds; round++) {
      for (const [index, build] of builds.entries()) {
        const call = /** @type {Record<string, () => Promise<void>>} */ (ways[index])[name]
        const before = await build.ask('cpu')
        await many(callsARound, /** @type {() => Promise<void>} */ (call))
        const spent = (await build.ask('cpu')) - before
        // The first two rounds warm up.
        if (round >= 0) costs[index]?.push(spent / callsARound)
      }
    }
    rows.push({ way: name, ...toRow(costs) })
  }
  console.table(rows)
  write('hot-path', { rounds, callsARound, together, dists, rows })
  for (const { close } of [...builds, odoo]) await close()
}

/** Microseconds of CPU for one call of each build, and the ratio of the first two, round by round. @param {number[][]} costs */
function toRow([ours = [], others = []]) {
  const ratios = ours.map((cost, round) => cost / (others[round] ?? Number.NaN))
  if (others.length === 0) return { cpu_us: Math.round(median(ours)) }
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(round2)
  return {
    cpu_us: Math.round(median(ours)),
    other_cpu_us: Math.round(median(others)),
    ratio: round2(median(ratios)),
    ratios: `${least} to ${most}`
  }
}

/** Calls over every way in turns, and looks whether memory stays. @param {number} count */
async function leak(count) {
  const odoo = await startOdoo()
  const server = await startServer(odoo.login, 'dist')
  const ways = Object.values(await openWays(server.address, odoo.login))
  const rows = []
  const steps = 10
  for (let step = 0; step <= steps; step++) {
    for (const way of ways) await many(Math.ceil(count / (steps + 1) / ways.length), way)
    rows.push({ calls: Math.round((count / (steps + 1)) * (step + 1)), ...(await server.ask('memory')) })
    console.log(JSON.stringify(rows.at(-1)))
  }
  write('hot-path-leak', { rows })
  for (const { close } of [server, odoo]) await close()
}

/** So many calls, some of them at a time. @param {number} count @param {() => Promise<void>} call */
async function many(count, call) {
  let left = count
  const worker = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: together }, worker))
}

async function startOdoo() {
  const child = fork(new URL('constant-odoo.mjs', import.meta.url).pathname)
  const [login] = await once(child, 'message')
  const close = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { login, close }
}

/** @param {import('./hot-path-ways.mjs').Login} login @param {string} dist */
async function startServer({ url, database, username, password }, dist) {
  const child = fork(new URL(import.meta.url).pathname, [dist], {
    execArgv: [...process.execArgv, '--expose-gc'],
    // As with `serve`, the log goes to stderr.
    stdio: ['ignore', 'inherit', 'ignore', 'ipc']
  })
  const limits = { 'max-sessions-per-principal': '1000' }
  child.send({ 'odoo-url': url, database, username, password, port: '0', 'allow-connect': 'true', ...limits })
  const [address] = await once(child, 'message')
  return {
    address: String(address),
    /** @param {'cpu' | 'memory'} what @returns {Promise<any>} */
    async ask(what) {
      child.send(what)
      return (await once(child, 'message'))[0]
    },
    async close() {
      child.send('close')
      await once(child, 'exit')
    }
  }
}

/** Is the server, of the build in a directory, until it is told to close. @param {string} dist */
async function beServer(dist) {
  // Before anything else is awaited: it may have come already.
  const told = once(process, 'message')
  const part = (/** @type {string} */ name) => import(pathToFileURL(`${dist}/${name}`).href)
  const { composeCore, composeHttp } = await part('compose.js')
  const { loadConfig } = await part('config/config.js')
  const [flags] = await told
  const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
  process.on('disconnect', () => process.exit(1))
  process.on('message', async message => {
    if (message === 'cpu') process.send?.(cpuUs())
    else if (message === 'memory') process.send?.(await memory())
    else {
      await server.close(100)
      process.disconnect()
    }
  })
  process.send?.(await server.listen())
}

/** Microseconds that all threads of this process have worked. */
function cpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function memory() {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await wait(50)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  const mb = (/** @type {number} */ bytes) => Math.round((bytes / 1024 / 1024) * 10) / 10
  return {
    heap_mb: mb(heapUsed),
    external_mb: mb(external),
    rss_mb: mb(rss),
    handles: process.getActiveResourcesInfo().length
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** @param {number} value */
function round2(value) {
  return Math.round(value * 100) / 100
}

/** @param {string} name @param {object} figures */
function write(name, figures) {
  mkdirSync('bench/results', { recursive: true })
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify({ name, ...figures }, null, 2)}\n`)
}
