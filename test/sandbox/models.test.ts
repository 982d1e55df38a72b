import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { specs } from '../../src/sandbox/models/index.js'
import { type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.js'
import { ensureLanguage } from '../lab/languages.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'

type Version = NonNullable<SandboxOptions['version']>
type Fields = { [field: string]: JsonObject }

/** What a client can see of a field, and what the sandbox claims to be the same. */
const attributes =
  'type string required readonly store searchable sortable relation selection translate company_dependent related size digits currency_field groups'.split(
    ' '
  )

/** Where the sandbox differs from Odoo, and why that is. */
const exceptions: readonly (readonly [what: RegExp, why: string])[] = [
  [/ tz selection$/, 'each has the time zones of its host'],
  [
    /^(14|19) res\.users\.apikeys (create_uid|write_uid|write_date) /,
    'Odoo keeps no log of keys; every model here does'
  ],
  [/^(14|19) mail\.activity\.type create_uid (string|readonly)$/, 'redefined in Odoo; the same for every model here'],
  [/^(14|19) mail\.activity res_model related$/, 'kept as a column here, from which res_model_id comes'],
  [/^19 crm\.lead company_currency sortable$/, 'Odoo has SQL of its own for this computed field']
]

const reals = (await odoos()).filter(({ version }) => version === '14' || version === '19')
if (reals.length === 0) t.test('models are those of a real Odoo', { skip: noOdoo }, async () => {})

for (const lab of reals) {
  t.test(`models have the fields of a real Odoo ${lab.version}`, async t => {
    const real = await logInDirectly(lab)
    // The sandbox has it, too.
    await ensureLanguage(real, Number(lab.version), 'fr_FR')
    const { odoo: ours, names } = await open(lab.version, t.teardown.bind(t))
    const differences: string[] = []
    const used = new Set<RegExp>()
    for (const name of names) {
      const [expected, actual] = await Promise.all(
        [real, ours].map(odoo => odoo.call<Fields>(name, 'fields_get', [], { attributes }))
      )
      for (const difference of differencesOf(expected as Fields, actual as Fields)) {
        const line = `${lab.version} ${name} ${difference}`
        const known = exceptions.find(([what]) => what.test(line))
        if (known === undefined) differences.push(line)
        else used.add(known[0])
      }
    }
    t.strictSame(differences, [])
    t.ok(names.length > 40, 'all models were compared')
    const stale = exceptions.filter(([what]) => !used.has(what) && concerns(what, lab.version))
    t.strictSame(stale, [], 'every exception is needed')
  })
}

/** Whether an exception is one of this release. */
function concerns(what: RegExp, version: string): boolean {
  return !/^\^(14|19) /.test(what.source) || what.source.startsWith(`^${version} `)
}

for (const version of [14, 17, 19] as const) {
  t.test(`every record of Odoo ${version} can be read in full, by who may`, async t => {
    const { odoo, names } = await open(String(version), t.teardown.bind(t))
    // Nobody may read the messages of the bus.
    const unreadable = specs.filter(({ abstract, access }) => abstract || access.length === 0).map(({ name }) => name)
    for (const name of names.filter(name => !unreadable.includes(name))) {
      const rows = await odoo.call<JsonObject[]>(name, 'search_read', [[]], { limit: 50 })
      for (const { display_name } of rows) t.type(display_name, 'string', `${name} has names`)
    }
  })
}

async function open(version: string, teardown: (close: () => Promise<void>) => void) {
  const major = Number(version)
  const sandbox = await startSandbox({ version: major as Version, port: 0 })
  teardown(() => sandbox.close())
  const { url, database, users } = sandbox
  const odoo = await logInDirectly({ url, database, username: users.admin.username, password: users.admin.password })
  const own = specs.filter(({ from = 0, until = 99 }) => from <= major && major <= until)
  return { odoo, names: own.map(({ name }) => name) }
}

function differencesOf(expected: Fields, actual: Fields): string[] {
  return Object.entries(actual).flatMap(([field, ours]) => {
    const theirs = expected[field]
    if (theirs === undefined) return [`${field} is not there`]
    const differing = attributes.filter(name => comparable(name, ours) !== comparable(name, theirs))
    return differing.map(name => `${field} ${name}`)
  })
}

/** Odoo 14 says `1` for some truths, and an attribute that is left out is as good as a false one. */
function comparable(attribute: string, field: JsonObject): string {
  const value = field[attribute] ?? false
  return JSON.stringify(typeof value === 'number' && attribute !== 'size' ? Boolean(value) : value)
}
