import t from 'tap'
import { toOdooDate, toOdooDatetime } from '../../src/core/check/dates.js'
import fc from '../fast-check.js'

const datetimes: [iso: string, odoo: string][] = [
  ['2026-11-22T14:30:00Z', '2026-11-22 14:30:00'],
  ['2026-11-22t14:30:00z', '2026-11-22 14:30:00'],
  ['2026-11-22 14:30:00', '2026-11-22 14:30:00'],
  ['2026-11-22T14:30', '2026-11-22 14:30:00'],
  ['2026-11-22T14:30:00.999999Z', '2026-11-22 14:30:00'],
  ['2026-11-22T14:30:00,5Z', '2026-11-22 14:30:00'],
  ['2026-11-22T14:30:00+02:00', '2026-11-22 12:30:00'],
  ['2026-11-22T14:30:00-0530', '2026-11-22 20:00:00'],
  ['2026-01-01T00:30+01:00', '2025-12-31 23:30:00'],
  ['2024-02-29T23:59:59-14:00', '2024-03-01 13:59:59'],
  ['2026-11-22T24:00:00Z', '2026-11-23 00:00:00'],
  ['2026-11-22', '2026-11-22']
]
for (const [iso, odoo] of datetimes) {
  t.test(`the datetime ${iso} is ${odoo} to Odoo`, async t => {
    t.strictSame(toOdooDatetime(iso), { value: odoo })
  })
}

const noDatetimes: [text: string, why: string][] = [
  ['2026-02-29T10:00:00Z', 'is not a day that exists'],
  ['2026-02-30', 'is not a day that exists'],
  ['2026-13-01T10:00:00Z', 'is not a day that exists'],
  ['0000-01-01T10:00:00Z', 'is not a day that exists'],
  ['2026-11-22T25:00:00Z', 'is not a time that exists'],
  ['2026-11-22T10:60:00Z', 'is not a time that exists'],
  ['2026-11-22T10:00:60Z', 'is not a time that exists'],
  ['2026-11-22T24:00:01Z', 'is not a time that exists'],
  ['2026-11-22T10:00:00+25:00', 'is not a time that exists'],
  ['2026-11-22T10:00:00+02:75', 'is not a time that exists'],
  ['9999-12-31T23:30:00-01:00', 'is not a time that Odoo can store'],
  ['0001-01-01T00:30:00+01:00', 'is not a time that Odoo can store'],
  ['', 'is not a date and time'],
  ['tomorrow', 'is not a date and time'],
  ['22/11/2026', 'is not a date and time'],
  ['2026-11-22Z', 'is not a date and time'],
  ['2026-11-22T14', 'is not a date and time'],
  ['2026-11-22T14:30:00 Europe/Brussels', 'is not a date and time'],
  [' 2026-11-22', 'is not a date and time'],
  ['20261122T143000Z', 'is not a date and time']
]
for (const [text, why] of noDatetimes) {
  t.test(`${JSON.stringify(text)} ${why}, so it is refused as a datetime`, async t => {
    t.strictSame(toOdooDatetime(text), {
      problem: `${JSON.stringify(text)} ${why}; expected ISO 8601 such as 2026-11-22T14:30:00Z`
    })
  })
}

t.test('a date is a day that exists', async t => {
  t.strictSame(toOdooDate('2024-02-29'), { value: '2024-02-29' })
  t.strictSame(toOdooDate('2026-02-29'), {
    problem: '"2026-02-29" is not a day that exists; expected YYYY-MM-DD'
  })
})

const noDates = [
  '2026-11-22T14:30:00Z',
  '2026-11-22 00:00:00',
  '2026-11-2',
  '26-11-22',
  '',
  ' 2026-11-22',
  '2026/11/22'
]
for (const text of noDates) {
  t.test(`${JSON.stringify(text)} is refused as a date, because Odoo would cut or reject it`, async t => {
    t.strictSame(toOdooDate(text), {
      problem: `${JSON.stringify(text)} is not a date; expected YYYY-MM-DD without a time`
    })
  })
}

t.test('only the beginning of a long text is repeated', async t => {
  t.strictSame(toOdooDate('x'.repeat(100)), {
    problem: `"${'x'.repeat(60)}…" is not a date; expected YYYY-MM-DD without a time`
  })
})

const moments = fc.date({
  min: new Date('0002-01-01T00:00:00Z'),
  max: new Date('9998-12-31T23:59:59Z'),
  noInvalidDate: true
})

t.test('every moment survives the way to Odoo and back, to the second', async t => {
  const check = (moment: Date) => {
    const odoo = (toOdooDatetime(moment.toISOString()) as { value: string }).value
    t.equal(Date.parse(`${odoo.replace(' ', 'T')}Z`), Math.floor(moment.getTime() / 1000) * 1000)
  }
  fc.assert(fc.property(moments, check))
})

t.test('an offset moves the clock, not the moment', async t => {
  const check = (moment: Date, sign: '+' | '-', hours: number, minutes: number) => {
    const offset = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    const wall = moment.toISOString().slice(0, 19)
    const odoo = (toOdooDatetime(wall + offset) as { value: string }).value
    t.equal(Date.parse(`${odoo.replace(' ', 'T')}Z`), Date.parse(wall + offset))
  }
  fc.assert(fc.property(moments, fc.constantFrom('+', '-'), fc.nat(14), fc.nat(59), check))
})

t.test('no text crashes a conversion, and what is taken has the form that Odoo takes', async t => {
  const texts = fc.oneof(
    fc.string(),
    fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    fc.stringMatching(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2})?$/)
  )
  const check = (text: string) => {
    t.match({ value: '2026-11-22', ...toOdooDate(text) }, { value: /^\d{4}-\d{2}-\d{2}$/ })
    t.match({ value: '2026-11-22', ...toOdooDatetime(text) }, { value: /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$/ })
  }
  fc.assert(fc.property(texts, check))
})
