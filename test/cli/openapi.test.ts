import { readFileSync } from 'node:fs'
import t from 'tap'
import { run } from './cli.js'

t.test('odoo-mcp openapi writes what openapi/openapi.json holds', async t => {
  const file = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  const { code, stdout, stderr } = await run(['openapi'])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(stdout, file)
})
