import t from 'tap'
import { ConfigError } from '../../src/config/config.js'
import type { Setting } from '../../src/config/setting.js'
import { flagOf, keysOf, type SettingName, settingNames, settings, variablesOf } from '../../src/config/settings.js'
import fc, { runs } from '../fast-check.js'
import { type Given, load, problemsOf } from './loading.js'

const secret = 'hunter2-Xyzzy'
const names = fc.constantFrom(...settingNames)

// ---------------------------------------------------------------------------------------------------------------
// Rubbish

const json = fc.object({ key: fc.stringMatching(/^[a-z_]{1,8}$/) }).map(value => JSON.stringify(value))
const rubbish = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '*',
    '!x',
    '&a',
    '-1',
    '1e999',
    '[',
    '["a"',
    '{}',
    '[{"type":"FileHandler"}]',
    '%(x)s',
    'constructor',
    '__proto__'
  ),
  json
)
// Not fc.dictionary or fc.json, which cannot make the key "valueOf" here: tap has frozen what all objects inherit.
const objectOf = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 10 }).map(pairs => Object.fromEntries(pairs) as Record<string, T>)
const flags = objectOf(fc.oneof(names.map(flagOf), fc.string()), fc.oneof(rubbish, fc.constant(true as const)))
const env = objectOf(
  fc.oneof(
    names.map(name => variablesOf(name)[0] ?? 'UID'),
    fc.string().map(text => `ODOO_${text}`)
  ),
  rubbish
)
const line = fc.tuple(
  fc.oneof(
    names.map(name => keysOf(name)[0] ?? 'config'),
    fc.string()
  ),
  rubbish,
  fc.constantFrom(': ', ':', ' : ', ':\n  - ', ':\n\t')
)
const yaml = fc.oneof(
  fc.string(),
  fc.array(line).map(lines => lines.map(([key, value, colon]) => key + colon + value).join('\n')),
  json
)

t.test('whatever the sources hold, the settings load or say what is wrong; nothing else is thrown', async t => {
  let refused = 0
  const property = fc.property(flags, env, yaml, fc.string(), (flags, env, yaml, dotenv) => {
    try {
      load({ flags, env, files: { '.env': dotenv, 'config.yaml': yaml } }, 'http')
    } catch (error) {
      refused += 1
      if (!(error instanceof ConfigError)) throw error
      return error.problems.length > 0 && error.problems.every(problem => typeof problem === 'string' && problem !== '')
    }
    return true
  })
  fc.assert(property, { numRuns: runs(300) })
  t.ok(refused > 100, 'control: much of it is refused')
})

t.test('no problem shows a secret, wherever it was put and whatever stands beside it', async t => {
  const secrets = ['password', 'api_key', 'access_keys', 'live_channel'] as const
  const forms = [secret, `a=${secret}`, `["${secret}"]`, `https://ada:${secret}@erp`, `${secret}, ${secret}`]
  const where = fc.constantFrom('flag', 'variable', '.env', 'yaml', 'bare yaml')
  const name = fc.oneof(fc.constantFrom(...secrets), fc.constantFrom('odoo_url' as const, 'bus_url' as const))
  let refused = 0
  const property = fc.property(
    name,
    fc.constantFrom(...forms),
    where,
    flags,
    env,
    yaml,
    (name, text, where, flags, env, rest) => {
      const variable = variablesOf(name)[0] as string
      const value = name.endsWith('_url') ? `https://ada:${secret}@erp/${text}` : text
      const given: Given = {
        flags: { ...flags, ...(where === 'flag' && { [flagOf(name)]: value }) },
        env: { ...env, ...(where === 'variable' && { [variable]: value }) },
        files: {
          '.env': where === '.env' ? `${variable}='${value}'` : '',
          'config.yaml': `${where === 'yaml' ? `${name}: ${JSON.stringify(value)}\n` : where === 'bare yaml' ? `${name}: ${value}\n` : ''}${rest}`
        }
      }
      const problems = problemsOf(given, 'http')
      refused += problems.length > 0 ? 1 : 0
      return !problems.join('\n').includes(secret)
    }
  )
  fc.assert(property, { numRuns: runs(300) })
  t.ok(refused > 100, 'control: much of it is refused')
})

// ---------------------------------------------------------------------------------------------------------------
// What is right, by each way in

type Value = string | number | boolean | readonly unknown[]

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/)
const plain = fc.stringMatching(/^[^'\r\n\0]{1,20}$/)
const url = word.map(host => `https://${host}.example.com`)
const level = fc.constantFrom('debug', 'INFO', 'warning')
const handler = fc.oneof(
  fc.record({ type: fc.constant('StreamHandler'), level }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('FileHandler'), filename: word, level }, { requiredKeys: ['type', 'filename'] })
)

const special: Partial<Record<SettingName, fc.Arbitrary<Value>>> = {
  host: fc.constantFrom('127.0.0.1', 'localhost', '::1', '0.0.0.0', 'mcp.example.com'),
  allowed_origins: fc.array(url),
  allowed_odoo_hosts: fc.array(word.map(name => `*.${name}`)),
  allowed_hosts: fc.array(word),
  // Of digits alone it is not read from a variable UID, which is that of a shell.
  uid: word
}

function validOf(name: SettingName): fc.Arbitrary<Value> {
  const { kind, minimum = 0, maximum = 1000 } = settings[name] as Setting
  if (special[name] !== undefined) return special[name]
  if (kind === 'boolean') return fc.boolean()
  if (kind === 'integer' || kind === 'bytes') return fc.integer({ min: minimum, max: maximum })
  if (kind === 'seconds') return fc.integer({ min: minimum * 10, max: maximum * 10 }).map(tenths => tenths / 10)
  if (kind === 'list') return fc.array(word)
  if (kind === 'secrets') return fc.uniqueArray(word).map(names => names.map(name => `${name}=${'k'.repeat(32)}`))
  if (kind === 'log handlers') return fc.array(handler)
  if (kind === 'log format') return fc.constantFrom('json', 'pretty', '%(asctime)s %(message)s')
  if (kind === 'url') return url
  return typeof kind === 'string' ? plain : fc.constantFrom(...kind)
}

const everywhere = settingNames.filter(
  name => variablesOf(name).length > 0 && keysOf(name).length > 0 && name !== 'ca_file'
)
const right = fc.record(Object.fromEntries(everywhere.map(name => [name, validOf(name)])), { requiredKeys: [] })

/** The values, with what they need beside them. */
function complete(values: Partial<Record<SettingName, Value>>): Partial<Record<SettingName, Value>> {
  const { username, ...others } = { ...whole, ...values }
  // A login name comes under one of the two names.
  return others.uid !== undefined || username === undefined ? others : { ...others, username }
}

function waysIn(values: Partial<Record<SettingName, Value>>): Record<string, Given> {
  const entries = Object.entries(values) as [SettingName, Value][]
  const text = (value: Value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  const variables = entries.map(([name, value]): [string, string] => [variablesOf(name)[0] as string, text(value)])
  return {
    flag: { flags: Object.fromEntries(entries.map(([name, value]) => [flagOf(name), text(value)])) },
    variable: { env: Object.fromEntries(variables) },
    '.env': { files: { '.env': variables.map(([variable, value]) => `${variable}='${value}'`).join('\n') } },
    yaml: { files: { 'config.yaml': yamlOf(entries) } }
  }
}

function yamlOf(entries: [SettingName, Value][]): string {
  return entries.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n')
}

/** The settings, or what is wrong with them, without where that was found. */
function outcomeOf(given: Given): unknown {
  const problems = problemsOf(given)
  return problems.length === 0
    ? load(given)
    : problems.map(problem => problem.replace(/^.*?: (?:[a-z_]+: )?/, '')).sort()
}

/** What others need beside them. */
const whole: Partial<Record<SettingName, Value>> = {
  odoo_url: 'https://erp.example.com',
  database: 'prod',
  username: 'ada',
  password: 'secret-password',
  live_channel: 'channel',
  live_models: ['sale.order']
}

/** As much as others may reach to. */
const roomy = { max_limit: 100_000, session_max: 2_592_000, max_sessions: 1_000_000 }

t.test('any valid values make the same settings by flag, by variable, in .env and in YAML', async t => {
  let loaded = 0
  const property = fc.property(right, fc.boolean(), (values, isRoomy) => {
    const { flag, ...others } = waysIn(complete({ ...values, ...(isRoomy && roomy) }))
    const expected = outcomeOf(flag as Given)
    loaded += Array.isArray(expected) ? 0 : 1
    return Object.values(others).every(given => JSON.stringify(outcomeOf(given)) === JSON.stringify(expected))
  })
  fc.assert(property, { numRuns: runs(200) })
  t.ok(loaded > 20, `control: many of them load (${loaded})`)
})

for (const name of everywhere) {
  t.test(`${name} means the same by flag, by variable, in .env and in YAML`, async t => {
    let loaded = 0
    const property = fc.property(validOf(name), value => {
      const found = Object.values(waysIn(complete({ ...roomy, [name]: value }))).map(outcomeOf)
      loaded += Array.isArray(found[0]) ? 0 : 1
      return new Set(found.map(outcome => JSON.stringify(outcome))).size === 1
    })
    fc.assert(property, { numRuns: runs(6) })
    t.ok(loaded > 0, 'control: it loads')
  })
}
