import crypto, { randomBytes } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import t from 'tap'
import { startServer } from '../contract/server.js'

const keys = Array.from({ length: 3 }, () => randomBytes(24).toString('hex')) as [string, string, string]

t.test(
  'every key is compared with every token in constant time, whichever is near and wherever it differs',
  async t => {
    const compare = crypto.timingSafeEqual
    const lengths: number[] = []
    crypto.timingSafeEqual = (a, b) => {
      lengths.push(a.byteLength)
      return compare(a, b)
    }
    syncBuiltinESMExports()
    t.teardown(() => {
      crypto.timingSafeEqual = compare
      syncBuiltinESMExports()
    })
    const server = await startServer({ 'access-keys': keys.map((key, n) => `n${n}=${key}`).join(',') })
    t.teardown(() => server.close())
    const [first] = keys
    const tokens = [
      first,
      keys[2],
      `${first.slice(0, -1)}x`,
      `x${first.slice(1)}`,
      first.slice(0, 5),
      first + first,
      'x',
      'x'.repeat(5000)
    ]
    const statuses: number[] = []
    for (const token of tokens) {
      lengths.length = 0
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      statuses.push((await fetch(`${server.url}/session`, { method: 'POST', headers, body: '{}' })).status)
      // Of hashes, so that not even the length of a key is told.
      t.strictSame(lengths, [32, 32, 32], `token of ${token.length} characters`)
    }
    // There is no Odoo behind: who is let in learns that next.
    t.strictSame([...new Set(statuses)], [401])
    const body = async (token: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const response = await fetch(`${server.url}/session`, { method: 'POST', headers, body: '{}' })
      return ((await response.json()) as { detail: string }).detail
    }
    t.match(await body(first), /no Odoo session/, 'control: a key lets in')
    t.match(await body(`${first.slice(0, -1)}x`), /missing or not valid/, 'and what is almost one does not')
  }
)
