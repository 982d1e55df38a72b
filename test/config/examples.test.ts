import { readFileSync } from 'node:fs'
import t from 'tap'
import { keysOf, settingNames, variablesOf } from '../../src/config/settings.js'
import { load } from './loading.js'

const examples = {
  'config.example.yaml': { path: 'config.yaml', namesOf: keysOf },
  '.env.example': { path: '.env', namesOf: variablesOf }
}

const nameIn = (line: string) => /^ *([A-Za-z_]+)[:=]/.exec(line)?.[1]

for (const [example, { path, namesOf }] of Object.entries(examples)) {
  const text = readFileSync(new URL(`../../${example}`, import.meta.url), 'utf8')
  // Prose begins with "# ", a setting with "#" alone; what is nested is indented by two.
  const uncommented = text.replace(/^#(?=\S| {2}\S)/gm, '')

  t.test(`${example} loads as it is, and means the defaults`, async t => {
    t.strictSame(load({ files: { [path]: text } }), load())
  })

  t.test(`${example} with every setting uncommented still means the defaults`, async t => {
    t.strictSame(load({ files: { [path]: uncommented } }), load())
  })

  t.test(`${example} names every setting once`, async t => {
    const named = uncommented.split('\n').flatMap(line => nameIn(line) ?? [])
    const wanted = settingNames.filter(name => namesOf(name).length > 0)
    for (const name of wanted) {
      const own = namesOf(name).map(key => key.split('.').at(-1))
      t.ok(
        named.some(one => own.includes(one)),
        name
      )
    }
    t.equal(new Set(named).size, named.length)
  })
}
