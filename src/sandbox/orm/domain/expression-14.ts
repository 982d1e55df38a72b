import { attributeError, leafRepr, OdooException, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr, truthy } from '../../python.js'
import type { Env } from '../env.js'
import { nameSearch } from '../name-search.js'
import { searchFreely, searchIds } from '../search.js'
import type { Field, Model } from '../types.js'
import { cellReader, linkReader } from './cells.js'
import { always, and, never, not, or, type Test } from './domain.js'
import { Found, isConstant, isFalse, isLeaf, type Leaf, type Right } from './domain-14.js'
import { hierarchyLeaf, isHierarchy } from './hierarchy-14.js'
import { leafTest } from './leaf-14.js'
import { propertyTest } from './properties-14.js'
import { toManyTest } from './to-many-14.js'

const negative = new Set(['!=', 'not like', 'not ilike', 'not in', 'not any'])

export function isNegative(operator: string): boolean {
  return negative.has(operator)
}

/** Makes a test of a domain, leaf by leaf, as `expression.parse` of Odoo 14 makes SQL of it. */
export class Expression {
  /** The leftmost thing that PostgreSQL would complain about: it reads the finished query. */
  private failed: OdooException | undefined

  constructor(
    readonly env: Env,
    readonly model: Model
  ) {}

  /** Reads from right to left, as Odoo does: of several mistakes it tells the last one. */
  compile(tokens: readonly (Json | Leaf)[]): Test {
    for (const token of tokens) this.assertToken(token)
    const test = this.tokens(tokens)
    if (this.failed !== undefined) throw this.failed
    return test
  }

  private assertToken(token: unknown): void {
    if (token === '&' || token === '|' || token === '!' || isLeaf(this.env, token)) return
    throw valueError(
      `Invalid leaf ${Array.isArray(token) ? leafRepr(token) : typeof token === 'string' ? token : repr(token)}`
    )
  }

  private tokens(tokens: readonly (Json | Leaf)[]): Test {
    const stack: Test[] = []
    for (const token of tokens.toReversed()) {
      if (token === '!') stack.push(not(stack.pop() ?? always))
      else if (token === '&' || token === '|') {
        const pair = [stack.pop() ?? always, stack.pop() ?? always]
        stack.push(token === '&' ? and(pair) : or(pair))
      } else stack.push(this.inDatabase(() => this.leaf(token as Leaf)))
    }
    return stack.pop() ?? always
  }

  private inDatabase(make: () => Test): Test {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof OdooException) || !error.className.startsWith('psycopg2.')) throw error
      this.failed = error
      return never
    }
  }

  private leaf(given: Leaf): Test {
    if (isConstant(given)) return truthy(given[0] as Json) ? always : never
    const leaf = normalized(given)
    const { env, model } = this
    const [path, operator, right] = leaf as [string, string, Right]
    const [name = ''] = path.split('.', 1)
    const rest = path.length > name.length ? path.slice(name.length + 1) : undefined
    const field = model.fields.get(name)
    if (field === undefined) throw valueError(`Invalid field ${model.name}.${name} in leaf ${leafRepr(reprs(leaf))}`)
    if (field.inherited) return this.throughParent(field, leaf)
    if (path === 'id' && isHierarchy(operator)) return this.domain(hierarchyLeaf(env, model, field, leaf))
    const isColumn = field.store && !field.companyDependent
    if (rest !== undefined && isColumn) return this.path(field, [rest, operator, right])
    if (!isColumn) return this.notStored(field, leaf, rest)
    return this.onField(field, leaf)
  }

  /** Leaves in the place of one. */
  private domain(tokens: readonly (Json | Leaf)[]): Test {
    for (const token of tokens) this.assertToken(token)
    return this.tokens(tokens)
  }

  private onField(field: Field, leaf: Leaf): Test {
    const { env, model } = this
    const [, operator, right] = leaf
    const comodel = field.relation === undefined ? undefined : env.models.need(field.relation)
    if (operator === 'any' || operator === 'not any') return this.any(field, comodel, leaf)
    if (field.type === 'one2many' || field.type === 'many2many') {
      if (isHierarchy(operator)) {
        const tokens = hierarchyLeaf(env, model, field, leaf)
        // The ids of a hierarchy among the records of this model; else related ones.
        return tokens[0]?.[0] === field.name ? toManyTest(env, model, field, tokens[0]) : this.domain(tokens)
      }
      return toManyTest(env, model, field, leaf)
    }
    if (field.type === 'many2one' && comodel !== undefined) return this.many2one(field, comodel, leaf)
    if (field.type === 'binary' && field.attachment) {
      const read = cellReader(env, model, field)
      if ((operator !== '=' && operator !== '!=') || truthy(right as Json)) return always
      // Odoo logs an error and ignores all other leaves.
      return id => (read(id) === null) === (operator === '=')
    }
    return leafTest(env, model, field, leaf)
  }

  /** A field of the record within: judged there. */
  private throughParent(field: Field, leaf: Leaf): Test {
    const through = this.model.fields.get(String(field.related).split('.')[0] as string) as Field
    return this.joined(through, leaf)
  }

  /** In a joined table; where there is no record, all its columns are NULL. */
  private joined(through: Field, leaf: Leaf): Test {
    const { env, model } = this
    const parent = new Expression(env, env.models.need(String(through.relation)))
    const test = parent.compile([leaf])
    const read = cellReader(env, model, through)
    return id => test(Number(read(id) ?? 0))
  }

  private path(field: Field, rest: Leaf): Test {
    if (field.relation === undefined) {
      throw attributeError(`'${classOf(field)}' object has no attribute 'auto_join'`)
    }
    if (field.autoJoin && field.type === 'many2one') return this.joined(field, rest)
    const found = this.related(field, [rest], field.autoJoin ?? false)
    return this.onField(field, [field.name, 'in', found])
  }

  /** The related records that match; nothing at all where the domain cannot be true. */
  private related(field: Field, tokens: Leaf[], bypass = false): Right {
    const comodel = this.env.models.need(String(field.relation))
    if (isFalse(tokens as unknown as Json[])) return []
    const context = field.type === 'many2one' ? { active_test: false } : (field.context ?? {})
    const as = this.env.withContext(context)
    return new Found((bypass ? searchFreely : searchIds)(as, comodel, tokens as unknown as Json))
  }

  private any(field: Field, comodel: Model | undefined, [path, operator, right]: Leaf): Test {
    if (comodel === undefined) throw valueError(`Invalid leaf ${leafRepr([path, operator, right])}`)
    const context = field.type === 'many2one' ? { active_test: false } : (field.context ?? {})
    const found = new Set(searchIds(this.env.withContext(context), comodel, right as Json))
    const links = linkReader(this.env, this.model, field)
    const has: Test = id => [...links(id)].some(other => found.has(other))
    return operator === 'any' ? has : not(has)
  }

  /** A computed field: its search method decides; without one the leaf is ignored (14 to 18). */
  private notStored(field: Field, [path, operator, right]: Leaf, rest: string | undefined): Test {
    const { env, model } = this
    if (!field.searchable && field.search === undefined) return always
    if (rest !== undefined && field.relation !== undefined) {
      const comodel = env.models.need(field.relation)
      const inner: Leaf[] = [[rest, operator, right]]
      const found = isFalse(inner as unknown as Json[])
        ? []
        : new Found(searchIds(env, comodel, inner as unknown as Json))
      return this.notStored(field, [field.name, 'in', found], undefined)
    }
    if (field.companyDependent) return propertyTest(env, model, field, [path, operator, right])
    if (field.related !== undefined) return this.domain([[field.related, operator, right] as Leaf])
    const searched = field.search?.(env, operator, plain(right))
    if (searched !== undefined) return this.domain(searched.length === 0 ? [[1, '=', 1]] : searched)
    return this.onField({ ...field, store: true }, [field.name, operator, right])
  }

  private many2one(field: Field, comodel: Model, leaf: Leaf): Test {
    const { env, model } = this
    const [path, operator, right] = leaf
    if (isHierarchy(operator)) return this.domain(hierarchyLeaf(env, model, field, leaf))
    const isTexts = Array.isArray(right) && right.length > 0 && right.every(item => typeof item === 'string')
    if (typeof right !== 'string' && !isTexts) return leafTest(env, model, field, leaf)
    const byName = nameOperator(operator, right)
    const found = nameSearch(env.withContext({ active_test: false }), comodel, right, [], byName)
    const ids: Right = isNegative(byName) ? [...found, false] : new Found(found)
    return leafTest(env, model, field, [path, 'in', ids])
  }
}

/** 14 reads `<` and the like of a many2one and a text as "in". */
function nameOperator(operator: string, right: Json): string {
  const plain = /^[<>]=?$/.test(operator) ? 'in' : operator
  if (Array.isArray(right)) return plain === '=' ? 'in' : plain === '!=' ? 'not in' : plain
  return plain === 'in' ? '=' : plain === 'not in' ? '!=' : plain
}

/** Some ill-formed leaves are understood by Odoo as what was meant. */
function normalized([path, operator, right]: Leaf): Leaf {
  if (operator === '<>') return [path, '!=', right]
  const isIn = operator === 'in' || operator === 'not in'
  if (typeof right === 'boolean' && isIn) return [path, operator === 'in' ? '=' : '!=', right]
  if (Array.isArray(right) && (operator === '=' || operator === '!=')) {
    return [path, operator === '=' ? 'in' : 'not in', right]
  }
  return [path, operator, right]
}

export function plain(right: Right): Json {
  return right instanceof Found ? [...right.ids] : right
}

const reprs = (leaf: Leaf): Json[] => leaf.map(item => plain(item as Right))

/** The Python class of a field. */
function classOf({ name, type }: Field): string {
  if (name === 'id') return 'Id'
  const words = type.split('_').map(word => `${word[0]?.toUpperCase()}${word.slice(1)}`)
  return words.join('')
}
