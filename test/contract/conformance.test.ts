import t from 'tap'
import { odoos } from '../lab/odoos.js'
import { revisions, runConformance } from '../mcp/conformance.js'
import { startFixture } from '../mcp/conformance-fixture.js'
import { connectionFlags, startServer } from './server.js'

// No scenario asks Odoo for anything that differs by version: one is enough, and the protocol is kept without any.
const odoo = (await odoos()).at(-1)
const servers = { 'without an Odoo': {}, ...(odoo && { [`with Odoo ${odoo.version}`]: connectionFlags(odoo) }) }

for (const revision of revisions) {
  for (const [which, flags] of Object.entries(servers)) {
    t.test(`every generic scenario of ${revision} passes on the whole server ${which}`, async t => {
      const server = await startServer({ ...flags, 'allow-connect': true })
      t.teardown(() => server.close())
      const report = await runConformance(new URL(`${server.url}/mcp`), revision)
      t.equal(report.code, 0, 'nothing fails but what is expected, and all of that', { output: report.output })
      t.strictSame(report.missed, [], 'nor does a generic scenario that is not scored')
    })
  }
}

for (const revision of revisions) {
  t.test(`every scenario of ${revision} passes where the runner finds what it looks for`, async t => {
    const server = await startFixture()
    t.teardown(() => server.close())
    const report = await runConformance(new URL(`${server.url}/mcp`), revision, 'fixture')
    t.equal(report.code, 0, 'all that is scored', { output: report.output })
    // Not scored, and not built: tasks are an extension, and no tool of ours wants a header for one of its arguments.
    const others = report.failed.filter(name => !/^(tasks-|http-custom-header-server-validation$)/.test(name))
    t.strictSame(others, [], 'and all that is not, but what is not built', { output: report.output })
    t.strictSame(report.missed, [])
  })
}
