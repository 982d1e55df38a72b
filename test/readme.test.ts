import { readFileSync } from 'node:fs'
import t from 'tap'
import { generated } from '../scripts/generated.mjs'
import { readmeTables, withTables } from '../scripts/tables.mjs'
import { flagOf, keysOf, settingGroups, settings, variablesOf } from '../src/config/settings.js'
import { errorCodes } from '../src/core/error-codes.js'
import { measured } from '../src/metrics/measured.js'
import { tools } from '../src/tools/index.js'

const sources = { tools, measured, settings, settingGroups, errorCodes, flagOf, variablesOf, keysOf }

for (const [path, render] of Object.entries(generated)) {
  t.test(`${path} is what the code says; "npm run docs" writes it anew`, async t => {
    const page = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
    t.equal(render(page, sources), page)
  })
}

t.test('a README without a place for a table is refused', async t => {
  t.throws(() => withTables('', readmeTables(sources)), /no place for the table "tools"/)
})
