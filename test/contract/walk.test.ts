import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { people } from '../lab/people.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { rest, type Surface } from './surfaces.js'

// A client reads a long list page by page, by next_offset, while somebody else goes on working.

interface Walk {
  /** The ids in the order in which the pages gave them. */
  ids: number[]
  pages: number
}

/** Reads all pages; between two of them `meanwhile` happens, with the number of the pages read. */
async function walk(
  { call }: Surface,
  query: JsonObject & { limit: number },
  meanwhile: (pages: number) => Promise<unknown> = async () => {}
): Promise<Walk> {
  const ids: number[] = []
  let offset: number | undefined = 0
  for (let pages = 0; ; pages++) {
    const { output, problem } = await call('odoo_search', { fields: ['id'], ...query, offset })
    if (output === undefined) throw new Error(problem.detail)
    ids.push(...(output.records as { id: number }[]).map(({ id }) => id))
    offset = output.next_offset as number | undefined
    if (offset === undefined) return { ids, pages: pages + 1 }
    await meanwhile(pages)
  }
}

/** How often each of the starting rows was seen. */
function timesSeen(starting: number[], { ids }: Walk): number[] {
  return starting.map(id => ids.filter(seen => seen === id).length)
}

for (const odoo of await witnesses()) {
  await t.test(odoo.name, async t => {
    const { admin, sales } = await people(odoo)
    const colleague = await logInDirectly({ ...odoo, ...sales })
    const server = await startServer({ ...connectionFlags(odoo), 'allow-connect': true })
    const surface = rest(server.url)
    const mine = (ref: string) => ['ref', '=', ref]
    /** Rows of a run, 24 in 3 cities, and how a colleague adds one. */
    const start = async (t: Test) => {
      const ref = `walk-${randomUUID()}`
      t.teardown(async () => {
        const all = await admin.call<number[]>('res.partner', 'search', [[mine(ref)]])
        await admin.call('res.partner', 'unlink', [all])
      })
      const rows = Array.from({ length: 24 }, (_, n) => ({ name: 'Same Name', ref, city: `City ${n % 3}` }))
      const starting = await admin.call<number[]>('res.partner', 'create', [rows])
      const add = (city: string, by: DirectOdoo = colleague) =>
        by.call('res.partner', 'create', [{ name: 'Same Name', ref, city }])
      return { starting, add, query: { model: 'res.partner', domain: [mine(ref)] } }
    }
    t.teardown(() => server.close())

    for (const order of ['city', 'city desc', 'name, city desc', undefined]) {
      await t.test(`rows of equal rank keep their places between pages: ${order ?? 'the default order'}`, async t => {
        const { starting, query } = await start(t)
        for (const limit of [1, 5, 7]) {
          const walked = await walk(surface, { ...query, limit, ...(order !== undefined && { order }) })
          t.strictSame(walked.ids.toSorted(), starting.toSorted(), `each once by pages of ${limit}`)
        }
      })
    }

    await t.test('a model that Odoo sorts by name alone is walked whole', async t => {
      const code = `walk-${randomUUID()}`
      const rows = Array.from({ length: 30 }, () => ({ name: 'Same Product', default_code: code }))
      const starting = await admin.call<number[]>('product.template', 'create', [rows])
      t.teardown(() => admin.call('product.template', 'unlink', [starting]))
      const domain = [['default_code', '=', code]]
      const walked = await walk(surface, { model: 'product.template', domain, limit: 2 })
      t.strictSame(walked.ids.toSorted(), starting.toSorted())
    })

    await t.test('a user who may not know the default order walks the same rows', async t => {
      const { starting, query } = await start(t)
      const { url, database } = odoo
      const { username, password } = sales
      const { output } = await surface.call('odoo_connect', { url, database, username, password })
      const own = rest(server.url, { bearer: output?.session as string })
      t.strictSame((await walk(own, { ...query, limit: 5 })).ids.toSorted(), starting.toSorted())
    })

    await t.test('what a colleague inserts behind the page shifts nothing: each starting row once', async t => {
      const { starting, add, query } = await start(t)
      const walked = await walk(surface, { ...query, order: 'city', limit: 5 }, async pages => {
        if (pages < 4) await add('City 2')
      })
      t.strictSame(timesSeen(starting, walked), Array(24).fill(1))
      t.equal(walked.ids.length, 28, 'and the new ones at the end')
    })

    await t.test('what is inserted before the page shows rows again, and loses none', async t => {
      const { starting, add, query } = await start(t)
      const walked = await walk(surface, { ...query, order: 'city', limit: 5 }, async pages => {
        if (pages < 4) await add('City 0')
      })
      const seen = timesSeen(starting, walked)
      t.ok(seen.every(times => times >= 1))
      t.ok(
        seen.some(times => times > 1),
        'so a walker must bound the walk, or drop what it knows'
      )
    })

    for (const order of ['city', 'city desc', 'id', undefined]) {
      await t.test(`bounded by the highest id, each starting row comes once: ${order ?? 'default order'}`, async t => {
        const { starting, add, query } = await start(t)
        const newest = await surface.call('odoo_search', { ...query, fields: ['id'], order: 'id desc', limit: 1 })
        const [last] = (newest.output?.records ?? []) as { id: number }[]
        const id = last?.id as number
        const bounded = { ...query, domain: [...query.domain, ['id', '<=', id]], ...(order !== undefined && { order }) }
        const walked = await walk(surface, { ...bounded, limit: 5 }, async pages => {
          await Promise.all([add('City 0'), add('City 1', pages % 2 === 0 ? admin : colleague), add('City 2')])
        })
        t.strictSame(walked.ids.toSorted(), starting.toSorted())
        t.ok(walked.pages >= 5)
      })
    }
  })
}
