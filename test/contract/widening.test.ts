import { randomUUID } from 'node:crypto'
import t from 'tap'
import { composeCore } from '../../src/compose.js'
import { loadConfig } from '../../src/config/config.js'
import { GatewayError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import type { Gateway } from '../../src/core/ports/gateway.js'
import { createLog } from '../../src/log.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { connectionFlags, type Flags } from './server.js'

const models = ['res.partner', 'res.users', 'sale.order', 'sale.order.line', 'crm.lead', 'product.template']

interface Field {
  type: string
  searchable: boolean
  store: boolean
  relation?: string
  selection?: [Json, string][]
}

/** What the door may answer: nothing found, or a refusal of ours, or an error that Odoo itself gives. */
const fine = new Set(['0', 'invalid_input', 'policy_denied', 'validation', 'not_found', 'odoo_error'])

/** Text that no record holds, and the id that no record has. */
const nothing = `nothing-${randomUUID()}`
const noId = 2147483647

// The real ones only: what is asked here is how the search of every real field behaves.
for (const odoo of await odoos()) {
  t.test(`${odoo.name}: no field of any model widens a filter`, async t => {
    const admin = await logInDirectly(odoo)
    const gateway = gatewayTo(connectionFlags(odoo))
    t.teardown(gateway.close)
    const remove = await fill(admin)
    t.teardown(remove)
    const describe = fieldsOf(admin)
    const major = Number(odoo.version)

    for (const model of models) {
      await t.test(model, async t => {
        const total = await admin.call<number>(model, 'search_count', [[]])
        t.ok(total > 0, 'there is something to find')
        const fields = await describe(model)
        const answers = await inParallel(await attacks(fields, describe), 8, async domain => ({
          domain: JSON.stringify(domain),
          answer: await gateway.count(model, domain)
        }))
        t.same(
          answers.filter(({ answer }) => !fine.has(answer)),
          [],
          `of ${total} ${model}, none is found by what no record has`
        )
        // Not impossible for all: a field over many messages has both values at once.
        for (const [name] of Object.entries(fields).filter(([, { type }]) => type === 'boolean')) {
          const both: Json[] = [true, false].map(value => [name, '=', value])
          const answer = await gateway.count(model, both)
          t.ok(fine.has(answer) || Number(answer) < total, `${name} both true and false: ${answer} of ${total}`)
        }
        const many = (...codes: string[]) => answers.filter(({ answer }) => codes.includes(answer)).length
        const [none, ours] = [many('0'), many('invalid_input', 'policy_denied')]
        const tally = `${none} found nothing, ${ours} refused here, ${answers.length - none - ours} by Odoo`
        t.comment(`${Object.keys(fields).length} fields, ${answers.length} domains: ${tally}`)
        t.ok(none > 0 && ours > 0, 'some were asked of Odoo, some were refused')
        t.ok(none + ours > 0.97 * answers.length, 'hardly any reached an Odoo that cannot answer it')
      })
    }

    await t.test('control: without the door, such a leaf finds everything', async t => {
      const total = await admin.call<number>('res.partner', 'search_count', [[]])
      const widening: Json[] = [
        ['name', 'ilike', ''],
        ['credit', 'in', [nothing]],
        ['user_ids.log_ids', 'ilike', nothing]
      ]
      for (const leaf of widening) {
        const found = await admin.call<number>('res.partner', 'search_count', [[leaf]])
        t.ok(found > 0, `${JSON.stringify(leaf)} finds ${found} of ${total}`)
        t.equal(await gateway.count('res.partner', [leaf]), 'invalid_input')
      }
      // 19 raises an error instead.
      if (major !== 14) return
      const unsearchable = Object.entries(await describe('res.partner')).filter(([, field]) => !field.searchable)
      t.ok(unsearchable.length > 0)
      for (const [name, field] of unsearchable) {
        for (const leaf of [
          [name, '=', impossible(field)],
          [`parent_id.${name}`, '=', nothing]
        ]) {
          const direct = await admin.call<number>('res.partner', 'search_count', [[leaf]])
          const whole = name === leaf[0] ? total : 1
          t.ok(direct >= whole, `${JSON.stringify(leaf)} finds ${direct} of ${total}`)
          t.equal(await gateway.count('res.partner', [leaf as Json]), 'invalid_input')
        }
      }
    })
  })
}
if ((await odoos()).length === 0) t.pass('no field widens a filter', { skip: noOdoo })

/** Everything below the surfaces, with a real Odoo as the default connection. */
function gatewayTo(flags: Flags) {
  const core = composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' }), createLog({ level: 'silent' }))
  return {
    count: (model: string, domain: Json[]) => count(core.gateway, model, domain),
    close: () => core.odoo.close()
  }
}

/** How many records a domain finds, as text, or the code of the refusal. */
async function count(gateway: Gateway, model: string, domain: Json[]): Promise<string> {
  try {
    const output = await gateway.call({
      tool: 'odoo_count',
      input: { model, domain },
      caller: { principal: 'local', surface: 'rest', opens: 'bearer', requestId: randomUUID() },
      signal: new AbortController().signal
    })
    return String(output.count)
  } catch (error) {
    if (!(error instanceof GatewayError)) return `a bug: ${String(error)}`
    return fine.has(error.code) ? error.code : error.message
  }
}

/** Sees to it that every model has records, which a fresh Odoo without demo data has not; gives what removes them. */
async function fill(admin: DirectOdoo): Promise<() => Promise<void>> {
  const partner = await admin.call<number>('res.partner', 'create', [{ name: 'Widening' }])
  const product = await admin.call<number>('product.template', 'create', [{ name: 'Widening', list_price: 5 }])
  const [variant] = await admin.call<number[]>('product.product', 'search', [[['product_tmpl_id', '=', product]]])
  const line = { product_id: variant as number, product_uom_qty: 1 }
  const order = await admin.call<number>('sale.order', 'create', [
    { partner_id: partner, order_line: [[0, 0, line]] as Json }
  ])
  const lead = await admin.call<number>('crm.lead', 'create', [{ name: 'Widening' }])
  return async () => {
    await admin.call('sale.order', 'unlink', [[order]])
    await admin.call('crm.lead', 'unlink', [[lead]])
    await admin.call('product.template', 'unlink', [[product]])
    await admin.call('res.partner', 'unlink', [[partner]])
  }
}

function fieldsOf(admin: DirectOdoo) {
  const known = new Map<string, Promise<Record<string, Field>>>()
  const attributes = ['type', 'searchable', 'store', 'relation', 'selection']
  return (model: string) => {
    const fields = known.get(model) ?? admin.call<Record<string, Field>>(model, 'fields_get', [], { attributes })
    known.set(model, fields)
    return fields
  }
}

type Describe = ReturnType<typeof fieldsOf>

/** Domains that can be true of no record, for every field of a model and for some that are one dot further. */
async function attacks(fields: Record<string, Field>, describe: Describe): Promise<Json[][]> {
  const all: Json[][] = []
  for (const [name, field] of Object.entries(fields)) {
    all.push(...onField(name, field))
    if (field.relation === undefined || field.type === 'many2one_reference') continue
    all.push([[name, 'child_of', noId]], [[name, 'parent_of', [noId]]])
    all.push([[name, 'any', [['id', '=', noId]]]], [[name, 'any', [['id', '=', nothing]]]])
    for (const [further, info] of someOf(await describe(field.relation))) {
      all.push([[`${name}.${further}`, '=', impossible(info)]])
      if (isText(info)) all.push([[`${name}.${further}`, 'ilike', nothing]])
    }
  }
  return all
}

function onField(name: string, field: Field): Json[][] {
  const value = impossible(field)
  const single: Json[][] = [
    [name, '=', value],
    [name, '=', wrongType(field)],
    [name, '=', { a: 1 }],
    [name, '=', [value]],
    [name, '=?', value],
    [name, 'in', [value]],
    [name, 'in', [wrongType(field)]],
    [name, 'in', []],
    [name, 'in', value],
    [name, '=like', nothing],
    [name, 'ilike', nothing]
  ]
  const keys = (field.selection ?? []).slice(0, 2).map(([key]): Json => [name, '=', key])
  return [...single.map(leaf => [leaf]), ...(keys.length === 2 ? [keys] : [])]
}

/** A value that fits the field, and that no record has; where the type has none, one that does not fit. */
function impossible({ type }: Field): Json {
  switch (type) {
    case 'integer':
      return -2147480001
    case 'float':
    case 'monetary':
      return -987654321.125
    case 'date':
      return '9997-12-30'
    case 'datetime':
      return '9997-12-30 23:59:59'
    case 'many2one':
    case 'one2many':
    case 'many2many':
    case 'many2one_reference':
      return noId
    case 'reference':
      return `res.partner,${noId}`
    default:
      return nothing
  }
}

function wrongType(field: Field): Json {
  return isText(field) ? 987654321 : nothing
}

function isText({ type }: Field): boolean {
  return type === 'char' || type === 'text' || type === 'html'
}

/** One field of each kind that Odoo searches in another way: the id, the name, a stored text, computed ones. */
function someOf(fields: Record<string, Field>): [string, Field][] {
  const entries = Object.entries(fields)
  const kinds = [
    ([name]: [string, Field]) => name === 'id',
    ([name]: [string, Field]) => name === 'display_name',
    ([name, field]: [string, Field]) => name !== 'display_name' && field.store && isText(field),
    ([, field]: [string, Field]) => !field.store && !field.searchable,
    ([name, field]: [string, Field]) => name !== 'display_name' && !field.store && field.searchable
  ]
  return kinds.map(is => entries.find(is)).filter(found => found !== undefined)
}

async function inParallel<T, R>(items: T[], width: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await run(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
