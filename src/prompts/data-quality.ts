import type { Json, JsonObject } from '../core/json.js'
import { type Ask, daysBefore, type Prompt } from './prompt.js'
import { groups, jsonLine, message, section } from './sections.js'

type Described = Readonly<Record<string, JsonObject>>

export const dataQuality: Prompt = {
  name: 'data_quality',
  title: 'Data quality of a model',
  description: 'What is missing, double or old among the records of a model, counted.',
  arguments: [
    {
      name: 'model',
      description: 'The technical name of a model, such as res.partner',
      required: true,
      completes: 'model'
    }
  ],
  async write({ model = '' }, { ask, today }) {
    const { total, records } = await ask('odoo_search', { model, limit: 1 })
    const instructions = `Judge the quality of the data in the model ${model}. Today is ${today}. Say what is wrong in order of harm: empty fields that people rely on, doubles, records that nobody has touched for years. Give numbers and shares, and how each problem is best corrected. Correct nothing without asking me.`
    const [sample] = records as JsonObject[]
    if (sample === undefined)
      return `${instructions}\n\nThere is nothing to judge: ${model} has no record that I may see.`

    const attributes = ['type', 'string', 'required', 'store', 'searchable']
    const { fields } = await ask('odoo_get_fields', { model, attributes })
    const described = fields as Record<string, JsonObject>
    const sections = await Promise.all([
      section('Empty fields, of those that the list view shows', model, () =>
        emptyFields(ask, model, described, Object.keys(sample))
      ),
      section('Values that several records have', model, () => doubles(ask, model, described)),
      section('Age', model, () => ages(ask, model, described, today)),
      section('Addresses that are none', model, () => badAddresses(ask, model, described))
    ])
    return message(instructions, [`## Records\n${total} in all.`, ...sections])
  }
}

/** Types of which a record can have no value; a number is always one, a checkbox always set or not. */
const mayBeEmpty = new Set(['char', 'text', 'html', 'many2one', 'many2many', 'date', 'datetime', 'selection'])

async function emptyFields(ask: Ask, model: string, described: Described, names: string[]): Promise<string[]> {
  const lines: string[] = []
  for (const name of names) {
    const field = described[name]
    if (!isStored(field) || !mayBeEmpty.has(String(field.type))) continue
    const empty = await countOf(ask, model, [[name, '=', false]])
    lines.push(jsonLine({ field: name, label: field.string ?? null, empty }))
  }
  return lines
}

/** Fields whose values name one record, whatever the model. */
const naming = ['email', 'vat', 'ref', 'barcode', 'default_code', 'code', 'login', 'phone', 'name']

async function doubles(ask: Ask, model: string, described: Described): Promise<string[]> {
  const judged = naming.filter(name => isStored(described[name]) && described[name].type === 'char').slice(0, 4)
  const lines: string[] = []
  for (const name of judged) {
    const several = { having: [['__count', '>', 1]], order: '__count desc', limit: 5 }
    // Contacts of a company have its tax number, by Odoo itself.
    const own = name === 'vat' && isStored(described.parent_id) ? [['parent_id', '=', false]] : []
    const domain = [[name, '!=', false], ...own]
    lines.push(...(await groups(ask, { model, domain, group_by: [name], ...several })))
  }
  return lines
}

async function ages(ask: Ask, model: string, described: Described, today: string): Promise<string[]> {
  const lines: string[] = []
  for (const years of isStored(described.write_date) ? [1, 2, 5] : []) {
    const count = await countOf(ask, model, [['write_date', '<', daysBefore(today, 365 * years)]])
    lines.push(jsonLine({ untouched_for_years: years, count }))
  }
  if (isStored(described.active)) {
    lines.push(jsonLine({ archived: await countOf(ask, model, [['active', '=', false]]) }))
  }
  return lines
}

async function badAddresses(ask: Ask, model: string, described: Described): Promise<string[]> {
  const lines: string[] = []
  for (const name of ['email', 'email_from'].filter(name => isStored(described[name]))) {
    const without: Json[] = [
      [name, '!=', false],
      [name, 'not like', '@']
    ]
    lines.push(jsonLine({ field: name, without_at_sign: await countOf(ask, model, without) }))
  }
  return lines
}

async function countOf(ask: Ask, model: string, domain: Json[]): Promise<number> {
  return (await ask('odoo_count', { model, domain })).count as number
}

function isStored(field: JsonObject | undefined): field is JsonObject {
  return field !== undefined && field.store === true && field.withheld !== true
}
