import { assertionError, OdooException, valueError } from '../../exceptions.js'
import { checkField, checkRights, ruleOf } from '../access.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { cellReader, linkReader } from './cells.js'
import { always, and, never, or, type Test } from './domain.js'
import { type Condition, isNegative, isNode, mentionsActive, type Node, nary, parse } from './domain-19.js'
import { columnTest } from './leaf-19.js'
import { fieldOf, optimize } from './optimize-19.js'
import type { OrderedSet } from './ordered-set.js'
import { literals } from './sql-literals.js'

/** Makes tests of optimized domains, in the place of the SQL that Odoo makes of them. */
export class SqlTests {
  /** The first thing that PostgreSQL would complain about: it reads the query when all else was found good. */
  failed: OdooException | undefined

  test(env: Env, model: Model, node: Node): Test {
    switch (node.kind) {
      case 'constant':
        return node.value ? always : never
      case 'and':
        return and(node.children.map(child => this.test(env, model, child)))
      case 'or':
        return or(node.children.map(child => this.test(env, model, child)))
      case 'not':
        throw new Error('the optimized domain still has a "not"')
      case 'condition':
        return this.condition(env, model, node)
    }
  }

  private condition(env: Env, model: Model, node: Condition): Test {
    const field = fieldOf(model, node)
    checkField(env, model, field, 'read')
    if (field.type === 'one2many' || field.type === 'many2many') return this.toMany(env, model, node, field)
    assertInSql(field)
    if (field.type === 'many2one' && isNode(node.value)) return this.toOne(env, model, node, field)
    return this.inDatabase(() => columnTest(env, model, field, node))
  }

  /** What PostgreSQL says comes after everything that Odoo says. */
  private inDatabase(make: () => Test): Test {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof OdooException) || !error.className.startsWith('psycopg2.')) throw error
      this.failed ??= error
      return never
    }
  }

  private toOne(env: Env, model: Model, { operator, value }: Condition, field: Field): Test {
    const comodel = env.models.need(String(field.relation))
    const inner = this.related(env, comodel, value as Node, { bypass: operator.endsWith('!'), activeTest: false })
    const read = cellReader(env, model, field)
    const isNot = isNegative(operator)
    return id => {
      const other = read(id)
      return (typeof other === 'number' && inner(other) === true) !== isNot
    }
  }

  private toMany(env: Env, model: Model, { operator, value }: Condition, field: Field): Test {
    if (!field.store && !field.searchable) throw notStored(field)
    const isNot = isNegative(operator)
    const plain = operator.replace('not ', '').replace('!', '')
    if (plain !== 'in' && plain !== 'any') {
      throw assertionError(`Relational field ${field.model}.${field.name} expects 'any' operator`)
    }
    const any = isNode(value)
      ? this.hasAny(env, model, field, value, operator)
      : this.hasOneOf(env, model, field, value as OrderedSet)
    return isNot ? id => any(id) !== true : any
  }

  /** Related records among those that the user sees, unless the operator says not to ask for rights. */
  private hasAny(env: Env, model: Model, field: Field, value: Node, operator: string): Test {
    const comodel = env.models.need(String(field.relation))
    const as = env.withContext(field.context ?? {})
    const node = nary('and', [value, this.domainOf(env, comodel, field)])
    const inner = this.related(as, comodel, node, { bypass: operator.endsWith('!'), activeTest: true })
    return some(linkReader(env, model, field), inner)
  }

  /** These ids, archived or not; `false` among them means that there is no related record at all. */
  private hasOneOf(env: Env, model: Model, field: Field, { items }: OrderedSet): Test {
    const comodel = env.models.need(String(field.relation))
    const sudo = env.sudo().withContext({ active_test: false })
    const links = linkReader(env, model, field)
    const inDomain = this.test(sudo, comodel, this.domainOf(sudo, comodel, field))
    const none = some(links, inDomain)
    // In Python 0 equals False.
    const ids = items.filter(item => item !== false && item !== 0)
    const tests: Test[] = items.length > ids.length ? [id => none(id) !== true] : []
    if (ids.length > 0) {
      tests.push(
        this.inDatabase(() => {
          const found = new Set<unknown>(literals('integer', '=', ids))
          return some(links, other => found.has(other) && inDomain(other))
        })
      )
    }
    return or(tests)
  }

  private domainOf(env: Env, comodel: Model, field: Field): Node {
    return Array.isArray(field.domain) ? optimize(env, comodel, parse(field.domain), 'full') : parse(true)
  }

  /** A related record by the domain, `active` and the record rules, each judged once. */
  private related(env: Env, comodel: Model, node: Node, how: { bypass: boolean; activeTest: boolean }): Test {
    const { bypass, activeTest } = how
    if (!bypass) checkRights(env, comodel, 'r')
    const tests = [this.test(env, comodel, optimize(env, comodel, node, 'full'))]
    if (activeTest && comodel.hasActive && (env.context.active_test ?? true) && !mentionsActive(node)) {
      const active = comodel.fields.get('active')
      if (active !== undefined) {
        const read = cellReader(env, comodel, active)
        tests.push(id => read(id) === true)
      }
    }
    const rule = bypass ? undefined : ruleOf(env, comodel, 'r')
    if (rule !== undefined) tests.push(rule)
    const rows = env.tables.rows(comodel.name)
    const all = and(tests)
    return remembered(id => rows.has(id) && all(id) === true)
  }
}

function remembered(test: (id: number) => boolean): Test {
  const known = new Map<number, boolean>()
  return id => {
    let truth = known.get(id)
    if (truth === undefined) {
      truth = test(id)
      known.set(id, truth)
    }
    return truth
  }
}

function some(links: (id: number) => Iterable<number>, test: Test): Test {
  return id => {
    for (const other of links(id)) if (test(other) === true) return true
    return false
  }
}

/** A computed field without a search method has no column. */
function assertInSql(field: Field): void {
  if (field.store || field.searchable || field.inSql) return
  throw notStored(field)
}

function notStored(field: Field): OdooException {
  return valueError(`Cannot convert ${field.model}.${field.name} to SQL because it is not stored`)
}
