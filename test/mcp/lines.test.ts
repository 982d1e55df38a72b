import { Readable } from 'node:stream'
import t from 'tap'
import { guardLines, type Refusal } from '../../src/mcp/lines.js'

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
const line = JSON.stringify(ping)

/** What comes through and what is refused, when the text arrives in these pieces. */
async function guard(...pieces: (string | Buffer)[]) {
  const refused: Refusal[] = []
  const stream = Readable.from(pieces.map(piece => Buffer.from(piece))).pipe(
    guardLines(refusal => refused.push(refusal))
  )
  let passed = ''
  for await (const chunk of stream) passed += chunk
  return { passed: passed.split('\n').filter(Boolean), refused: refused.map(({ id, error }) => [id, error.code]) }
}

t.test('messages pass, however they are cut into chunks', async t => {
  const text = Buffer.from(`${JSON.stringify({ ...ping, params: { name: 'Zoë ☕' } })}\r\n${line}\n`)
  const bytes = Array.from(text, byte => Buffer.from([byte]))
  const { passed, refused } = await guard(...bytes)
  t.strictSame(
    passed.map(message => JSON.parse(message)),
    [{ ...ping, params: { name: 'Zoë ☕' } }, ping]
  )
  t.strictSame(refused, [])
})

t.test('a last line without an end passes', async t => {
  t.strictSame(await guard(line), { passed: [line], refused: [] })
})

t.test('empty lines are nothing', async t => {
  t.strictSame(await guard(`\n \n\r\n${line}\n\n`), { passed: [line], refused: [] })
})

const deep = (levels: number) =>
  `{"jsonrpc":"2.0","id":9,"method":"x","params":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`
const refusals: [title: string, text: string, refused: [Refusal['id'], number][]][] = [
  ['a line that is not JSON', 'Listening on port 8000', [[null, -32700]]],
  ['a number', '7', [[null, -32600]]],
  ['an object that is no message', '{"id":3}', [[3, -32600]]],
  [
    'a key that would become the prototype',
    '{"jsonrpc":"2.0","id":4,"method":"x","params":{"__proto__":{}}}',
    [[4, -32600]]
  ],
  ['nesting deeper than 32', deep(31), [[9, -32600]]],
  ['nesting that would exhaust the stack', deep(100_000), [[9, -32600]]],
  ['an empty batch', '[]', [[null, -32600]]],
  ['a batch of more than 100', JSON.stringify(Array(101).fill(ping)), [[null, -32600]]],
  ['one bad message of a batch', `[{"id":6},${line}]`, [[6, -32600]]]
]
for (const [title, text, refused] of refusals) {
  t.test(`${title} is refused, and what follows passes`, async t => {
    const result = await guard(`${text}\n${line}\n`)
    t.strictSame(result.refused, refused)
    t.equal(result.passed.at(-1), line)
  })
}

t.test('nesting of 32 passes', async t => {
  t.strictSame(await guard(deep(30)), { passed: [deep(30)], refused: [] })
})

t.test('a line of more than 10 MiB is refused without being kept', async t => {
  const mebi = 'x'.repeat(1024 * 1024)
  t.strictSame(await guard(...Array(11).fill(mebi), `\n${line}\n`), { passed: [line], refused: [[null, -32600]] })
})
