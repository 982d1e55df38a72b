import t from 'tap'
import { seed } from '../../src/sandbox/data/seed.js'
import { apiKeyOf } from '../../src/sandbox/data/users.js'
import { groupsOf } from '../../src/sandbox/models/groups.js'
import { specs } from '../../src/sandbox/models/index.js'
import type { Env } from '../../src/sandbox/orm/env.js'
import { createEnv } from '../../src/sandbox/orm/env.js'
import { createModels } from '../../src/sandbox/orm/models.js'
import { createTables } from '../../src/sandbox/orm/tables.js'
import { type Major, majors, releaseOf } from '../../src/sandbox/release.js'

function seeded(major: Major, number: number, now = '2026-03-02 10:00:00.000000'): Env {
  const models = createModels(major, specs)
  const env = createEnv({ release: releaseOf(major), models, tables: createTables(models), uid: 1, su: true, now })
  seed({ env, seed: number, scale: false })
  return env
}

const rowsOf = (env: Env) => env.models.names().map(name => [name, [...env.tables.rows(name).values()]])
const namesOf = (env: Env) => [...env.tables.rows('res.partner').values()].map(({ name }) => name)

for (const major of majors) {
  t.test(`the same seed gives the same data as Odoo ${major}, another seed other data`, async t => {
    t.strictSame(rowsOf(seeded(major, 1)), rowsOf(seeded(major, 1)))
    t.notSame(namesOf(seeded(major, 1)), namesOf(seeded(major, 2)))
  })

  t.test(`every many2one of the data of Odoo ${major} leads to a record, and nothing required is missing`, async t => {
    const { models, tables } = seeded(major, 1)
    const faults: string[] = []
    for (const name of models.names()) {
      const columns = [...models.need(name).fields.values()].filter(field => !field.compute && !field.related)
      for (const row of tables.rows(name).values()) {
        for (const { name: field, type, relation, required } of columns) {
          const cell = row[field] ?? null
          const isMissing = required && cell === null && !['one2many', 'many2many', 'boolean'].includes(type)
          const isLost = type === 'many2one' && cell !== null && !tables.row(String(relation), Number(cell))
          if (isMissing || isLost) faults.push(`${name} ${row.id} ${field}`)
        }
      }
    }
    t.strictSame(faults, [])
  })

  t.test(`the users of Odoo ${major} have the groups of their roles`, async t => {
    const { tables } = seeded(major, 7)
    const [, admin, sales, portal] = [...tables.rows('res.users').values()]
    t.ok(groupsOf(tables, Number(admin?.id)).has('base.group_erp_manager'))
    t.ok(groupsOf(tables, Number(sales?.id)).has('base.group_user'), 'which the salesperson is by implication')
    t.notOk(groupsOf(tables, Number(sales?.id)).has('base.group_erp_manager'))
    t.notOk(groupsOf(tables, Number(portal?.id)).has('base.group_user'))
  })
}

t.test('contacts have the same names on all releases', async t => {
  t.strictSame(namesOf(seeded(14, 3)), namesOf(seeded(19, 3)))
})

t.test('API keys follow from the seed and the login', async t => {
  t.match(apiKeyOf(1, 'admin'), /^[0-9a-f]{40}$/)
  t.not(apiKeyOf(1, 'admin'), apiKeyOf(2, 'admin'))
  t.not(apiKeyOf(1, 'admin'), apiKeyOf(1, 'sales'))
})
