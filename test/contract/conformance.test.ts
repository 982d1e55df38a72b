import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { revisions, runConformance } from '../mcp/conformance.js'
import { connectionFlags, startServer } from './server.js'

/** The official runner asks nothing of Odoo that differs by version: the newest is enough. */
const odoo = (await odoos()).at(-1)
if (odoo === undefined) t.pass('conformance', { skip: noOdoo })
else {
  for (const revision of revisions) {
    t.test(`every generic scenario of ${revision} passes on the whole server`, { timeout: 300_000 }, async t => {
      const server = await startServer({ ...connectionFlags(odoo), 'allow-connect': true })
      t.teardown(() => server.close())
      const report = await runConformance(new URL(`${server.url}/mcp`), revision)
      t.equal(report.code, 0, 'nothing fails but what is expected, and all of that', { output: report.output })
      t.strictSame(report.missed, [], 'nor does a generic scenario that is not scored')
      t.comment(`${revision}: ${report.passed.length} scenarios passed, ${report.failed.length} failed as expected`)
    })
  }
}
