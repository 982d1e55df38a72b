import t from 'tap'
import type { Json } from '../../src/core/json.js'
import { inOneShape } from '../../src/odoo/result-shapes.js'

const shapes: [string, Json, Json][] = [
  ['copy', 7, [7]],
  ['copy', [7, 8], [7, 8]],
  ['create', 7, [7]],
  ['message_post', 5, [5]],
  ['message_post', false, false],
  ['find_or_create', 3, [3]],
  ['activity_schedule', 'mail.activity(28,)', [28]],
  ['activity_schedule', 'mail.activity(28, 29)', [28, 29]],
  ['activity_schedule', 'mail.activity()', []],
  ['any_method', 'res.partner.category(1,2,3)', [1, 2, 3]],
  // What is not the result of one of these methods, or not records, stays what it is.
  ['search_count', 7, 7],
  ['action_confirm', true, true],
  ['action_archive', null, null],
  ['get_text', 'call me (28,)', 'call me (28,)'],
  ['get_text', 'see mail.activity(28,)', 'see mail.activity(28,)'],
  ['get_text', 'f(28)', 'f(28)'],
  ['copy', { id: 7 }, { id: 7 }]
]

for (const [method, given, expected] of shapes) {
  t.test(`${method} that gives ${JSON.stringify(given)} gives ${JSON.stringify(expected)}`, t => {
    t.strictSame(inOneShape(method, given), expected)
    t.end()
  })
}
