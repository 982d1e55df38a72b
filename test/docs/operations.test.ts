import { readFileSync } from 'node:fs'
import t from 'tap'
import { graceMs } from '../../src/compose.js'
import { settingNames, variablesOf } from '../../src/config/settings.js'
import { errorCodes } from '../../src/core/errors.js'
import { defaultLimits } from '../../src/http/limits.js'
import { measured } from '../../src/metrics/measured.js'

const doc = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')

t.test('the metrics, settings and codes that the page names exist', async t => {
  const metrics = new Set(measured.map(({ name }) => name))
  for (const [, name = ''] of doc.matchAll(/`(odoo_mcp_\w+)`/g)) t.ok(metrics.has(name.replace(/_count$/, '')), name)

  const known = new Set<string>([...settingNames, ...settingNames.flatMap(variablesOf), ...Object.keys(errorCodes)])
  const others = new Set(['not_applied', 'retry_after_s'])
  const named = [...doc.matchAll(/`([A-Z][A-Z_]{4,}|[a-z]+_[a-z_]+)(?:[:=][^`]*)?`/g)].map(([, name]) => name as string)
  t.ok(named.length > 20)
  t.strictSame(
    named.filter(name => !name.startsWith('odoo_mcp_') && !known.has(name) && !others.has(name)),
    []
  )
})

t.test('its figures are those of the code', async t => {
  const { connections, headersMs, requestMs, bodyBytes } = defaultLimits
  t.match(doc, `calls in flight have ${graceMs / 1000} seconds to finish`)
  t.match(doc, `| Connections | ${connections} |`)
  t.match(doc, `| ${headersMs / 1000} s; ${requestMs / 1000} s |`)
  t.match(doc, `| ${bodyBytes / 1024 / 1024} MiB |`)
})
