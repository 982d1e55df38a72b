import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { everySurface, type Surface } from './surfaces.js'
import { createWorld } from './world.js'

const maxBytes = 8000
const bytes = (output: JsonObject) => Buffer.byteLength(JSON.stringify(output))

async function outputOf(surface: Surface, tool: string, input: JsonObject): Promise<JsonObject> {
  const { output, problem } = await surface.call(tool, input)
  if (output === undefined) throw new Error(problem.detail)
  return output
}

for (const odoo of await witnesses()) {
  t.test(`an answer from ${odoo.name} that is too large for a conversation is cut between records`, async t => {
    const world = await createWorld(odoo)
    t.teardown(() => world.close())
    const wide = Array.from({ length: 30 }, (_, n) => ({
      name: `Wide ${n}`,
      ref: world.ref,
      function: '€'.repeat(300 + n)
    }))
    const made = await world.admin.call<number[]>('res.partner', 'create', [wide])
    const flags = { ...connectionFlags(odoo), 'max-result-bytes': String(maxBytes) }
    const server = await startServer(flags)
    t.teardown(() => server.close())
    const [rest, ...others] = (await everySurface(server.url, flags)) as [Surface, ...Surface[]]
    t.teardown(() => Promise.all(others.map(surface => surface.close())))

    const search = { model: 'res.partner', domain: [['id', 'in', made]], fields: ['function'], order: 'id' }
    const whole = await outputOf(rest, 'odoo_search', search)
    t.equal(whole.count, 30, 'REST is not cut')
    t.notOk('truncated' in whole)

    for (const surface of others) {
      t.test(`${surface.name}: pages by next_offset give every record once`, async t => {
        const seen: unknown[] = []
        for (let offset: number | undefined = 0; offset !== undefined; ) {
          const page: JsonObject = await outputOf(surface, 'odoo_search', { ...search, offset })
          t.ok(bytes(page) <= maxBytes)
          t.equal(page.total, 30)
          t.equal(page.count, (page.records as JsonObject[]).length)
          if (page.truncated) t.match(page.hint, `Go on with offset ${page.next_offset}`)
          seen.push(...(page.records as JsonObject[]))
          offset = page.next_offset as number | undefined
        }
        t.strictSame(seen, whole.records)
      })

      t.test(`${surface.name}: what a read left out is read by the rest of the ids`, async t => {
        const seen: unknown[] = []
        let ids = [...made].reverse()
        while (ids.length > 0) {
          const page = await outputOf(surface, 'odoo_read', { model: 'res.partner', ids, fields: ['function'] })
          t.ok(bytes(page) <= maxBytes)
          seen.push(...(page.records as JsonObject[]).map(({ id }) => id))
          ids = ids.slice(page.truncated ? (page.next_offset as number) : ids.length)
        }
        t.strictSame(seen, [...made].reverse())
      })

      t.test(`${surface.name}: the fields of a model and the list that a method returns are cut, too`, async t => {
        const described = await outputOf(surface, 'odoo_get_fields', { model: 'res.partner' })
        t.match(described, { truncated: true, hint: /fields or filter/ })
        const kwargs = { fields: ['function'], domain: search.domain }
        const called = await outputOf(surface, 'odoo_call', { model: 'res.partner', method: 'search_read', kwargs })
        t.match(called, { truncated: true, next_offset: (called.result as unknown[]).length })
        const text = await outputOf(surface, 'odoo_session', {})
        t.match(text, { limits: { max_result_bytes: maxBytes } })
      })
    }
  })
}
