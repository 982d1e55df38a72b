import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { connectionFlags, startServer } from './server.js'

const key = randomBytes(24).toString('hex')
const burst = 4

/** A server behind so many proxies, as its settings say, and how often a stranger is heard there before it is enough. */
async function behind(t: Test, hops: number) {
  const server = await startServer({
    ...connectionFlags(await sandboxAs(19)),
    'access-keys': `ada=${key}`,
    'requests-per-minute': '1',
    burst: `${burst}`,
    'trust-proxy': `${hops}`,
    'log-level': 'warn'
  })
  t.teardown(() => server.close())
  /** Guesses keys with other headers each time, and counts how often it was let to. */
  const guesses = async (headers: (n: number) => Record<string, string>, count = 20) => {
    let heard = 0
    for (let n = 0; n < count; n++) {
      const answer = await watchedFetch(`${server.url}/session`, {
        headers: { ...headers(n), authorization: `Bearer ${n}` }
      })
      if (answer.status === 401) heard += 1
      else t.equal(answer.status, 429)
    }
    return heard
  }
  return { server, guesses }
}

/** What the proxies in front make of a request that comes from an address and claims another one. */
const passed = (proxies: number, claimed: string, address: string) => {
  const line = [claimed, address, ...Array(Math.max(0, proxies - 1)).fill('10.0.0.1')]
  return { 'x-forwarded-for': line.join(', ') }
}

for (const hops of [1, 2]) {
  t.test(`behind ${hops} proxies, a forged X-Forwarded-For moves no bucket`, async t => {
    const { guesses } = await behind(t, hops)
    t.equal(await guesses(n => passed(hops, `198.51.100.${n}`, '203.0.113.1')), burst)
    t.equal(await guesses(() => passed(hops, '198.51.100.1', '203.0.113.2'), burst), burst, 'control: another address')
    t.equal(await guesses(n => passed(hops, `x${n}, ${'6.6.6.6, '.repeat(50)}`, '203.0.113.3')), burst, 'a long line')
  })
}

t.test('without a proxy, nothing that a request says about its way moves a bucket', async t => {
  const forged = (n: number) => ({
    'x-forwarded-for': `198.51.100.${n}`,
    forwarded: `for=198.51.100.${n};host=localhost;proto=https`,
    'x-real-ip': `198.51.100.${n}`,
    'x-forwarded-host': `host${n}.example.com`,
    'x-client-ip': `198.51.100.${n}`,
    'cf-connecting-ip': `198.51.100.${n}`
  })
  const { guesses } = await behind(t, 0)
  t.equal(await guesses(forged), burst)
})

t.test('behind one proxy, Forwarded and others that it does not write move no bucket either', async t => {
  const { guesses } = await behind(t, 1)
  const forged = (n: number) => ({
    'x-forwarded-for': '203.0.113.1',
    forwarded: `for=198.51.100.${n}`,
    'x-real-ip': `198.51.100.${n}`,
    'x-forwarded-host': `host${n}.example.com`
  })
  t.equal(await guesses(forged), burst)
})

t.test('a network of IPv6 is one address, and IPv4 in the form of IPv6 is IPv4', async t => {
  const { guesses } = await behind(t, 1)
  t.equal(await guesses(n => ({ 'x-forwarded-for': `2001:db8:1:2::${n + 1}` })), burst)
  t.equal(await guesses(n => ({ 'x-forwarded-for': `2001:db8:1:${n + 3}::1` }), 5), 5, 'control: other networks')
  t.equal(await guesses(n => ({ 'x-forwarded-for': n % 2 === 0 ? '203.0.113.9' : '::ffff:203.0.113.9' })), burst)
  t.equal(
    await guesses(n => ({ 'x-forwarded-for': `203.0.113.10:${1000 + n}` })),
    burst,
    'with ports, as some write it'
  )
})

t.test('control: with too high a number, whoever writes the line chooses the bucket', async t => {
  const { guesses } = await behind(t, 2)
  t.equal(await guesses(n => passed(1, `198.51.100.${n}`, '203.0.113.1')), 20)
})

t.test('what is no address counts for the proxy that wrote it', async t => {
  const { guesses } = await behind(t, 2)
  t.equal(await guesses(n => passed(1, `_hidden${n}`, '203.0.113.1')), burst)
})

t.test('no forwarded host passes the check of the host name', async t => {
  for (const hops of ['0', '1', '2']) {
    const server = await startServer({
      ...connectionFlags(await sandboxAs(19)),
      'trust-proxy': hops,
      'log-level': 'warn'
    })
    t.teardown(() => server.close())
    const { port } = new URL(server.url)
    const { request } = await import('node:http')
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/session', headers }, answer => {
          answer.resume()
          resolve(answer.statusCode)
        })
          .on('error', reject)
          .end()
      })
    const foreign = { host: 'evil.example.com' }
    t.equal(await ask({ ...foreign, 'x-forwarded-host': 'localhost' }), 403)
    t.equal(await ask({ ...foreign, forwarded: 'host=localhost' }), 403)
    t.equal(await ask({ host: 'localhost', 'x-forwarded-host': 'evil.example.com' }), 200, 'control')
  }
})
