import { readFileSync } from 'node:fs'
import t from 'tap'
import { sandboxFlags } from '../../src/commands/sandbox-flags.js'
import { checkFault } from '../../src/sandbox/fault-check.js'

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')

t.test('the page on the sandbox has every kind of fault, and no other', async t => {
  const table = page.slice(page.indexOf('| Kind |'))
  const documented = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind)
  const known = /known: (.*)$/.exec(messageOf(() => checkFault({ kind: 'zzzzzzzzzzzz' })))?.[1]?.split(', ') ?? []
  t.ok(known.length > 5)
  t.strictSame(documented.sort(), known.sort())
})

t.test('the page on the sandbox names every flag', async t => {
  for (const flag of Object.keys(sandboxFlags)) t.match(page, `--${flag}`)
})

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
