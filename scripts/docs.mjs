// Writes what is generated: the tables of README.md and openapi/openapi.json. Run `npm run build` before.
import { readFileSync, writeFileSync } from 'node:fs'
import { flagOf, settings, variablesOf } from '../dist/config/settings.js'
import { errorCodes } from '../dist/core/errors.js'
import { openapiText } from '../dist/http/document.js'
import { tools } from '../dist/tools/index.js'
import { version } from '../dist/version.js'
import { withTables } from './tables.mjs'

const readme = readFileSync('README.md', 'utf8')
writeFileSync('README.md', withTables(readme, { tools, settings, errorCodes, flagOf, variablesOf }))
writeFileSync('openapi/openapi.json', await openapiText(tools, version))
