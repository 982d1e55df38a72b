import t from 'tap'
import { revisions, runConformance } from './conformance.js'
import { listen } from './listen.js'

for (const revision of revisions) {
  t.test(`every generic scenario of ${revision} passes`, { timeout: 120_000 }, async t => {
    const { url } = await listen(t)
    const report = await runConformance(url, revision)
    t.equal(report.code, 0, 'nothing fails but what is expected, and all of that', { output: report.output })
    t.strictSame(report.missed, [], 'nor does a generic scenario that is not scored')
  })
}
