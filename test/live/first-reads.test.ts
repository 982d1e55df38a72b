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
  const all = Promise.all(Array.from({ length: 100 }, () => reads.run('https://one.example', read)))
  await reads.run('https://other.example', async () => {})
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

t.test('a read that fails lets in the next', async t => {
  const reads = new FirstReads()
  const failing = async () => {
    throw new Error('no')
  }
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => reads.run('https://one.example', failing)))
  t.ok(all.every(({ status }) => status === 'rejected'))
  t.equal(await reads.run('https://one.example', async () => 7), 7)
})
