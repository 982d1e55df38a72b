import t from 'tap'
import { FirstReads } from '../../src/live/first-reads.js'

/** A read that ends when it is told to. */
function openReads() {
  const ends: (() => void)[] = []
  const read = () => new Promise<void>(resolve => ends.push(resolve))
  return { ends, read }
}

t.test('a hundred first reads of one Odoo wait for each other; those of another do not wait for them', async t => {
  const reads = new FirstReads()
  const { ends, read } = openReads()
  const odoo = 'https://one.example'
  const all = Promise.all(Array.from({ length: 100 }, (_, n) => reads.run({ odoo, session: `of ${n}` }, read)))
  await reads.run({ odoo: 'https://other.example', session: 'of another' }, async () => {})
  t.equal(ends.length, 32)
  ends.shift()?.()
  // Each that ends lets in the next.
  while (ends.length > 0) {
    t.ok(ends.length <= 32)
    for (const end of ends.splice(0)) end()
    await new Promise(setImmediate)
  }
  t.equal((await all).length, 100)
})

t.test('who subscribes to hundreds of records at once keeps nobody else waiting', async t => {
  const reads = new FirstReads()
  const { ends, read } = openReads()
  const odoo = 'https://one.example'
  const all = Promise.all(Array.from({ length: 500 }, () => reads.run({ odoo, session: 'wants much' }, read)))
  await reads.run({ odoo, session: 'wants one' }, async () => {})
  t.equal(ends.length, 8)
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end()
    await new Promise(setImmediate)
  }
  t.equal((await all).length, 500)
})

t.test('a read that fails lets in the next', async t => {
  const reads = new FirstReads()
  const failing = async () => {
    throw new Error('no')
  }
  const whose = { odoo: 'https://one.example', session: 'of one' }
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => reads.run(whose, failing)))
  t.ok(all.every(({ status }) => status === 'rejected'))
  t.equal(await reads.run(whose, async () => 7), 7)
})
