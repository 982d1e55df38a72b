import t, { type Test } from 'tap'
import type { Json } from '../../src/core/json.js'
import type { CallReply } from '../../src/core/ports/odoo.js'
import { Breakers } from '../../src/odoo/breaker.js'
import { createRpc, execute } from '../../src/odoo/rpc.js'
import { xmlrpc } from '../../src/odoo/wires/xmlrpc.js'
import { WriteQueue } from '../../src/odoo/write-queue.js'
import { readMethodCall } from '../../src/sandbox/wires/xmlrpc-read.js'
import { writeFault, writeResponse } from '../../src/sandbox/wires/xmlrpc-write.js'
import { scope, serveHttp, silentLog, transportFor } from './servers.js'

type Answer = { fault: [code: number, text: string] } | { value: Json }

const login = { database: 'lab', uid: 2, secret: 'secret' }
const untold = { fault: [2, 'La fiche a disparu'] } satisfies Answer

/** An Odoo whose answers come in order, and the methods that it was asked for. */
async function odoo(t: Test, answers: Answer[]) {
  const asked: Json[][] = []
  const url = await serveHttp(t, async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { params } = readMethodCall(Buffer.concat(chunks).toString())
    asked.push(JSON.parse(JSON.stringify(params.slice(4))))
    const answer = answers[asked.length - 1] ?? { fault: [1, 'too many calls'] }
    outgoing.end('fault' in answer ? writeFault(19, ...answer.fault) : writeResponse(19, answer.value))
  })
  const breaker = new Breakers({ clock: Date.now, log: silentLog }).of(url, 'lab')
  const rpc = createRpc({
    transport: transportFor(t),
    wire: xmlrpc,
    url,
    queue: new WriteQueue({ clock: Date.now }),
    breaker: () => breaker,
    retries: 0,
    clock: Date.now,
    log: silentLog
  })
  const write = (method: string, args: Json[]): Promise<CallReply> =>
    rpc.write(
      {
        database: 'lab',
        model: 'res.partner',
        ids: [],
        prepare: () => execute(login, 'res.partner', method, args, { context: { lang: 'fr_FR' } })
      },
      scope()
    )
  return { asked, write }
}

t.test('a fault in another language about records of which some are gone is not_found', async t => {
  const { asked, write } = await odoo(t, [untold, { value: 1 }])
  await t.rejects(write('write', [[7, 8, 8], { name: 'x' }]), {
    code: 'not_found',
    detail: 'La fiche a disparu',
    extra: { outcome: 'not_applied' }
  })
  t.strictSame(asked[1], ['search_count', [[['id', 'in', [7, 8]]]], { context: { active_test: false } }])
})

t.test('one about records that are all there is validation', async t => {
  const { asked, write } = await odoo(t, [untold, { value: 2 }])
  await t.rejects(write('action_confirm', [[7, 8]]), { code: 'validation', detail: 'La fiche a disparu' })
  t.equal(asked.length, 2)
})

t.test('a single id counts, too', async t => {
  const { write } = await odoo(t, [untold, { value: 0 }])
  await t.rejects(write('action_confirm', [7]), { code: 'not_found' })
})

t.test('what is no list of ids is not counted, but the model may be unknown', async t => {
  const first = await odoo(t, [untold, { value: 0 }])
  await t.rejects(first.write('create', [[{ name: 'x' }]]), { code: 'validation' })
  t.strictSame(first.asked[1]?.[1], [[['id', 'in', []]]])
  const second = await odoo(t, [untold, { fault: [2, "Object res.partner doesn't exist"] }])
  await t.rejects(second.write('create', [[{ name: 'x' }]]), {
    code: 'not_found',
    detail: 'The model res.partner does not exist in this Odoo.',
    extra: { outcome: 'not_applied', hint: /odoo_get_models/ }
  })
})

t.test('a second call that fails, or says nonsense, changes nothing', async t => {
  for (const second of [{ fault: [4, 'You may not'] }, { fault: [2, 'Encore'] }, { value: 'x' }] satisfies Answer[]) {
    const { asked, write } = await odoo(t, [untold, second])
    await t.rejects(write('write', [[7], {}]), { code: 'validation', detail: 'La fiche a disparu' })
    t.equal(asked.length, 2)
  }
})

t.test('what tells itself what it is needs no second call', async t => {
  const faults: [number, string, string][] = [
    [2, 'Record does not exist or has been deleted.\n(Record: res.partner(7,), User: 2)', 'not_found'],
    [2, 'Cannot grab a lock on records', 'conflict'],
    [2, 'res_currency_unique_name', 'conflict'],
    [2, 'The operation cannot be completed: Another model is using the record you are trying to delete.', 'conflict'],
    [2, "The operation cannot be completed: The value for 'x' already exists.\n\nDetail: y", 'conflict'],
    [3, 'Access Denied', 'auth_failed'],
    [4, 'You may not', 'access_denied']
  ]
  for (const [fault, text, code] of faults) {
    const { asked, write } = await odoo(t, [{ fault: [fault, text] }])
    await t.rejects(write('write', [[7], {}]), { code })
    t.equal(asked.length, 1, text)
  }
})
