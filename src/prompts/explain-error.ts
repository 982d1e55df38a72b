import { type ErrorCode, errorCodes } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import { nearest } from '../core/nearest.js'
import type { Ask, Prompt } from './prompt.js'
import { jsonLine, message, section } from './sections.js'

export const explainError: Prompt = {
  name: 'explain_error',
  title: 'Explain an error',
  description: 'What an error of Odoo or of this server means here: the user, the models and the fields that it names.',
  arguments: [
    { name: 'error', description: 'The message, as it was shown', required: true },
    { name: 'model', description: 'The model it was about, if the message does not say', completes: 'model' }
  ],
  async write({ error = '', model }, { ask }) {
    const named = [...new Set([...(model === undefined ? [] : [model]), ...modelsIn(error)])].slice(0, 3)
    const who = await whoAsks(ask)
    const major = Number(/\d+/.exec(String(who.server_version))?.[0])
    const models = await Promise.all(
      named.map(name => section(`Model ${name}`, name, () => aboutModel(ask, name, error, major)))
    )
    const meaning = meaningOf(error)
    const instructions = `Explain this error to me in plain words: why it came, who can do something about it, and what to try next.\n\nThe error: ${jsonLine(error)}`
    return message(meaning === undefined ? instructions : `${instructions}\n\n${meaning}`, [
      `## Who asks\n${jsonLine(who)}`,
      ...models
    ])
  }
}

/** What the first code of ours in a message means. */
function meaningOf(error: string): string | undefined {
  const code = Object.keys(errorCodes).find(name => new RegExp(`\\b${name}\\b`).test(error)) as ErrorCode | undefined
  return code === undefined ? undefined : `\`${code}\` is a code of odoo-mcp: ${errorCodes[code].meaning}.`
}

/** Words that look like the technical name of a model, such as `sale.order`. */
function modelsIn(error: string): string[] {
  const words = error.match(/\b[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+\b/g) ?? []
  // Not paths of an input, such as values.partner_id, nor classes of Python.
  return words.filter(word => !/^(values|kwargs|args|domain|context|odoo|psycopg2|builtins|werkzeug)\./.test(word))
}

async function whoAsks(ask: Ask): Promise<JsonObject> {
  const { database, username, uid, companies, server_version, policy } = await ask('odoo_session', {})
  return { database, username, uid, companies, server_version, policy } as JsonObject
}

/** What the user may do with a model, the fields that the error names, and those that a record must have. */
async function aboutModel(ask: Ask, model: string, error: string, major: number): Promise<string[]> {
  const { fields } = await ask('odoo_get_fields', { model })
  const described = fields as Record<string, JsonObject>
  const known = Object.keys(described)
  const words = [...new Set(error.match(/\b[a-z][a-z0-9_]+\b/g) ?? [])]
  const named = words.filter(word => described[word] !== undefined)
  const quoted = [...error.matchAll(/["'`“”]([A-Za-z][\w]*)["'`“”]/g)].map(match => match[1] as string)
  const wrong = quoted.filter(word => described[word] === undefined)
  const ids = idsIn(model, error)
  // Readonly ones, too: 14 to 16 call what may only be set in some states so, such as the customer of an order.
  const required = known.filter(name => described[name]?.required === true)
  return [
    jsonLine({ model, fields: known.length }),
    ...(await rightsOf(ask, model, ids, major)),
    ...named.slice(0, 10).map(name => jsonLine({ field: name, ...described[name] })),
    ...wrong.slice(0, 5).map(word => jsonLine({ no_field: word, nearest: nearest(word, known) ?? null })),
    ...(required.length === 0 ? [] : [jsonLine({ required: required.slice(0, 20) })]),
    ...(await foundOf(ask, model, ids))
  ]
}

/** Records that the error names by id, such as `sale.order(7,)` or `sale.order 7`. */
function idsIn(model: string, error: string): number[] {
  const pattern = new RegExp(`\\b${model.replaceAll('.', '\\.')}[\\s(,:#/]{1,3}([1-9]\\d{0,8})\\b`, 'g')
  return [...new Set([...error.matchAll(pattern)].map(match => Number(match[1])))].slice(0, 5)
}

async function foundOf(ask: Ask, model: string, ids: number[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { records, missing } = await ask('odoo_read', { model, ids, fields: ['display_name'] })
  return [jsonLine({ records: records ?? [], missing_or_not_visible: missing ?? [] })]
}

const operations = ['read', 'write', 'create', 'unlink'] as const

/** What Odoo lets the user do with the model; from 18 on, where that is asked of records, with these or the first one. */
async function rightsOf(ask: Ask, model: string, ids: number[], major: number): Promise<string[]> {
  const of = major < 18 || ids.length > 0 ? ids : await firstOf(ask, model)
  if (major >= 18 && of.length === 0) return []
  const rights: JsonObject = {}
  for (const operation of operations) {
    const { result } = await (major >= 18
      ? ask('odoo_call', { model, method: 'has_access', ids: of, args: [operation] })
      : ask('odoo_call', { model, method: 'check_access_rights', args: [operation, false] }))
    rights[operation] = result ?? null
  }
  return [jsonLine({ rights })]
}

async function firstOf(ask: Ask, model: string): Promise<number[]> {
  const { records } = await ask('odoo_search', { model, fields: ['id'], limit: 1 })
  return (records as { id: number }[]).map(({ id }) => id)
}
