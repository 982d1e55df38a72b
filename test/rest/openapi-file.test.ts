import { readFileSync } from 'node:fs'
import t from 'tap'
import { openapiText } from '../../src/http/document.js'
import { tools } from '../../src/tools/index.js'
import { version } from '../../src/version.js'

t.test('openapi/openapi.json is what the tools say; "odoo-mcp openapi" writes it anew', async t => {
  const file = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  t.equal(file, await openapiText(tools, version))
})
