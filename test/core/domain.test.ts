import t from 'tap'
import { Problems } from '../../src/core/check/problems.js'
import { type DomainNode, operators, parseDomain } from '../../src/core/domain.js'
import { GatewayError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import fc, { runs } from '../fast-check.js'
import { domainRefused, domainSent, openDoor } from './fake-odoo.js'

const named = ['name', '=', 'x']

const accepted: [title: string, domain: Json][] = [
  ['nothing', []],
  ['one leaf', [named]],
  ['leaves side by side', [named, ['email', 'ilike', '@']]],
  ['an operator with its operands', ['|', named, ['email', '!=', false]]],
  ['operators in operators', ['|', '&', named, named, '!', named]],
  ['a denied group', ['!', '|', named, named]],
  ['leaves after a complete operator', ['|', named, named, named]],
  ['the leaf that is always true', [[1, '=', 1]]],
  ['the leaf that is never true', [[0, '=', 1]]],
  ['a path over relations', [['parent_id.country_id.code', '=', 'BE']]],
  ['a condition on related records', [['child_ids', 'any', ['|', named, ['child_ids', 'not any', []]]]]]
]
for (const [title, domain] of accepted) {
  t.test(`a domain of ${title} goes to Odoo as it is, given as a list or as a JSON string`, async t => {
    t.strictSame(await domainSent(domain), domain)
    t.strictSame(await domainSent(JSON.stringify(domain)), domain)
  })
}

t.test('a search without a domain is one of everything', async t => {
  t.strictSame(await domainSent(undefined), [])
})

t.test('other spellings of an operator become its own', async t => {
  t.strictSame(
    await domainSent([
      ['name', '==', 'x'],
      ['name', '<>', 'y']
    ]),
    [
      ['name', '=', 'x'],
      ['name', '!=', 'y']
    ]
  )
})

const listed = operators.join(', ')
const refused: [title: string, domain: unknown, detail: string][] = [
  [
    'text that is not JSON',
    'name = x',
    'domain: the string is not JSON; expected a list in JSON, such as [["name", "ilike", "azure"]]'
  ],
  [
    "Python's notation",
    "[('name', '=', 'x')]",
    'domain: the string is not JSON; expected a list in JSON, such as [["name", "ilike", "azure"]]'
  ],
  ['empty text', '', 'domain: the string is not JSON; expected a list in JSON, such as [["name", "ilike", "azure"]]'],
  [
    'JSON that is no list',
    '{"name": "x"}',
    'domain: the string holds {"name":"x"}, not a list; expected a list such as [["name", "ilike", "azure"]]'
  ],
  [
    'JSON that is nested without end',
    `${'['.repeat(40)}${']'.repeat(40)}`,
    'domain: the JSON is nested deeper than 32 levels; expected a list in JSON, such as [["name", "ilike", "azure"]]'
  ],
  [
    'JSON that would change a prototype',
    '[["name", "=", {"__proto__": 1}]]',
    'domain: the JSON has a member that names a prototype, which is never accepted; expected a list in JSON, such as [["name", "ilike", "azure"]]'
  ],
  [
    'an object',
    { name: 'x' },
    'domain: {"name":"x"} is not a domain; expected a list such as [["name", "ilike", "azure"]]'
  ],
  ['null', null, 'domain: null is not a domain; expected a list such as [["name", "ilike", "azure"]]'],
  ['false', false, 'domain: false is not a domain; expected a list such as [["name", "ilike", "azure"]]'],
  [
    'a leaf without its list',
    named,
    'domain: a single leaf; expected a list of leaves. Did you mean [["name","=","x"]]?'
  ],
  [
    'a leaf of two items',
    [['name', '=']],
    'domain[0]: a leaf with 2 items; expected the three of [field, operator, value]'
  ],
  [
    'a leaf of four items',
    [named, ['name', '=', 'x', 'y']],
    'domain[1]: a leaf with 4 items; expected the three of [field, operator, value]'
  ],
  ['an object for a leaf', [{ name: 'x' }], 'domain[0]: {"name":"x"} is not a leaf; expected [field, operator, value]'],
  ['a number for a leaf', [named, 5], 'domain[1]: 5 is not a leaf; expected [field, operator, value]'],
  [
    'the word "or"',
    ['OR', named, named],
    'domain[0]: "OR" is not an operator; expected "&", "|", "!" or a leaf. Did you mean "|"?'
  ],
  [
    'the word "and"',
    ['and', named, named],
    'domain[0]: "and" is not an operator; expected "&", "|", "!" or a leaf. Did you mean "&"?'
  ],
  ['another word', [named, 'xor'], 'domain[1]: "xor" is not an operator; expected "&", "|", "!" or a leaf.'],
  ['"|" with one operand', ['|', named], 'domain[0]: "|" misses 1 of its operands; expected two operands after it'],
  ['"&" at the end', [named, '&'], 'domain[1]: "&" misses 2 of its operands; expected two operands after it'],
  ['"!" with nothing after it', ['!'], 'domain[0]: "!" misses 1 of its operands; expected one operand after it'],
  [
    'an operator inside that is not complete',
    ['|', named, '!', '&', named],
    'domain[3]: "&" misses 1 of its operands; expected two operands after it'
  ],
  [
    'an operator in capitals',
    [['name', 'ILIKE', 'x']],
    `domain[0][1]: "ILIKE" is not an operator; expected one of ${listed}. Did you mean "ilike"?`
  ],
  [
    'an operator that is a property of every object',
    [['name', 'constructor', 'x']],
    `domain[0][1]: "constructor" is not an operator; expected one of ${listed}.`
  ],
  [
    'an operator that is no text',
    [['name', null, 'x']],
    `domain[0][1]: null is not an operator; expected one of ${listed}.`
  ],
  [
    'a field that is no text',
    [named, [5, '=', 1]],
    'domain[1][0]: 5 is not a field; expected its name, or a path such as partner_id.country_id'
  ],
  [
    'an empty field',
    [['', '=', 1]],
    'domain[0][0]: "" is not a field; expected its name, or a path such as partner_id.country_id'
  ],
  [
    'the constants with other values',
    [[1, '=', 2]],
    'domain[0][0]: 1 is not a field; expected its name, or a path such as partner_id.country_id'
  ],
  [
    'a field that does not exist',
    [named, ['nmae', '=', 'x']],
    'domain[1][0]: unknown field "nmae" on res.partner; expected one of its fields. Did you mean "name"?'
  ],
  [
    'a path with a wrong segment',
    [['parent_id.country_id.cod', '=', 'BE']],
    'domain[0][0]: unknown field "cod" on res.country; expected one of its fields. Did you mean "code"?'
  ],
  [
    'a path that ends in a dot',
    [['parent_id.', '=', 5]],
    'domain[0][0]: unknown field "" on res.partner; expected one of its fields.'
  ],
  [
    'a path through what is no relation',
    [['name.code', '=', 'BE']],
    'domain[0][0]: "name" is a char field, nothing can follow it; expected a relation before a dot.'
  ],
  [
    'a path through a misspelt part of a date',
    [['date.month', '=', 5]],
    'domain[0][0]: "date" is a date field, nothing can follow it; expected a relation before a dot.'
  ],
  [
    'a path through a nearly right part of a date',
    [['date.month_numbr', '=', 5]],
    'domain[0][0]: "date" is a date field, nothing can follow it; expected a relation before a dot. Did you mean "month_number"?'
  ],
  [
    'a field that cannot be searched, which Odoo 14 would take for "true"',
    [['contact_address', 'ilike', 'x']],
    'domain[0][0]: the field "contact_address" of res.partner cannot be searched; expected a field that can be'
  ],
  [
    'a field that cannot be searched behind a dot',
    [['parent_id.contact_address', 'ilike', 'x']],
    'domain[0][0]: the field "contact_address" of res.partner cannot be searched; expected a field that can be'
  ],
  [
    'a path without end',
    [[`${'parent_id.'.repeat(16)}name`, '=', 'x']],
    'domain[0][0]: a path of 17 fields; expected at most 16'
  ],
  [
    'a mistake in a nested domain',
    [named, ['child_ids', 'any', [named, ['nmae', '=', 1]]]],
    'domain[1][2][1][0]: unknown field "nmae" on res.partner; expected one of its fields. Did you mean "name"?'
  ],
  [
    'a nested domain that is none',
    [['child_ids', 'any', 5]],
    'domain[0][2]: 5 is not a domain; expected a list such as [["name", "ilike", "azure"]]'
  ],
  [
    '"any" on a field without records',
    [['name', 'any', [named]]],
    'domain[0][1]: "any" on name; expected a field that holds records'
  ]
]
for (const [title, domain, detail] of refused) {
  t.test(`a domain with ${title} is refused where it is wrong`, async t => {
    const error = await domainRefused(domain)
    t.equal(error.code, 'invalid_input')
    t.equal(error.detail, detail)
  })
}

t.test('every mistake of a domain is told, up to five', async t => {
  const error = await domainRefused([['a', 'b', 1], 'xor', ['nmae', '=', 'x'], ['color', '=', 'x'], ['x', '=', 1], 5])
  t.strictSame(
    error.extra.errors?.map(problem => problem.path),
    ['domain[0][1]', 'domain[1]', 'domain[5]', 'domain[2][0]', 'domain[3][2]']
  )
})

t.test('what a version of Odoo does not know is refused for it, and goes to one that does', async t => {
  const cases: [Json, since: number, detail: RegExp][] = [
    [[['child_ids', 'any', [named]]], 17, /^domain\[0\]\[1\]: the operator "any" needs Odoo 17/],
    [[['child_ids', 'not any', [named]]], 17, /^domain\[0\]\[1\]: the operator "not any" needs Odoo 17/],
    [[['name', 'not =like', 'x']], 19, /^domain\[0\]\[2\]: name: the operator "not =like" needs Odoo 19/],
    [[['name', 'not =ilike', 'x']], 19, /^domain\[0\]\[2\]: name: the operator "not =ilike" needs Odoo 19/],
    [[['date.month_number', '=', 5]], 18, /^domain\[0\]\[0\]: "date" is a date field/],
    [[['create_date.year_number', '>', 2020]], 18, /^domain\[0\]\[0\]: "create_date" is a datetime field/],
    [[['traits.colour', '=', 'red']], 16, /^domain\[0\]\[0\]: "traits" is a properties field/]
  ]
  for (const [domain, since, detail] of cases) {
    t.match(await domainRefused(domain, { major: since - 1 }), { code: 'invalid_input', detail })
    t.strictSame(await domainSent(domain, { major: since }), domain)
  }
})

t.test('the fields of a model behind a dot are asked for once the policy has allowed it', async t => {
  const door = openDoor()
  await door.call('odoo_count', { model: 'res.partner', domain: [['user_id.login', '=', 'ada']] })
  t.ok(door.odoo.described.includes('res.users'))
  const denied = openDoor({ policy: { deniedModels: ['res.users'] } })
  t.match(await denied.refused('odoo_count', { model: 'res.partner', domain: [['user_id.login', '=', 'ada']] }), {
    code: 'policy_denied',
    detail: 'domain[0][0]: the policy of this server gives no access to res.users'
  })
  t.notOk(denied.odoo.described.includes('res.users'))
})

// ---------------------------------------------------------------------------------------------------------------
// Properties: nothing is widened, shortened or dropped

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.tuple(
    fc.constantFrom('name', 'email', 'parent_id.name'),
    fc.constantFrom('=', '!=', 'ilike'),
    fc.constantFrom('x', 'yz')
  ),
  fc.tuple(fc.constantFrom('id', 'color'), fc.constantFrom('in', 'not in'), fc.array(fc.nat(9))),
  fc.tuple(fc.constant('is_company'), fc.constantFrom('=', '!='), fc.boolean()),
  fc.tuple(fc.constantFrom(0, 1), fc.constant('='), fc.constant(1))
)

/** A domain tree, written in prefix form. */
const tree: fc.Arbitrary<Json[]> = fc.letrec<{ tree: Json[] }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf.map(item => [item]),
    tie('tree').map(a => ['!', ...a]),
    fc.tuple(fc.constantFrom('&', '|'), tie('tree'), tie('tree')).map(([sign, a, b]) => [sign, ...a, ...b]),
    tie('tree').map(sub => [['child_ids', 'any', sub]])
  )
})).tree

/** Trees side by side, as Odoo joins them by "&". */
const domain = fc.array(tree, { minLength: 1, maxLength: 3 }).map(trees => trees.flat())

function parse(input: unknown): { nodes: DomainNode[]; problems: boolean } {
  const problems = new Problems()
  return { nodes: parseDomain(input, 'domain', problems), problems: problems.any }
}

t.test('any valid tree reaches Odoo unchanged, given as a list or as a JSON string', async t => {
  const check = async (given: Json[]) => {
    t.strictSame(await domainSent(given), given)
    t.strictSame(await domainSent(JSON.stringify(given)), given)
  }
  await fc.assert(fc.asyncProperty(domain, check), { numRuns: runs(60) })
})

t.test('a tree with one item left out is refused, or is the rest as it stands', async t => {
  const check = (given: Json[], at: number) => {
    const index = at % given.length
    const rest = given.filter((_item, i) => i !== index)
    const { nodes, problems } = parse(rest)
    t.ok(problems || nodes.length === rest.length)
  }
  fc.assert(fc.property(domain, fc.nat(), check))
})

t.test('an operator without its last operand is always refused', async t => {
  const check = (given: Json[]) => {
    t.ok(parse(given.slice(0, -1)).problems)
  }
  const connected = tree.filter(given => given.length > 1)
  fc.assert(fc.property(connected, check))
})

t.test('a leaf with one item left out or put in is always refused', async t => {
  const check = (given: Json, at: number) => {
    const items = given as Json[]
    t.ok(parse([[...items.slice(0, at), ...items.slice(at + 1)]]).problems)
    t.ok(parse([[...items.slice(0, at), 'name', ...items.slice(at)]]).problems)
  }
  fc.assert(fc.property(leaf, fc.nat(2), check))
})

t.test('an operator put in anywhere is refused, or leaves every other item in its place', async t => {
  const check = (given: Json[], at: number, sign: '&' | '|' | '!') => {
    const more = [...given.slice(0, at), sign, ...given.slice(at)]
    const { nodes, problems } = parse(more)
    t.ok(problems || nodes.length === more.length)
  }
  fc.assert(fc.property(domain, fc.nat(5), fc.constantFrom('&', '|', '!'), check))
})

t.test('no JSON crashes the parser, and only an empty list is an empty domain', async t => {
  const check = (given: unknown) => {
    const { nodes, problems } = parse(given)
    t.ok(problems || nodes.length > 0 || (Array.isArray(given) && given.length === 0))
  }
  fc.assert(fc.property(fc.jsonValue(), check))
  fc.assert(fc.property(fc.array(fc.jsonValue()), check))
  fc.assert(
    fc.property(
      fc.string().filter(text => text.replaceAll(/\s/g, '') !== '[]'),
      check
    )
  )
})

t.test('no JSON in place of an input crashes a tool, and no domain gets shorter on its way to Odoo', async t => {
  const anything: fc.Arbitrary<unknown> = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.oneof(leaf, fc.constantFrom('&', '|', '!'), fc.jsonValue())),
    fc.array(
      fc.tuple(
        fc.constantFrom('name', 'id', 'parent_id', 'date', 'nope'),
        fc.constantFrom(...operators),
        fc.jsonValue()
      )
    )
  )
  const check = async (given: unknown) => {
    const door = openDoor()
    const sent = await door
      .call('odoo_count', { model: 'res.partner', domain: given })
      .then(() => door.odoo.args[0]?.[1] as Json[])
      .catch((error: unknown) => (error instanceof GatewayError ? undefined : Promise.reject(error)))
    t.ok(sent === undefined || sent.length === (given as Json[]).length)
  }
  await fc.assert(fc.asyncProperty(anything, check), { numRuns: runs(200) })
})
