import t from 'tap'
import { UpdateLog } from '../../src/events/update-log.js'

const roomy = { maxUpdates: 100, maxSize: () => 10_000 }

/** All that is next, such as `1 a 2` for the first update of `a`, and `lost a` where it was dropped. */
function readAll(log: UpdateLog): string[] {
  const told: string[] = []
  for (let next = log.next(); next !== undefined; next = log.next()) {
    if (next.kind === 'lost') told.push(`lost ${next.uris.join(' ')}`)
    else told.push(`${next.update.seq} ${next.update.uri} ${next.update.json}`)
  }
  return told
}

t.test('updates are told in order, each once', async t => {
  const log = new UpdateLog(roomy)
  log.add('a', '1')
  log.add('b', '2')
  t.strictSame(readAll(log), ['1 a 1', '2 b 2'])
  t.strictSame(readAll(log), [])
  t.equal(log.position, 2)
})

t.test('updates of one URI that were not read become one, the newest, and come where that came', async t => {
  const log = new UpdateLog(roomy)
  log.add('a', '1')
  log.add('b', '2')
  log.add('a', '33')
  t.equal(log.waiting, 2)
  t.equal(log.size, 3)
  t.strictSame(readAll(log), ['2 b 2', '3 a 33'])
})

t.test('a reader that did not get the last ones gets them again, with what came meanwhile', async t => {
  const log = new UpdateLog(roomy)
  for (const [uri, json] of ['a1', 'b2', 'c3']) log.add(uri as string, json as string)
  readAll(log)
  log.add('b', '4')
  log.add('d', '5')
  t.equal(log.rewind(1), true)
  t.strictSame(readAll(log), ['3 c 3', '4 b 4', '5 d 5'])
  t.equal(log.rewind(0), true)
  t.strictSame(readAll(log), ['1 a 1', '3 c 3', '4 b 4', '5 d 5'])
})

t.test('nobody goes on after an event that was never told', async t => {
  const log = new UpdateLog(roomy)
  log.add('a', '1')
  t.equal(log.rewind(1), false)
  readAll(log)
  t.equal(log.rewind(1), true)
  t.equal(log.rewind(2), false)
})

t.test('what there is no room for is named, once, before what came after it', async t => {
  const log = new UpdateLog({ ...roomy, maxUpdates: 2 })
  for (const uri of ['a', 'b', 'c', 'd']) log.add(uri, uri)
  t.strictSame(readAll(log), ['lost a b', '3 c c', '4 d d'])
  t.strictSame(readAll(log), [])
})

t.test('what was dropped and changed again is not lost', async t => {
  const log = new UpdateLog({ ...roomy, maxUpdates: 2 })
  for (const uri of ['a', 'b', 'c', 'a']) log.add(uri, uri)
  t.strictSame(readAll(log), ['lost b', '3 c c', '4 a a'])
})

t.test('what was read is dropped before what was not, and is lost only to who must read it again', async t => {
  const log = new UpdateLog({ ...roomy, maxUpdates: 2 })
  log.add('a', '1')
  log.add('b', '2')
  readAll(log)
  log.add('c', '3')
  t.strictSame(readAll(log), ['3 c 3'], 'a reader that has had them lost nothing')
  log.rewind(0)
  t.strictSame(readAll(log), ['lost a', '2 b 2', '3 c 3'])
  log.rewind(1)
  t.strictSame(readAll(log), ['2 b 2', '3 c 3'])
})

t.test('the room is limited in size too, but a single update always has it', async t => {
  let maxSize = 10
  const log = new UpdateLog({ maxUpdates: 100, maxSize: () => maxSize })
  log.add('a', 'x'.repeat(6))
  log.add('b', 'x'.repeat(6))
  t.equal(log.size, 6)
  t.strictSame(readAll(log), ['lost a', `2 b ${'x'.repeat(6)}`])
  maxSize = 3
  log.add('c', 'x'.repeat(50))
  t.strictSame(readAll(log), [`3 c ${'x'.repeat(50)}`])
})

t.test('what nobody wants any more takes no room and is never lost', async t => {
  const log = new UpdateLog({ ...roomy, maxUpdates: 2 })
  for (const uri of ['a', 'b', 'c']) log.add(uri, uri)
  log.forget('a')
  log.forget('c')
  t.strictSame(readAll(log), ['2 b b'])
  log.forget('b')
  t.equal(log.size, 0)
  log.rewind(0)
  t.strictSame(readAll(log), [])
})
