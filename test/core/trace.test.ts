import t from 'tap'
import { traceIdOf } from '../../src/core/trace.js'

// https://www.w3.org/TR/trace-context/#traceparent-header
const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'

for (const header of [
  `00-${trace}-${parent}-01`,
  `00-${trace}-${parent}-00`,
  `cc-${trace}-${parent}-01`,
  `01-${trace}-${parent}-01-what-comes-later`
]) {
  t.test(`the trace of ${header} is taken`, async t => {
    t.equal(traceIdOf(header), trace)
  })
}

for (const [why, header] of [
  ['none', undefined],
  ['nothing', ''],
  ['a version that is forbidden', `ff-${trace}-${parent}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${parent}-01`],
  ['a parent of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${trace.toUpperCase()}-${parent}-01`],
  ['more than this version has', `00-${trace}-${parent}-01-more`],
  ['less', `00-${trace}-${parent}`],
  ['a short trace', `00-${trace.slice(1)}-${parent}-01`],
  ['a long one', `00-${trace}0-${parent}-01`],
  ['white space', ` 00-${trace}-${parent}-01`],
  ['another line', `00-${trace}-${parent}-01\n`],
  ['two of them', `00-${trace}-${parent}-01, 00-${trace}-${parent}-01`],
  ['a number', 1],
  ['an endless one', `01-${trace}-${parent}-01-${'x'.repeat(10_000)}`]
] as const) {
  t.test(`${why} is as if there were none`, async t => {
    t.equal(traceIdOf(header), undefined)
  })
}
