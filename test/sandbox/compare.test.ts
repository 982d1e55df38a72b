import t from 'tap'
import type { Call } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { compare } from './compare.js'
import { createLabels, forSide } from './labels.js'
import type { Answer, Side } from './sides.js'

// Controls for the differential test: what it must find, and what it must not.

const catalogue = {
  relation: (_model: string, path: string) => (path === 'parent_id' ? 'res.partner' : undefined)
} as Partial<Catalogue> as Catalogue

/** A side whose partner 0 has this id. */
function side(mark: string, id: number): Side {
  const labels = createLabels()
  labels.add('res.partner', 0, id)
  const logins = { admin: { uid: 2, password: 'admin' } }
  return { name: mark, mark, labels, database: 'x', logins } as Partial<Side> as Side
}

const [real, sandbox] = [side('qqq', 41), side('zzz', 7)]
const read: Call = { model: 'res.partner', method: 'read', args: [['@res.partner:0']], shape: 'rows' }

function verdict(a: Answer, b: Answer, call = read) {
  const { verdict, codesDiffer } = compare(call, { side: real, answer: a }, { side: sandbox, answer: b }, catalogue)
  return codesDiffer ? `${verdict}, and the code` : verdict
}

const fault = (name: string, message: string): Answer => ({ error: { code: 0, name, message, debug: '' } })
const row = (id: number, values: object): Answer => ({ result: [{ id, ...values }] }) as Answer

t.test('the same records under other ids are the same answer', async t => {
  t.equal(verdict(row(41, { name: 'qqq Zed' }), row(7, { name: 'zzz Zed' })), 'same')
  t.equal(verdict(row(41, { parent_id: [41, 'qqq'] }), row(7, { parent_id: [7, 'zzz'] })), 'same')
  t.equal(verdict({ result: [41] }, { result: [7] }, { ...read, method: 'search', shape: 'ids' }), 'same')
  const missing = (id: number) => fault('odoo.exceptions.MissingError', `Gone (Record: res.partner(${id},), User: 2)`)
  t.equal(verdict(missing(41), missing(7)), 'same')
})

t.test('other records, values, texts and classes of errors are found', async t => {
  t.equal(verdict(row(41, { name: 'Zed' }), row(7, { name: 'zed' })), 'DIFFERENT')
  t.equal(verdict(row(41, { name: false }), row(7, { name: '' })), 'DIFFERENT')
  t.equal(verdict(row(41, { name: 'x' }), row(7, { name: 'x', more: 1 })), 'DIFFERENT')
  t.equal(verdict(row(41, { parent_id: [41, 'x'] }), row(7, { parent_id: [8, 'x'] })), 'DIFFERENT')
  t.equal(verdict({ result: [41, 42] }, { result: [7] }, { ...read, shape: 'ids' }), 'DIFFERENT')
  t.equal(verdict(row(41, {}), fault('builtins.ValueError', 'x')), 'DIFFERENT, and the code')
  t.equal(verdict(fault('builtins.ValueError', 'x'), fault('builtins.ValueError', 'y')), 'text differs')
  t.equal(verdict(fault('builtins.ValueError', 'x'), fault('builtins.TypeError', 'x')), 'DIFFERENT')
  t.equal(
    verdict(fault('builtins.ValueError', 'x'), fault('odoo.exceptions.AccessError', 'x')),
    'DIFFERENT, and the code'
  )
})

t.test('each side is sent its own ids and mark', async t => {
  t.strictSame(forSide([['ref', '=', '§1'], { id: '@res.partner:0' }], real), [['ref', '=', 'qqq1'], { id: 41 }])
  t.strictSame(forSide('@res.partner:0', sandbox), 7)
  t.strictSame(forSide('@res.partner:9', sandbox), '@res.partner:9', 'a label that this side does not know stays')
})
