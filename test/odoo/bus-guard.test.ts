import t from 'tap'
import { probeBus } from '../../src/odoo/bus/probe.js'
import { until } from '../contract/until.js'
import { type BusPeer, startBusPeer } from './bus-peer.js'
import { busFor, watchOf } from './bus-watch.js'
import { certificate, silentLog } from './servers.js'

const versions = ['14', '19']
const polled = { poll: () => ({ result: { notifications: [] } }) }

/** Connects to the bus and gives whether it ever works; undefined when it has failed a few times. */
async function tries(t: Parameters<typeof busFor>[0], version: string, options: Parameters<typeof busFor>[1]) {
  let failures = 0
  const note = () => {
    failures++
  }
  const log = { ...silentLog, warn: note, debug: note }
  const bus = busFor(t, { ...options, log })
  const watched = watchOf({ url: options.url, database: 'lab', version })
  bus.watch(watched)
  await until('it is connected or has failed', () => bus.covers(watched) || failures > 3)
  const works = bus.covers(watched)
  bus.close()
  return works
}

const portOf = (peer: BusPeer) => Number(new URL(peer.url).port)

for (const version of versions) {
  t.test(`as ${version}: the bus is not sought where this server may not go`, async t => {
    const peer = await startBusPeer(t, polled)
    const ownPorts = () => [portOf(peer)]
    t.notOk(await tries(t, version, { url: peer.url, guard: { allowedHosts: null, ownPorts } }))
    t.notOk(
      await tries(t, version, {
        url: peer.url,
        busUrl: peer.url.replace('127.0.0.1', 'localhost'),
        guard: { allowedHosts: null, ownPorts }
      })
    )
    t.equal(peer.requests.length, 0, 'not a byte is sent')
    t.notOk(await tries(t, version, { url: peer.url, busUrl: 'http://169.254.169.254' }))
    t.ok(await tries(t, version, { url: peer.url }), 'control: without the guard it works')
  })

  t.test(`as ${version}: a certificate that nobody vouches for is refused, unless ca_file does`, async t => {
    const tls = certificate(t)
    const peer = await startBusPeer(t, { ...polled, tls })
    t.notOk(await tries(t, version, { url: peer.url }))
    t.equal(peer.requests.length, 0)
    t.ok(await tries(t, version, { url: peer.url, tls: { verify: true, ca: tls.cert } }))
    t.ok(await tries(t, version, { url: peer.url, tls: { verify: false } }))
  })

  t.test(`as ${version}: a redirect is not followed`, async t => {
    const other = await startBusPeer(t, polled)
    const peer = await startBusPeer(t, {
      instead(path, answer) {
        answer(307, { location: other.url + path })
        return true
      }
    })
    t.notOk(await tries(t, version, { url: peer.url }))
    t.equal(other.connections, 0)
    t.ok(peer.requests.length > 0)
  })

  t.test(`as ${version}: a probe says why the bus cannot be had, and leaves no socket`, async t => {
    const options = {
      database: 'lab',
      channel: 'odoo-mcp-probe',
      models: [],
      connectTimeoutMs: 5000,
      tls: { verify: true },
      guard: { allowedHosts: null },
      log: silentLog
    }
    const peer = await startBusPeer(t, polled)
    t.equal(await probeBus({ ...options, url: peer.url }, Number(version)), undefined)
    await until('the websocket is closed', () => peer.sockets.size === 0)
    const broken = await startBusPeer(t, {
      instead(path, answer) {
        if (path.startsWith('/web/login')) return false
        answer(500)
        return true
      }
    })
    t.equal(await probeBus({ ...options, url: peer.url, busUrl: broken.url }, Number(version)), 'HTTP 500')
  })
}
