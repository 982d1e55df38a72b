import t from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { fitResult } from '../../src/mcp/budget.js'
import { tools } from '../../src/tools/index.js'
import fc from '../fast-check.js'

const tool = (name: string) => tools.find(tool => tool.name === name)
const bytes = (text: string) => Buffer.byteLength(text)

const records = (count: number, width: number, letter = 'x') =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, name: letter.repeat(width) }))
const page = (rows: JsonObject[], offset = 0) => ({ count: rows.length, records: rows, total: 500, offset })

t.test('an answer that fits is left as it is', async t => {
  const output = page(records(3, 10))
  const fitted = fitResult(output, { tool: tool('odoo_search'), input: {}, maxBytes: bytes(JSON.stringify(output)) })
  t.equal(fitted.output, output)
  t.equal(fitted.text, JSON.stringify(output))
})

t.test('one byte less, and a row is left for the next page, which is said three times', async t => {
  const output = page(records(100, 50), 20)
  const maxBytes = bytes(JSON.stringify(output)) - 1
  const fitted = fitResult(output, { tool: tool('odoo_search'), input: { offset: 20 }, maxBytes })
  const count = fitted.output.count as number
  t.ok(count < 100 && count > 90, `${count}`)
  t.strictSame(fitted.output, {
    ...output,
    count,
    records: output.records.slice(0, count),
    next_offset: 20 + count,
    truncated: true,
    hint: `Cut to ${maxBytes} bytes. Go on with offset ${20 + count}, or name only the fields you need.`
  })
})

t.test('the limit is in bytes of UTF-8, not in characters', async t => {
  const output = page(records(10, 100, '€'))
  const { output: cut, text } = fitResult(output, { tool: tool('odoo_search'), input: {}, maxBytes: 2000 })
  t.ok(JSON.stringify(output).length < 2000, 'by characters it would have fitted')
  t.equal(cut.truncated, true)
  t.ok(bytes(text) <= 2000)
})

t.test('a read goes on in the ids that were asked for, and missing stays what it was', async t => {
  const rows = records(6, 400).map(row => ({ ...row, id: row.id * 10 }))
  const ids = [5, 10, 20, 7, 30, 10, 40, 50, 60]
  const output = { count: 6, records: rows, missing: [5, 7] }
  const { output: cut } = fitResult(output, { tool: tool('odoo_read'), input: { ids }, maxBytes: 1200 })
  t.match(cut, { count: 2, missing: [5, 7], truncated: true, next_offset: 4, hint: /the ids from position 4 / })
  t.strictSame(new Set(ids.slice(4)), new Set([30, 10, 40, 50, 60]), 'nothing is left out')
})

t.test('the description of a model is cut between fields', async t => {
  const fields = Object.fromEntries(
    records(30, 100).map(({ id, name }) => [`field_${id}`, { type: 'char', string: name }])
  )
  const output = { model: 'res.partner', fields }
  const { output: cut, text } = fitResult(output, { tool: tool('odoo_get_fields'), input: {}, maxBytes: 1500 })
  const shown = Object.keys(cut.fields as JsonObject)
  t.strictSame(shown, Object.keys(fields).slice(0, shown.length))
  t.match(cut, { truncated: true, next_offset: shown.length, hint: /Use fields or filter\.$/ })
  t.ok(bytes(text) <= 1500)
})

t.test('the list that a method returned is cut between items; anything else is whole, with a hint', async t => {
  const ask = (result: Json) => fitResult({ result }, { tool: tool('odoo_call'), input: {}, maxBytes: 1000 })
  const list = ask(records(50, 40))
  t.match(list.output, { truncated: true, next_offset: Number, hint: /Do not repeat the call unless the method only/ })
  t.ok(bytes(list.text) <= 1000)
  const ids = ask(Array.from({ length: 1000 }, (_, index) => index))
  t.equal((ids.output.result as number[]).length, ids.output.next_offset)
  for (const whole of ['x'.repeat(2000), 7]) {
    const { output, text } = ask(whole)
    t.strictSame(output, {
      result: whole,
      ...(whole !== 7 && { hint: 'More than 1000 bytes, which could not be cut.' })
    })
    t.equal(text, JSON.stringify(output))
  }
})

t.test('one record is always delivered, however large it is', async t => {
  const big = records(3, 5000)
  const budget = { tool: tool('odoo_search'), input: {}, maxBytes: 1000 }
  const several = fitResult(page(big), budget)
  t.match(several.output, { count: 1, truncated: true, next_offset: 1 })
  const alone = fitResult(page(big.slice(0, 1)), budget)
  t.match(alone.output, {
    count: 1,
    records: [{ id: 1 }],
    hint: /could not be cut: ask for less, such as fewer fields/
  })
  t.notOk('truncated' in alone.output)
})

t.test('an answer without rows is whole, with a hint', async t => {
  const ids = Array.from({ length: 500 }, (_, index) => index + 100_000)
  const missing = fitResult(
    { count: 0, records: [], missing: ids },
    { tool: tool('odoo_read'), input: { ids }, maxBytes: 1000 }
  )
  t.match(missing.output, { count: 0, records: [], missing: ids, hint: /^More than 1000 bytes/ })
  const created = fitResult(
    { ids, message: 'Created 500 records.' },
    { tool: tool('odoo_create'), input: {}, maxBytes: 1000 }
  )
  t.strictSame(created.output, {
    ids,
    message: 'Created 500 records.',
    hint: 'More than 1000 bytes, which could not be cut.'
  })
})

t.test('whatever the rows, pages by next_offset give each once, whole, in order, within the limit', async () => {
  const rows = fc.array(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })), { maxLength: 40 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 200, max: 3000 }), (drawn, maxBytes) => {
      const all = JSON.parse(JSON.stringify(drawn)) as JsonObject[]
      const seen: Json[] = []
      for (let offset = 0, pages = 0; offset < all.length; pages += 1) {
        const left = all.slice(offset)
        const whole: JsonObject = { count: left.length, records: left, total: all.length, offset }
        const { output, text } = fitResult(whole, { tool: tool('odoo_search'), input: { offset }, maxBytes })
        const given = output.records as Json[]
        if (text !== JSON.stringify(output) || given.length !== output.count || given.length === 0) return false
        if (bytes(text) > maxBytes && given.length > 1) return false
        if ((output.truncated === true) !== given.length < left.length) return false
        if (output.truncated && (output.next_offset !== offset + given.length || !output.hint)) return false
        seen.push(...given)
        offset += given.length
        if (pages > all.length) return false
      }
      return JSON.stringify(seen) === JSON.stringify(all)
    })
  )
})

t.test('a cut wastes no more room than its notice and one row need', async t => {
  const output = page(records(1000, 80))
  const { text } = fitResult(output, { tool: tool('odoo_search'), input: {}, maxBytes: 50_000 })
  t.ok(bytes(text) <= 50_000 && bytes(text) > 49_800, `${bytes(text)}`)
})
