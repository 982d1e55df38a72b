import t from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { pythonLiteral } from './python-literal.js'
import { connectionFlags, startServer } from './server.js'
import { rest, type Surface } from './surfaces.js'

// Domains that people wrote for Odoo, not for us: what its filters, views, windows and fields search by.

type Kind = 'filter' | 'search view' | 'window action' | 'view field' | 'field'

interface Found {
  kind: Kind
  model: string
  domain: Json[]
}

/** Every distinct domain of an Odoo that is literal, or names no more than the user and the day. */
async function domainsOf(admin: DirectOdoo): Promise<Found[]> {
  const today = new Date().toISOString().slice(0, 10)
  // Of a window that is opened from a record, any: here the first.
  const names = { uid: admin.uid, active_id: 1, active_ids: [1], "context_today().strftime('%Y-%m-%d')": today }
  const found = new Map<string, Found>()
  const add = (kind: Kind, model: Json | undefined, text: Json | undefined) => {
    const domain = typeof text === 'string' ? pythonLiteral(unescaped(text), names) : text
    if (typeof model !== 'string' || !Array.isArray(domain) || domain.length === 0) return
    const key = JSON.stringify([model, domain])
    if (!found.has(key)) found.set(key, { kind, model, domain })
  }
  const rows = (model: string, domain: Json[], fields: string[]) =>
    admin.call<JsonObject[]>(model, 'search_read', [domain], { fields })

  for (const { model_id, domain } of await rows('ir.filters', [], ['model_id', 'domain']))
    add('filter', model_id, domain)
  for (const { model, arch } of await rows('ir.ui.view', [['type', '=', 'search']], ['model', 'arch'])) {
    for (const [, domain] of String(arch).matchAll(/<filter\b[^>]*?\sdomain="([^"]*)"/g))
      add('search view', model, domain)
  }
  for (const { res_model, domain } of await rows('ir.actions.act_window', [], ['res_model', 'domain'])) {
    add('window action', res_model, domain)
  }
  const models = new Set(
    (await rows('ir.model', [['transient', '=', false]], ['model'])).map(({ model }) => String(model))
  )
  const fields = new Map<string, Record<string, JsonObject>>()
  for (const model of models) {
    const attributes = ['relation', 'domain']
    const described = await admin.call<Record<string, JsonObject>>(model, 'fields_get', [], { attributes })
    fields.set(model, described)
    for (const { relation, domain } of Object.values(described)) add('field', relation, domain)
  }
  for (const { model, arch } of await rows('ir.ui.view', [['type', '!=', 'search']], ['model', 'arch'])) {
    for (const [tag] of String(arch).matchAll(/<field\b[^>]*?\sdomain="[^"]*"[^>]*>/g)) {
      const [name = '', domain = ''] = ['name', 'domain'].map(key => new RegExp(`\\s${key}="([^"]*)"`).exec(tag)?.[1])
      add('view field', fields.get(String(model))?.[name]?.relation, domain)
    }
  }
  return [...found.values()].filter(({ model }) => models.has(model))
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", '#34': '"', amp: '&' }
  return text.replace(/&([#\w]+);/g, (whole, name: string) => entities[name] ?? whole)
}

/** Why this server refuses what Odoo takes: as its contract says, values are never repaired and never guessed. */
const reasons: [string, RegExp][] = [
  ['hidden by the policy', /^policy_denied: /],
  [
    'a value that the selection does not have (any more)',
    /^invalid_input: .* (is not one of its values|selection values)/
  ],
  [
    'text where the field holds a number or a boolean',
    /^invalid_input: .* "\w+" does not fit; expected (a number|true or)/
  ],
  [
    'one id with "in", which Odoo 14 takes for a list on a many2many, and 19 for none',
    /^invalid_input: .* \d+ with "in"; expected a list/
  ]
]

interface Comparison {
  same: Found[]
  /** Refused by both. */
  refused: Found[]
  /** Refused or left out by us alone, by reason. */
  ours: Map<string, string[]>
  /** What should not be. */
  wrong: string[]
}

async function compare(odoo: LabOdoo): Promise<Comparison> {
  const admin = await logInDirectly(odoo)
  const server = await startServer(connectionFlags(odoo))
  // The same without the policy, which hides rows that belong to what it hides.
  const open = await startServer({ ...connectionFlags(odoo), 'denied-models': '!*' })
  t.teardown(() => Promise.all([server.close(), open.close()]))
  const { call } = rest(server.url)
  const { lang, tz } = (await call('odoo_session')).output as JsonObject
  const context = { ...(lang !== null && { lang }), ...(tz !== null && { tz }) } as JsonObject
  const comparison: Comparison = { same: [], refused: [], ours: new Map(), wrong: [] }
  const note = (reason: string, shown: string) =>
    comparison.ours.set(reason, [...(comparison.ours.get(reason) ?? []), shown])
  for (const found of await domainsOf(admin)) {
    const { kind, model, domain } = found
    const directly = () =>
      admin.call<number>(model, 'search_count', [domain], { context }).catch((error: Error) => error)
    const { direct, answer } = await agreeing(directly, () => call('odoo_count', { model, domain }))
    const { output, problem } = answer
    const hides = Number(output?.count) < Number(direct)
    const shows = hides && (await agreeing(directly, () => rest(open.url).call('odoo_count', { model, domain }))).agree
    const refusal = `${problem?.code}: ${problem?.detail}`
    const reason = reasons.find(([, pattern]) => pattern.test(refusal))?.[0]
    const shown = `${kind} ${model} ${JSON.stringify(domain)}: ${direct}, ours: ${output?.count ?? refusal}`
    if (output !== undefined && output.count === direct) comparison.same.push(found)
    else if (output === undefined && direct instanceof Error) comparison.refused.push(found)
    else if (output === undefined && reason !== undefined) note(reason, shown)
    else if (shows) note('rows that belong to what the policy hides are not there', shown)
    else comparison.wrong.push(shown)
  }
  return comparison
}

/** Asks Odoo and this server until both count the same, five times at most: others create and delete meanwhile. */
async function agreeing(directly: () => Promise<number | Error>, ask: () => ReturnType<Surface['call']>) {
  for (let attempt = 1; ; attempt++) {
    const before = await directly()
    const answer = await ask()
    const count = answer.output?.count
    const direct = count === before || count === undefined ? before : await directly()
    const agree = count === direct
    if (agree || count === undefined || attempt === 5) return { direct, answer, agree }
  }
}

for (const odoo of await odoos()) {
  t.test(`Odoo ${odoo.version}: domains of its own views count the same through us as directly`, async t => {
    const { same, refused, ours, wrong } = await compare(odoo)
    const kinds = new Map<Kind, number>()
    for (const { kind } of same) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    t.comment(`the same: ${same.length}: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`)
    t.comment(`refused by both: ${refused.length}`)
    for (const [reason, all] of ours) t.comment(`other than Odoo, ${reason}: ${all.length}\n${all.join('\n')}`)
    t.strictSame(wrong, [], 'nothing else differs')
    t.ok(same.length >= 300, `${same.length} give the same count`)
    t.ok(same.some(({ domain }) => domain.includes('|')) && same.some(({ domain }) => domain.length > 2))
  })
}
if ((await odoos()).length === 0) t.pass(noOdoo, { skip: noOdoo })
