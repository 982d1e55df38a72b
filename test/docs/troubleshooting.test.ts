import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const doc = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')

const quotes = (text: string) => [...text.matchAll(/^> (.+)$/gm)].map(([, words]) => words as string)

/** Everything that this server says, as its source has it. */
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.startsWith('sandbox'))
  .map(name => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n')
  // A sentence of several parts.
  .replace(/' \+\n\s*'/g, '')

/** The words of a quotation that no message of the server has. */
function unknownWords(quote: string): string[] {
  return quote
    .split('…')
    .map(words => words.trim())
    .filter(words => /\w{3}/.test(words) && !source.includes(words))
}

t.test('every message that the page quotes is one of this server', async t => {
  t.ok(quotes(doc).length > 25)
  for (const quote of quotes(doc)) t.strictSame(unknownWords(quote), [], quote)
})

t.test('a message that nobody says is found', async t => {
  t.strictSame(unknownWords('Port … of … is taken: stop what listens there'), ['is taken: stop what listens there'])
})

t.test('every setting that it names exists', async t => {
  const { settingNames, variablesOf, flagOf } = await import('../../src/config/settings.js')
  const known = new Set<string>([...settingNames, ...settingNames.flatMap(variablesOf)])
  const named = [...doc.matchAll(/`([A-Z][A-Z_]{5,}|[a-z]+_[a-z_]+)(?:[=:][^`]*)?`/g)].map(([, name]) => name as string)
  const others =
    /^(odoo_(connect|get_fields|session)|request_id|retry_after_s|not_applied|access_denied|not_found|proxy_buffering.*)$/
  t.ok(named.length > 10)
  t.strictSame(
    named.filter(name => !known.has(name) && !others.test(name)),
    []
  )
  for (const [, flag = ''] of doc.matchAll(/`--([a-z-]+)/g)) t.ok(settingNames.map(flagOf).includes(flag), flag)
})
