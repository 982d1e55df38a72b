import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const doc = readFileSync(`${root}docs/security.md`, 'utf8')

interface Promised {
  promise: string
  /** Files with the title of the test in them, if one is named. */
  tests: { file: string; title: string | undefined }[]
}

/** The promises of the page, with the tests that it names for them. */
function promisesOf(text: string): Promised[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map(section => {
      const [promise = '', ...rest] = (section.split(/^## /m)[0] as string).split('\n')
      const named = [...rest.join('\n').matchAll(/^- \[(test\/[^\]]+)\]\(\.\.\/(test\/[^)]+)\)(?:: "(.+)")?$/gm)]
      const tests = named.map(([, shown, file = '', title]) => {
        if (shown !== file) throw new Error(`${shown} leads to ${file}`)
        return { file, title }
      })
      return { promise, tests }
    })
}

/** Tests that are named but are not there. */
function missing({ promise, tests }: Promised): string[] {
  if (tests.length === 0) return [`${promise}: no test`]
  return tests.flatMap(({ file, title }) => {
    if (!existsSync(root + file)) return [`${promise}: no file ${file}`]
    const source = readFileSync(root + file, 'utf8')
    return title === undefined || source.includes(title) ? [] : [`${promise}: no test "${title}" in ${file}`]
  })
}

const promises = promisesOf(doc)

t.test('every promise names tests that exist, by file and title', async t => {
  t.ok(promises.length >= 15)
  t.strictSame(promises.flatMap(missing), [])
})

t.test('every test of this folder belongs to a promise', async t => {
  const named = new Set(promises.flatMap(({ tests }) => tests.map(({ file }) => file)))
  const here = readdirSync(fileURLToPath(new URL('.', import.meta.url))).filter(name => name.endsWith('.test.ts'))
  const own = 'promises.test.ts'
  t.strictSame(
    here.filter(name => name !== own && !named.has(`test/security/${name}`)),
    []
  )
})

t.test('every attack of this folder has a control', async t => {
  for (const file of new Set(promises.flatMap(({ tests }) => tests.map(({ file }) => file)))) {
    if (file.startsWith('test/security/')) t.match(readFileSync(root + file, 'utf8'), /\bcontrol\b/, file)
  }
})

t.test('a promise without a test, and one whose test has gone, are found', async t => {
  const text = [
    '## Whom',
    '### Nothing breaks',
    'Really.',
    '### Nothing leaks',
    '- [test/security/gone.test.ts](../test/security/gone.test.ts): "x"',
    '- [test/security/ssrf.test.ts](../test/security/ssrf.test.ts): "no such title"',
    '## What is not promised'
  ].join('\n')
  t.strictSame(promisesOf(text).flatMap(missing), [
    'Nothing breaks: no test',
    'Nothing leaks: no file test/security/gone.test.ts',
    'Nothing leaks: no test "no such title" in test/security/ssrf.test.ts'
  ])
})
