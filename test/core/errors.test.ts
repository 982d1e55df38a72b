import t from 'tap'
import { Problems } from '../../src/core/check/problems.js'
import { errorCodes, GatewayError, toProblem } from '../../src/core/errors.js'
import { assertSafeJson, maxDepth, parseJson } from '../../src/core/json.js'
import { didYouMean, nearest } from '../../src/core/nearest.js'
import { normaliseUrl } from '../../src/core/odoo-url.js'
import { toJsonSchema } from '../../src/core/schemas.js'
import { search } from '../../src/tools/search.js'

t.test(
  'the codes are those of the contract, each with its HTTP status and its number in the early dialect',
  async t => {
    const table = Object.entries(errorCodes).map(([code, { status, rpc }]) => [code, status, rpc])
    t.strictSame(table, [
      ['invalid_input', 400, -32004],
      ['auth_required', 401, -32000],
      ['auth_failed', 401, -32000],
      ['access_denied', 403, -32000],
      ['policy_denied', 403, -32000],
      ['not_found', 404, -32000],
      ['conflict', 409, -32000],
      ['validation', 422, -32000],
      ['rate_limited', 429, -32001],
      ['busy', 503, -32001],
      ['odoo_unavailable', 502, -32000],
      ['odoo_error', 502, -32000],
      ['timeout', 504, -32000],
      ['cancelled', 499, -32000],
      ['internal', 500, -32603]
    ])
  }
)

t.test('an error becomes a problem with everything that is known of it but its cause', async t => {
  const error = new GatewayError('busy', 'full', { hint: 'wait', retry_after_s: 5, cause: new Error('inside') })
  t.strictSame(toProblem(error, 'r-1'), {
    type: 'urn:odoo-mcp:problem:busy',
    title: 'Busy',
    status: 503,
    detail: 'full',
    code: 'busy',
    request_id: 'r-1',
    hint: 'wait',
    retry_after_s: 5
  })
})

for (const thrown of [
  new TypeError('at /srv/app'),
  'at /srv/app',
  undefined,
  null,
  { code: 'busy', detail: 'at /srv/app' }
]) {
  t.test(`${JSON.stringify(thrown) ?? 'undefined'} thrown by mistake shows nothing of itself`, async t => {
    t.strictSame(toProblem(thrown, 'r-1'), {
      type: 'urn:odoo-mcp:problem:internal',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong in this server. Its log has the details under this request id.',
      code: 'internal',
      request_id: 'r-1'
    })
  })
}

t.test('more can be said of an error, and the rest of it stays', async t => {
  const cause = new Error('inside')
  const error = new GatewayError('timeout', 'late', { hint: 'wait', cause })
  const more = error.with({ outcome: 'unknown', hint: 'look' })
  t.match(more, {
    code: 'timeout',
    detail: 'late',
    message: 'timeout: late',
    extra: { hint: 'look', outcome: 'unknown' }
  })
  t.equal(more.cause, cause)
  t.strictSame(error.extra, { hint: 'wait' })
  t.notOk('cause' in new GatewayError('timeout', 'late'))
})

t.test('problems of understanding are told before refusals, five at most, with the first hint', async t => {
  const problems = new Problems()
  t.notOk(problems.any)
  problems.throwIfAny()
  problems.deny('z', 'denied')
  t.ok(problems.any)
  t.throws(() => problems.throwIfAny(), { code: 'policy_denied', detail: 'z: denied' })
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) problems.add(name, 'wrong', name === 'b' ? 'first' : 'later')
  t.throws(() => problems.throwIfAny(), {
    code: 'invalid_input',
    detail: 'a: wrong',
    extra: { hint: 'later', errors: ['a', 'b', 'c', 'd', 'e'].map(path => ({ path, detail: 'wrong' })) }
  })
})

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

t.test('JSON may be nested as deep as any Odoo call needs, and no deeper', async t => {
  t.ok(parseJson(deep(maxDepth)))
  t.throws(() => parseJson(deep(maxDepth + 1)), { code: 'invalid_input', detail: /deeper than 32/ })
})

for (const text of ['{"a": [{"__proto__": 1}]}', '{"a": {"constructor": {"prototype": {}}}}']) {
  t.test(`${text} could replace a prototype, and is refused`, async t => {
    t.throws(() => parseJson(text), { code: 'invalid_input', detail: /names a prototype/ })
  })
}

t.test('other members may be called anything', async t => {
  const harmless = '{"a": ["__proto__", null, 1, true], "constructor": {"name": "x"}, "prototype": 1}'
  t.equal(JSON.stringify(parseJson(harmless)), JSON.stringify(JSON.parse(harmless)))
  assertSafeJson(undefined)
})

t.test('what is not JSON is a syntax error', async t => {
  t.throws(() => parseJson('{'), SyntaxError)
})

const words: [word: string, found: string | undefined][] = [
  ['name', 'name'],
  ['nmae', 'name'],
  ['NAME', 'name'],
  ['parner_id', 'partner_id'],
  ['foo', undefined],
  ['', undefined],
  ['completely_other', undefined]
]
for (const [word, found] of words) {
  t.test(`the nearest to "${word}" is ${found ?? 'nothing'}`, async t => {
    t.equal(nearest(word, ['name', 'partner_id', 'namespace']), found)
  })
}

t.test('a suggestion ends a sentence, or there is none', async t => {
  t.equal(didYouMean('nmae', new Set(['name'])), ' Did you mean "name"?')
  t.equal(didYouMean('foo', ['name']), '')
})

const urls: [text: string, normal: string][] = [
  ['https://erp.example.com', 'https://erp.example.com'],
  ['HTTPS://ERP.Example.com:443/', 'https://erp.example.com'],
  ['http://erp.example.com:80', 'http://erp.example.com'],
  ['http://erp.example.com:8069//', 'http://erp.example.com:8069'],
  ['https://example.com/Odoo/', 'https://example.com/Odoo'],
  ['http://[::1]:8069', 'http://[::1]:8069'],
  ['https://erp.example.com./', 'https://erp.example.com.']
]
for (const [text, normal] of urls) {
  t.test(`the address ${text} is ${normal}`, async t => {
    t.equal(normaliseUrl(text), normal)
  })
}

const badUrls: [text: string, why: string][] = [
  ['', 'is not an address'],
  ['erp.example.com', 'is not an address'],
  ['http://', 'is not an address'],
  ['ftp://erp.example.com', 'is not http or https'],
  ['javascript:alert(1)', 'is not http or https'],
  ['file:///etc/passwd', 'is not http or https'],
  ['https://ada:pw@erp.example.com', 'carries a user; username and password are given apart'],
  ['https://ada@erp.example.com', 'carries a user; username and password are given apart'],
  ['https://erp.example.com/?db=prod', 'carries a query or a fragment'],
  ['https://erp.example.com/#x', 'carries a query or a fragment']
]
for (const [text, why] of badUrls) {
  t.test(`the address "${text}" ${why}, and is refused without repeating it`, async t => {
    t.throws(() => normaliseUrl(text), {
      code: 'invalid_input',
      detail: `url: ${why}; expected an address such as "https://erp.example.com"`
    })
  })
}

t.test('a published schema is plain JSON without our words for messages', async t => {
  const schema = toJsonSchema(search.input)
  t.match(schema, { type: 'object', additionalProperties: false, required: ['model'] })
  t.notMatch(JSON.stringify(schema), /technical name of a model, such/)
})

t.test('millions of brackets are refused before they are parsed, and brackets in text are text', async t => {
  // Whatever follows has not been looked at: it is no JSON.
  for (const text of ['['.repeat(5_000_000), `${'[{"a":'.repeat(1_000_000)}`, `${'['.repeat(33)} no JSON`]) {
    t.throws(() => parseJson(text), { code: 'invalid_input', detail: 'the JSON is nested deeper than 32 levels' })
  }
  t.throws(() => parseJson(`${'['.repeat(32)} no JSON`), SyntaxError, 'control')
  const texts = ['['.repeat(50), `\\"${'{'.repeat(50)}`, `${'\\'.repeat(7)}${'['.repeat(50)}`]
  for (const text of texts) t.strictSame(parseJson(JSON.stringify([text, [text]])), [text, [text]])
})
