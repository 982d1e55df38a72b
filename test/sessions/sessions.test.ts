import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Caller, SessionSlot, StoredSession } from '../../src/core/ports/sessions.js'
import { createMemoryStore } from '../../src/sessions/memory-store.js'
import { kindOf, mintSecret, seal, sessionId, unseal } from '../../src/sessions/secrets.js'
import { identityOf, refusalOf } from '../core/fake-odoo.js'
import { authFailed, configured, legacy, openSessions, rest, scope, stateless } from './fake-login.js'

/** The one answer for every session that is not there. */
const noSession = {
  code: 'auth_required',
  detail: 'there is no Odoo session for this call, or it has ended',
  extra: { hint: 'Call odoo_connect (REST: POST /connect) and use the session that it opens.' }
}

const kinds: [caller: Caller, prefix: RegExp, send: (secret: string) => Partial<Caller>][] = [
  [rest, /^oms_b_[\w-]{43}$/, bearer => ({ bearer })],
  [stateless, /^oms_h_[\w-]{43}$/, handle => ({ handle })]
]
for (const [caller, prefix, send] of kinds) {
  t.test(`a ${caller.opens} session is used by the secret that its connect gave`, async t => {
    const { sessions, connect } = openSessions()
    const opened = await connect(caller)
    t.match(opened.secret, prefix)
    t.equal(opened.session.kind, caller.opens)
    const used = await sessions.resolve({ ...caller, ...send(opened.secret as string) }, scope)
    t.match(used, {
      id: opened.session.id,
      kind: caller.opens,
      principal: 'key:ci',
      odoo: { identity: { username: 'ada' } }
    })
    t.equal(used.id, sessionId(opened.secret as string))
  })
}

t.test('an implicit session is kept on our side and used by its slot', async t => {
  const { sessions, connect } = openSessions()
  const slot: SessionSlot = { secret: null }
  const opened = await connect({ ...legacy, slot })
  t.notOk('secret' in opened)
  t.match(slot.secret, /^oms_i_/)
  t.equal((await sessions.resolve({ ...legacy, slot }, scope)).id, opened.session.id)
})

t.test('two secrets are never the same', async t => {
  t.not(mintSecret('bearer'), mintSecret('bearer'))
})

// ---------------------------------------------------------------------------------------------------------------
// No step that applies falls through to another

t.test(
  'every secret that is not a live session of this caller gets the same answer, even beside a default',
  async t => {
    const { sessions, connect, time } = openSessions({ configured })
    const bearer = (await connect(rest)).secret as string
    const handle = (await connect(stateless)).secret as string
    const ended = (await connect(rest)).secret as string
    await sessions.close({ ...rest, bearer: ended })
    const stranger = { principal: 'key:other' }
    const wrong: [title: string, caller: Caller][] = [
      ['unknown', { ...rest, bearer: mintSecret('bearer') }],
      ['nothing of ours', { ...rest, bearer: 'x' }],
      ['empty', { ...rest, bearer: '' }],
      ['ended', { ...rest, bearer: ended }],
      ["somebody else's", { ...rest, ...stranger, bearer }],
      ["somebody else's handle", { ...stateless, ...stranger, handle }],
      ['a handle sent as bearer', { ...rest, bearer: handle }],
      ['a bearer sent as handle', { ...stateless, handle: bearer }],
      ['a bearer in a slot', { ...legacy, slot: { secret: bearer } }],
      ['renamed to another kind', { ...stateless, handle: bearer.replace('oms_b_', 'oms_h_') }],
      ['two at once', { ...rest, bearer, handle }],
      ['of an ended slot', { ...legacy, slot: { secret: mintSecret('implicit') } }]
    ]
    for (const [title, caller] of wrong) {
      t.match(await refusalOf(sessions.resolve(caller, scope)), noSession, title)
      t.match(await refusalOf(sessions.close(caller)), noSession, title)
    }
    t.equal((await sessions.resolve({ ...rest, bearer }, scope)).kind, 'bearer')
    t.equal((await sessions.resolve({ ...stateless, handle }, scope)).kind, 'handle')
    time.now += 1000
    t.match(await refusalOf(sessions.resolve({ ...rest, bearer }, scope)), noSession)
  }
)

t.test('a secret in the request comes before what the slot holds', async t => {
  const { sessions, connect } = openSessions({ configured })
  const slot: SessionSlot = { secret: null }
  const own = await connect({ ...legacy, slot })
  const other = await connect(stateless)
  t.equal((await sessions.resolve({ ...legacy, slot, handle: other.secret as string }, scope)).id, other.session.id)
  t.equal((await sessions.resolve({ ...legacy, slot }, scope)).id, own.session.id)
})

t.test('without a secret the default connection is used, and without one nothing', async t => {
  const slot: SessionSlot = { secret: null }
  const { sessions } = openSessions({ configured })
  t.match(await sessions.resolve(rest, scope), { id: 'default', kind: 'default', expiresAt: null })
  t.equal((await sessions.resolve({ ...legacy, slot }, scope)).kind, 'default')
  t.match(await refusalOf(openSessions().sessions.resolve(rest, scope)), noSession)
  t.match(await refusalOf(openSessions().sessions.resolve({ ...legacy, slot }, scope)), noSession)
})

t.test(
  'the slot of an ended session keeps its dead secret, so that no write lands in the default database',
  async t => {
    const { sessions, connect } = openSessions({ configured })
    const slot: SessionSlot = { secret: null }
    await connect({ ...legacy, slot })
    await sessions.close({ ...legacy, slot })
    t.match(slot.secret, /^oms_i_/)
    t.match(await refusalOf(sessions.resolve({ ...legacy, slot }, scope)), noSession)
    t.match(await refusalOf(sessions.close({ ...legacy, slot })), noSession)
  }
)

t.test('a slot that is released takes its session with it', async t => {
  const { sessions, connect, store } = openSessions()
  const slot: SessionSlot = { secret: null }
  sessions.release(slot)
  await connect({ ...legacy, slot })
  t.equal(store.count(), 1)
  sessions.release(slot)
  t.equal(store.count(), 0)
})

// ---------------------------------------------------------------------------------------------------------------
// Connecting again, disconnecting

t.test('a second connect closes the session that it replaces, and no other', async t => {
  const { sessions, connect, store } = openSessions()
  const slot: SessionSlot = { secret: null }
  const bystander = await connect(rest)
  await connect({ ...legacy, slot })
  const first = slot.secret as string
  await connect({ ...legacy, slot })
  t.equal(store.get(sessionId(first)), undefined)
  const old = await connect(rest)
  const renewed = await connect({ ...rest, bearer: old.secret as string })
  t.match(await refusalOf(sessions.resolve({ ...rest, bearer: old.secret as string }, scope)), noSession)
  t.ok(await sessions.resolve({ ...rest, bearer: renewed.secret as string }, scope))
  t.ok(await sessions.resolve({ ...rest, bearer: bystander.secret as string }, scope))
  t.equal(store.count(), 3)
})

t.test("a connect beside somebody else's secret leaves that session alone", async t => {
  const { sessions, connect } = openSessions()
  const victim = await connect({ ...rest, principal: 'key:victim' })
  await connect({ ...rest, bearer: victim.secret as string })
  t.ok(await sessions.resolve({ ...rest, principal: 'key:victim', bearer: victim.secret as string }, scope))
})

t.test('a connect that fails leaves the session as it was', async t => {
  const { sessions, connect, logins } = openSessions()
  const slot: SessionSlot = { secret: null }
  const opened = await connect({ ...legacy, slot })
  logins.onLogin = () => {
    throw authFailed()
  }
  t.equal((await refusalOf(connect({ ...legacy, slot }))).code, 'auth_failed')
  t.equal((await sessions.resolve({ ...legacy, slot }, scope)).id, opened.session.id)
})

t.test('the default connection cannot be ended', async t => {
  const { sessions } = openSessions({ configured })
  t.match(await refusalOf(sessions.close(rest)), { code: 'invalid_input', detail: /default connection/ })
  t.match(await refusalOf(openSessions().sessions.close(rest)), noSession)
})

t.test('where connecting is not allowed, neither connecting nor disconnecting is, and the default works', async t => {
  const { sessions, logins } = openSessions({ configured, allowConnect: false })
  t.equal((await refusalOf(sessions.open(rest, {}, scope))).code, 'policy_denied')
  t.equal((await refusalOf(sessions.close(rest))).code, 'policy_denied')
  t.strictSame(logins.credentials, [])
  t.equal((await sessions.resolve(rest, scope)).kind, 'default')
})

t.test('Odoo refusing the login of a session ends it, while asking to wait does not', async t => {
  const { sessions, connect } = openSessions()
  const { secret, session } = await connect(rest)
  const bearer = secret as string
  sessions.settled(session, new GatewayError('auth_failed', 'too many', { retry_after_s: 60 }))
  sessions.settled(session, new GatewayError('access_denied', 'no'))
  sessions.settled(session, new Error('bug'))
  sessions.settled(session)
  t.ok(await sessions.resolve({ ...rest, bearer }, scope))
  sessions.settled(session, authFailed())
  t.match(await refusalOf(sessions.resolve({ ...rest, bearer }, scope)), noSession)
})

// ---------------------------------------------------------------------------------------------------------------
// Expiry and limits

t.test('use renews the idle time, and nothing the end', async t => {
  const { sessions, connect, time } = openSessions()
  const { secret, session } = await connect(rest)
  const bearer = secret as string
  const start = time.now
  t.equal(session.expiresAt, start + 1000)
  for (const at of [900, 1800, 2700, 3600, 4500]) {
    time.now = start + at
    t.equal((await sessions.resolve({ ...rest, bearer }, scope)).expiresAt, start + Math.min(at + 1000, 5000))
  }
  time.now = start + 4999
  t.ok(await sessions.resolve({ ...rest, bearer }, scope))
  time.now = start + 5000
  t.match(await refusalOf(sessions.resolve({ ...rest, bearer }, scope)), noSession)
})

t.test('a session that nobody uses ends on time, and is gone from the store', async t => {
  const { sessions, connect, store, time } = openSessions()
  const { secret } = await connect(rest)
  time.now += 999
  t.ok(sessions.principalOfBearer(secret as string))
  time.now += 1
  t.equal(sessions.principalOfBearer(secret as string), undefined)
  t.equal(store.count(), 0)
})

t.test('an open stream counts as use of the session of its slot, until that has ended', async t => {
  const { sessions, connect, time, store } = openSessions()
  const slot: SessionSlot = { secret: null }
  sessions.touch(slot)
  await connect({ ...legacy, slot })
  time.now += 900
  sessions.touch(slot)
  time.now += 900
  t.ok(await sessions.resolve({ ...legacy, slot }, scope))
  time.now += 1000
  sessions.touch(slot)
  t.equal(store.count(), 0)
  t.match(await refusalOf(sessions.resolve({ ...legacy, slot }, scope)), noSession)
})

t.test('the session of a stdio process does not expire', async t => {
  const { sessions, connect, time } = openSessions()
  const slot: SessionSlot = { secret: null }
  const stdio: Caller = { ...legacy, principal: 'stdio', surface: 'stdio', slot }
  t.equal((await connect(stdio)).session.expiresAt, null)
  time.now += 365 * 86_400_000
  t.equal((await sessions.resolve(stdio, scope)).expiresAt, null)
})

t.test('a full house is busy: nobody is evicted, and nobody is logged in', async t => {
  const { sessions, connect, logins, time } = openSessions({ maxSessions: 3, maxPerPrincipal: 2 })
  const first = await connect(rest)
  await connect(rest)
  t.match(await refusalOf(connect(rest)), { code: 'busy', extra: { retry_after_s: 60 } })
  await connect({ ...rest, principal: 'key:other' })
  t.equal((await refusalOf(connect({ ...rest, principal: 'key:third' }))).code, 'busy')
  t.equal(logins.credentials.length, 3)
  t.ok(await sessions.resolve({ ...rest, bearer: first.secret as string }, scope))
  await sessions.close({ ...rest, bearer: first.secret as string })
  t.ok(await connect(rest))
  time.now += 1000
  t.ok(await connect({ ...rest, principal: 'key:third' }))
})

t.test('connects at the same time do not get past the limit', async t => {
  const { connect, store } = openSessions({ maxPerPrincipal: 2 })
  const ends = await Promise.allSettled([connect(rest), connect(rest), connect(rest), connect(rest)])
  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 2)
  t.equal(store.count('key:ci'), 2)
})

// ---------------------------------------------------------------------------------------------------------------
// What is stored

t.test('the store holds neither password nor session secret, and opens with that secret only', async t => {
  const { connect, store } = openSessions()
  const { secret, session } = await connect(rest, 'hunter2-hunter2')
  const stored = store.get(session.id) as StoredSession
  const dump = JSON.stringify(stored) + Buffer.from(stored.sealed).toString('latin1')
  t.notMatch(dump, 'hunter2-hunter2')
  t.notMatch(dump, secret as string)
  t.notMatch(dump, (secret as string).slice('oms_b_'.length))
  t.match(unseal(stored.sealed, secret as string), { secret: 'hunter2-hunter2', identity: { username: 'ada' } })
  t.throws(() => unseal(stored.sealed, mintSecret('bearer')))
  t.throws(() => unseal(stored.sealed, session.id))
})

t.test('sealed bytes that were changed do not open, and the same login is never sealed alike', async t => {
  const login = { identity: identityOf(), secret: 'pw' }
  const secret = mintSecret('handle')
  const sealed = seal(login, secret)
  t.strictSame(unseal(sealed, secret), login)
  t.throws(() =>
    unseal(
      sealed.map((byte, index) => (index === sealed.length - 1 ? byte ^ 1 : byte)),
      secret
    )
  )
  t.throws(() =>
    unseal(
      sealed.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
      secret
    )
  )
  t.not(Buffer.compare(seal(login, secret), sealed), 0)
})

t.test('a secret tells its kind by its beginning', async t => {
  t.strictSame(['oms_b_x', 'oms_h_x', 'oms_i_x', 'oms_x', '', 'x oms_b_'].map(kindOf), [
    'bearer',
    'handle',
    'implicit',
    undefined,
    undefined,
    undefined
  ])
})

t.test('HTTP learns who opened a live bearer session, and of no other secret', async t => {
  const { sessions, connect } = openSessions()
  const bearer = (await connect(rest)).secret as string
  const handle = (await connect(stateless)).secret as string
  t.equal(sessions.principalOfBearer(bearer), 'key:ci')
  t.equal(sessions.principalOfBearer(handle), undefined)
  t.equal(sessions.principalOfBearer('x'), undefined)
})

t.test('the memory store counts per principal and sweeps what has expired', async t => {
  const store = createMemoryStore()
  const session = (id: string, principal: string, idleUntil: number, endsAt: number): StoredSession => ({
    id,
    kind: 'bearer',
    principal,
    idleUntil,
    endsAt,
    sealed: new Uint8Array()
  })
  store.put(session('a', 'one', 10, 100))
  store.put(session('b', 'one', 100, 10))
  store.put(session('c', 'two', 100, 100))
  store.put(session('c', 'two', 99, 100))
  t.strictSame([store.count(), store.count('one'), store.count('two'), store.count('three')], [3, 2, 1, 0])
  store.sweep(9)
  t.equal(store.count(), 3)
  store.sweep(10)
  t.strictSame([store.count(), store.count('one'), store.get('c')?.idleUntil], [1, 0, 99])
  t.strictSame([store.delete('c'), store.delete('c'), store.count()], [true, false, 0])
})
