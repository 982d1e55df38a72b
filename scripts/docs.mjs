// Writes what is generated: tables, examples of settings, and openapi/openapi.json. Run `npm run build` before.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { flagOf, keysOf, settingGroups, settings, variablesOf } from '../dist/config/settings.js'
import { errorCodes } from '../dist/core/error-codes.js'
import { openapiText } from '../dist/http/document.js'
import { measured } from '../dist/metrics/measured.js'
import { tools } from '../dist/tools/index.js'
import { version } from '../dist/version.js'
import { generated } from './generated.mjs'

const sources = { tools, measured, settings, settingGroups, errorCodes, flagOf, variablesOf, keysOf }
for (const [path, render] of Object.entries(generated)) {
  writeFileSync(path, render(existsSync(path) ? readFileSync(path, 'utf8') : '', sources))
}
writeFileSync('openapi/openapi.json', await openapiText(tools, version))
