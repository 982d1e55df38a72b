import { readFileSync } from 'node:fs'
import t from 'tap'
import { withTables } from '../scripts/tables.mjs'
import { flagOf, settings, variablesOf } from '../src/config/settings.js'
import { errorCodes } from '../src/core/errors.js'
import { tools } from '../src/tools/index.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

t.test('the tables of the README are what the code says; "npm run docs" writes them anew', async t => {
  t.equal(withTables(readme, { tools, settings, errorCodes, flagOf, variablesOf }), readme)
})

t.test('a README without a place for a table is refused', async t => {
  t.throws(() => withTables('', { tools, settings, errorCodes, flagOf, variablesOf }), /no place for the table "tools"/)
})
