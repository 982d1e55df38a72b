import t from 'tap'
import type { Caller, SessionSlot } from '../../src/core/ports/sessions.js'
import { Holds } from '../../src/sessions/holds.js'
import { refusalOf } from '../core/fake-odoo.js'
import { authFailed, configured, legacy, openSessions, rest, scope, stateless } from './fake-login.js'

/** A hold on the session of this caller, and the reasons with which it was told of its end. */
async function holdOn({ sessions }: ReturnType<typeof openSessions>, caller: Caller) {
  const reasons: string[] = []
  const hold = await sessions.hold(caller, scope, reason => reasons.push(reason))
  return { ...hold, reasons }
}

t.test('a held session does not become idle, and does once it is let go', async t => {
  const open = openSessions()
  const bearer = (await open.connect(rest)).secret as string
  const { release, reasons } = await holdOn(open, { ...rest, bearer })
  open.time.now += 3000
  const used = await open.sessions.resolve({ ...rest, bearer }, scope)
  t.equal(used.expiresAt, 1_005_000, 'it ends with its longest life')
  release()
  release()
  open.time.now += 999
  await open.sessions.resolve({ ...rest, bearer }, scope)
  open.time.now += 1000
  t.match(await refusalOf(open.sessions.resolve({ ...rest, bearer }, scope)), { code: 'auth_required' })
  t.strictSame(reasons, [], 'who has let go is not told')
})

t.test('one of several holds is enough, and each is told once of the end', async t => {
  const open = openSessions()
  const bearer = (await open.connect(rest)).secret as string
  const first = await holdOn(open, { ...rest, bearer })
  const second = await holdOn(open, { ...rest, bearer })
  const third = await holdOn(open, { ...rest, bearer })
  first.release()
  open.time.now += 3000
  await open.sessions.close({ ...rest, bearer })
  t.strictSame([first.reasons, second.reasons, third.reasons], [[], ['disconnected'], ['disconnected']])
  second.release()
  t.strictSame(second.reasons, ['disconnected'])
})

t.test('every end of a session has its reason', async t => {
  const open = openSessions()
  const connected = async () => {
    const bearer = (await open.connect(rest)).secret as string
    return { ...(await holdOn(open, { ...rest, bearer })), bearer }
  }
  const replaced = await connected()
  await open.connect({ ...rest, bearer: replaced.bearer })
  t.strictSame(replaced.reasons, ['replaced'])

  const refused = await connected()
  open.sessions.settled(await open.sessions.resolve({ ...rest, bearer: refused.bearer }, scope), authFailed())
  t.strictSame(refused.reasons, ['auth_failed'])

  const slot: SessionSlot = { secret: null }
  await open.connect({ ...legacy, slot })
  const closed = await holdOn(open, { ...legacy, slot })
  open.sessions.release(slot)
  t.strictSame(closed.reasons, ['closed'])

  const expired = await connected()
  open.time.now += 5000
  await refusalOf(open.sessions.resolve({ ...rest, bearer: expired.bearer }, scope))
  t.strictSame(expired.reasons, ['expired'])
})

t.test('a session whose longest life is over ends without being asked', async t => {
  const open = openSessions({ maxMs: 20 })
  // The timer of a session keeps no process alive.
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  const handle = (await open.connect(stateless)).secret as string
  const reason = await new Promise(resolve => {
    void open.sessions.hold({ ...stateless, handle }, scope, resolve)
  })
  t.equal(reason, 'expired')
  t.match(await refusalOf(open.sessions.resolve({ ...stateless, handle }, scope)), { code: 'auth_required' })
})

t.test('the end of a session may be further away than a timer reaches', async t => {
  const waits: number[] = []
  const callbacks: (() => void)[] = []
  t.intercept(globalThis, 'setTimeout', {
    value: (callback: () => void, ms: number) => {
      waits.push(ms)
      callbacks.push(callback)
      return { unref: () => undefined }
    }
  })
  let now = 0
  const expired: string[] = []
  const holds = new Holds({ clock: () => now, expired: id => expired.push(id) })
  holds.add(
    'a',
    3_000_000_000,
    () => {},
    () => {}
  )
  now = 2_147_483_647
  callbacks[0]?.()
  callbacks[1]?.()
  t.strictSame(waits, [2_147_483_647, 3_000_000_000 - 2_147_483_647])
  t.strictSame(expired, ['a'])
})

t.test('the caller of a hold means its session for good', async t => {
  const open = openSessions({ configured })
  const slot: SessionSlot = { secret: null }
  const standing = await holdOn(open, { ...legacy, slot })
  t.equal(standing.sessionId, 'default')
  const first = (await open.connect({ ...legacy, slot })).session
  t.equal((await open.sessions.resolve(standing.caller, scope)).id, 'default')
  const held = await holdOn(open, { ...legacy, slot })
  t.equal(held.sessionId, first.id)
  await open.connect({ ...legacy, slot })
  t.strictSame(held.reasons, ['replaced'])
  t.match(await refusalOf(open.sessions.resolve(held.caller, scope)), { code: 'auth_required' })
  t.strictSame(standing.reasons, [], 'the default connection has no end')
  standing.release()
})

t.test('nobody holds a session that is not theirs', async t => {
  const open = openSessions()
  const handle = (await open.connect(stateless)).secret as string
  const stranger = { ...stateless, principal: 'key:other', handle }
  t.match(await refusalOf(open.sessions.hold(stranger, scope, () => {})), { code: 'auth_required' })
})
