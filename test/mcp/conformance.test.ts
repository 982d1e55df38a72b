import t from 'tap'
import { revisions, runConformance } from './conformance.js'
import { listen } from './listen.js'

for (const revision of revisions) {
  t.test(`every generic scenario of ${revision} passes`, { timeout: 120_000 }, async t => {
    const { url } = await listen(t)
    const report = await runConformance(url, revision)
    t.equal(report.code, 0, report.output)
    t.strictSame(report.missed, [])
  })
}
