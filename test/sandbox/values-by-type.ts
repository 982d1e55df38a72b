import type { Json } from './calls.js'
import type { Labels } from './labels.js'
import type { Random } from './random.js'

export interface Wanted {
  /** Of the field; `id` for the id itself. */
  type: string
  /** The model that the field leads to. */
  relation: string
  field: string
  labels: Labels
  random: Random
}

// No lone backslash: PostgreSQL complains of one at the end of a pattern only when a value leads it there.
const texts = [
  'Gent',
  'gent',
  'KÖLN',
  'köln',
  'a_b',
  'a%b',
  '%',
  '_',
  'e%',
  'é',
  'emoji',
  '',
  '7',
  '42',
  '東',
  'department',
  'o'
]
const texts2 = [
  '§',
  '§SO1',
  '§D1',
  '§p07',
  '100%',
  '%o_l%',
  'aerzte',
  'example.com',
  "O'Neill",
  '<b>',
  'false',
  ' ',
  'line'
]
const selections: { [field: string]: string[] } = {
  type: ['contact', 'invoice', 'delivery', 'other', 'lead', 'opportunity', 'consu', 'service'],
  state: ['draft', 'sent', 'sale', 'cancel'],
  priority: ['0', '1', '2', '3'],
  display_type: ['line_section', 'line_note'],
  lang: ['en_US'],
  tz: ['Europe/Brussels', 'UTC'],
  invoice_status: ['no', 'to invoice', 'invoiced', 'upselling'],
  company_type: ['person', 'company']
}
const dates = ['2024-01-31', '2024-02-29', '2023-12-31', '2021-01-03', '2024-12-30', '1999-01-01']
const datetimes = [
  '2024-01-15 10:00:00',
  '2024-02-29 12:00:00',
  '2024-07-01',
  '2023-12-31 23:59:59',
  '2024-07-01 08:00:00'
]
const numbers = [0, 1, 3, -5, 7, 11, 33.33, 50, 100, 750, 19.99, 700, 2147483647]

/** A value that a caller would give for the field and the operator. */
export function fitting(wanted: Wanted, operator: string): Json {
  const { random } = wanted
  if (operator === 'in' || operator === 'not in') return list(wanted)
  if (operator.endsWith('like') && !/date|integer|float|monetary|boolean/.test(wanted.type)) {
    return random.pick([...texts, ...texts2])
  }
  if (operator.endsWith('_of') && random.chance(0.3)) return list(wanted)
  return random.chance(0.12) ? random.pick<Json>([false, null]) : one(wanted)
}

function list(wanted: Wanted): Json {
  const items = Array.from({ length: wanted.random.below(4) }, () => one(wanted))
  return wanted.random.chance(0.15) ? [...items, false] : items
}

function one({ type, relation, field, labels, random }: Wanted): Json {
  switch (type) {
    case 'integer': {
      const number = Math.trunc(random.pick(numbers))
      return field === 'id' ? notOfTheTest(number) : number
    }
    case 'float':
    case 'monetary':
      return random.pick(numbers)
    case 'boolean':
      return random.chance(0.5)
    case 'date':
      return random.pick(dates)
    case 'datetime':
      return random.pick(datetimes)
    case 'selection':
      return random.pick(selections[field] ?? ['x', 'no'])
    case 'binary':
      return random.chance(0.5)
    case 'many2one':
    case 'one2many':
    case 'many2many':
    case 'id': {
      const names = labels.names(relation)
      return names.length === 0 ? false : random.pick(names)
    }
    default:
      return random.pick([...texts, ...texts2])
  }
}

/** An id that no record of the test can have, on either side: how far the real one has counted, nobody knows. */
function notOfTheTest(number: number): number {
  return number > 1 && number < 1000 ? 2_000_000_000 + number : number
}

/** A value of another type, or one on the edge. */
export function odd(wanted: Wanted): Json {
  const { random } = wanted
  return random.pick<Json>([
    false,
    null,
    true,
    '',
    0,
    1.5,
    -1,
    'x',
    999999999,
    99999999999,
    [],
    [false],
    [null],
    ['x'],
    [one(wanted), false],
    [one(wanted), null],
    [one(wanted), 'x'],
    [one(wanted), [one(wanted)]],
    [true, false],
    [''],
    ['x', 1.5],
    { a: 1 },
    {},
    '2024-13-45',
    '2024-02-30',
    '2024-02',
    '2024-02-29T12:00:00Z',
    'today',
    one(wanted),
    list(wanted)
  ])
}
