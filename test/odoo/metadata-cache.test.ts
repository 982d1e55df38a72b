import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { createMetadataCache, type MetadataOwner } from '../../src/odoo/metadata/cache.js'
import { orEnded } from '../../src/odoo/transport/ending.js'
import { scope, signal } from './servers.js'

const identity = { url: 'http://odoo.example', database: 'lab', uid: 2, server_version: '19.0' }
const owner: MetadataOwner = { identity, lang: 'en_US' }

/** A source that counts how often it is asked. */
function source<T>(value: T) {
  let asked = 0
  const fetch = async () => {
    asked++
    return value
  }
  return { fetch, asked: () => asked }
}

t.test('what has been fetched is kept for its time, and not longer', async t => {
  let now = 0
  const cache = createMetadataCache({ clock: () => now, ttlMs: 1000 })
  const { fetch, asked } = source('fields')
  const get = () => cache.get(owner, 'x', scope({ deadline: Number.POSITIVE_INFINITY }), fetch)
  t.equal(await get(), 'fields')
  now = 999
  t.equal(await get(), 'fields')
  t.equal(asked(), 1)
  now = 1000
  await get()
  t.equal(asked(), 2)
})

t.test('nothing is shared between users, languages, databases, Odoos or names', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const { fetch, asked } = source('fields')
  const others: [MetadataOwner, string][] = [
    [owner, 'x'],
    [owner, 'y'],
    [{ ...owner, lang: 'fr_FR' }, 'x'],
    [{ ...owner, lang: null }, 'x'],
    [{ ...owner, identity: { ...identity, uid: 22 } }, 'x'],
    [{ ...owner, identity: { ...identity, database: 'lab2' } }, 'x'],
    [{ ...owner, identity: { ...identity, url: 'http://odoo.example/lab' } }, 'x']
  ]
  for (const [who, name] of [...others, ...others]) await cache.get(who, name, scope(), fetch)
  t.equal(asked(), others.length)
})

t.test('many who ask at once share one fetch', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const answer = signal<string>()
  let asked = 0
  const fetch = () => {
    asked++
    return answer.happened
  }
  const waiting = [1, 2, 3].map(() => cache.get(owner, 'x', scope(), fetch))
  answer.happen('fields')
  t.strictSame(await Promise.all(waiting), ['fields', 'fields', 'fields'])
  t.equal(asked, 1)
})

t.test('one who leaves does not spoil it for the others', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const answer = signal<string>()
  let shared: CallScope | undefined
  const fetch = (as: CallScope) => {
    shared = as
    return answer.happened
  }
  const abort = new AbortController()
  const first = cache.get(owner, 'x', scope({ signal: abort.signal }), fetch)
  const second = cache.get(owner, 'x', scope(), fetch)
  abort.abort()
  await t.rejects(first, { code: 'cancelled' })
  t.equal(shared?.signal.aborted, false)
  answer.happen('fields')
  t.equal(await second, 'fields')
})

t.test('when all have left, the fetch is aborted, and the next one starts afresh', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const scopes: CallScope[] = []
  const answer = signal<string>()
  const fetch = (as: CallScope) => {
    scopes.push(as)
    return answer.happened
  }
  const abort = new AbortController()
  await t.rejects(() => {
    const leaving = cache.get(owner, 'x', scope({ signal: abort.signal }), fetch)
    abort.abort()
    return leaving
  })
  t.equal(scopes[0]?.signal.aborted, true)
  const next = cache.get(owner, 'x', scope(), fetch)
  answer.happen('fields')
  t.equal(await next, 'fields')
  t.equal(scopes.length, 2)
})

t.test('a deadline ends the waiting of its own caller only', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const answer = signal<string>()
  const hasty = cache.get(owner, 'x', scope({ deadline: Date.now() + 5 }), () => answer.happened)
  const patient = cache.get(owner, 'x', scope(), () => answer.happened)
  await t.rejects(hasty, { code: 'timeout' })
  answer.happen('fields')
  t.equal(await patient, 'fields')
})

t.test('a fetch that is never answered is not waited for by all who come: who has time left fetches anew', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const scopes: CallScope[] = []
  const fetch = async (as: CallScope) => {
    scopes.push(as)
    // The first is lost, as a request on a connection that is dead.
    return scopes.length > 1 ? 'fields' : orEnded(new Promise<string>(() => {}), as, Date.now)
  }
  const hasty = cache.get(owner, 'x', scope({ deadline: Date.now() + 20 }), fetch)
  const patient = cache.get(owner, 'x', scope(), fetch)
  await t.rejects(hasty, { code: 'timeout' })
  t.equal(await patient, 'fields')
  t.equal(scopes.length, 2)
  t.equal(scopes[0]?.signal.aborted, false, 'it has ended as unanswered, not as taken back')
})

t.test('failures are told to all who wait, and not kept', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const failing = async () => {
    throw new GatewayError('not_found', 'no such model')
  }
  const waiting = [cache.get(owner, 'x', scope(), failing), cache.get(owner, 'x', scope(), failing)]
  for (const one of waiting) await t.rejects(one, { code: 'not_found' })
  t.equal(await cache.get(owner, 'x', scope(), source('fields').fetch), 'fields')
})

t.test('an identity is forgotten in every language, and no other', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const { fetch, asked } = source('fields')
  const french = { ...owner, lang: 'fr_FR' }
  const other = { ...owner, identity: { ...identity, uid: 22 } }
  for (const who of [owner, french, other]) await cache.get(who, 'x', scope(), fetch)
  cache.drop(identity)
  for (const who of [owner, french, other]) await cache.get(who, 'x', scope(), fetch)
  t.equal(asked(), 5)
})

t.test('a database that has been upgraded is forgotten for all users', async t => {
  const cache = createMetadataCache({ clock: Date.now })
  const { fetch, asked } = source('fields')
  cache.noteVersion(identity)
  await cache.get(owner, 'x', scope(), fetch)
  cache.noteVersion(identity)
  await cache.get(owner, 'x', scope(), fetch)
  t.equal(asked(), 1)
  cache.noteVersion({ ...identity, uid: 7, server_version: '20.0' })
  await cache.get(owner, 'x', scope(), fetch)
  t.equal(asked(), 2)
})

t.test('the least recently used goes first when there are too many', async t => {
  const cache = createMetadataCache({ clock: Date.now, maxEntries: 2 })
  const { fetch, asked } = source('fields')
  for (const name of ['a', 'b', 'a', 'c']) await cache.get(owner, name, scope(), fetch)
  t.equal(asked(), 3)
  await cache.get(owner, 'a', scope(), fetch)
  t.equal(asked(), 3, 'a was used after b')
  await cache.get(owner, 'b', scope(), fetch)
  t.equal(asked(), 4)
  for (const database of ['1', '2', '3']) cache.noteVersion({ ...identity, database })
})
