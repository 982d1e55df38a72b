import { isDeepStrictEqual } from 'node:util'
import { faultToError } from '../../src/odoo/faults/faults.js'
import type { Call, Json, JsonObject } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { labelsIn } from './labels.js'
import type { Answer, Fault, Side } from './sides.js'

export type Verdict = 'same' | 'text differs' | 'DIFFERENT'

/** Two answers to the same call, with labels in place of ids. */
export interface Comparison {
  verdict: Verdict
  /** Whether the gateway would tell another error code. */
  codesDiffer: boolean
  real: Json
  sandbox: Json
}

interface Answered {
  side: Side
  answer: Answer
}

export function compare(call: Call, real: Answered, sandbox: Answered, catalogue: Catalogue): Comparison {
  const [a, b] = [real, sandbox].map(({ side, answer }) => comparable(call, answer, side, catalogue)) as [Json, Json]
  const codesDiffer = codeOf(call, real) !== codeOf(call, sandbox)
  const bothFailed = real.answer.error !== undefined && sandbox.answer.error !== undefined
  const verdict = isDeepStrictEqual(a, b)
    ? 'same'
    : bothFailed && real.answer.error?.name === sandbox.answer.error?.name
      ? 'text differs'
      : 'DIFFERENT'
  return { verdict, codesDiffer, real: a, sandbox: b }
}

/** The code that the gateway makes of an error. */
function codeOf({ model, method }: Call, { side, answer: { error } }: Answered): string | undefined {
  if (error === undefined) return undefined
  const subject = {
    database: side.database,
    ...(typeof model === 'string' && { model }),
    ...(typeof method === 'string' && { method })
  }
  return faultToError(error, subject).code
}

/** An answer as both Odoos should give it. */
export function comparable(call: Call, answer: Answer, side: Side, catalogue: Catalogue): Json {
  if (answer.error !== undefined) {
    return { error: answer.error.name, message: messageOf(answer.error, call, side) }
  }
  const model = String(call.model)
  const { result } = answer
  switch (call.shape) {
    case 'ids':
      return idsToLabels(result, model, side)
    case 'pairs':
      return Array.isArray(result) ? result.map(pair => relationToLabels(pair, model, side)) : toText(result, side)
    case 'rows':
      return rowsToLabels(result, model, side, catalogue)
    case 'plain':
      return toText(result, side)
    case 'type':
      return `some ${Array.isArray(result) ? 'list' : typeof result}`
  }
}

/** The id in place of which a label stands, or the list of them. */
function idsToLabels(value: Json, model: string, side: Side): Json {
  if (typeof value === 'number') return side.labels.of(model, value)
  return Array.isArray(value) ? value.map(item => idsToLabels(item, model, side)) : toText(value, side)
}

/** A many2one as `[id, name]`; names of records that are not of the test are not compared. */
function relationToLabels(value: Json, model: string, side: Side): Json {
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string') {
    const label = side.labels.of(model, value[0])
    return [label, /\d|^@res\.country/.test(label) ? toText(value[1], side) : '(name)']
  }
  return idsToLabels(value, model, side)
}

const times = new Set(['create_date', 'write_date', '__last_update'])

function rowsToLabels(value: Json, model: string, side: Side, catalogue: Catalogue): Json {
  if (Array.isArray(value)) return value.map(item => rowsToLabels(item, model, side, catalogue))
  if (typeof value !== 'object' || value === null) return toText(value, side)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, valueToLabels(key, item, model, side, catalogue)])
  )
}

function valueToLabels(key: string, value: Json, model: string, side: Side, catalogue: Catalogue): Json {
  const path = key.split(':')[0] as string
  if (key === '__domain' || key === '__extra_domain') return domainToLabels(value, model, side, catalogue)
  if (times.has(key)) return typeof value === 'string' ? '(time)' : value
  if (path === 'id') return idsToLabels(value, model, side)
  const relation = catalogue.relation(model, path)
  if (relation === undefined || /:(sum|count|count_distinct)$|_count$/.test(key)) return toText(value, side)
  return relationToLabels(value, relation, side)
}

/** The leaves of a domain that came back: ids on the right become labels. */
function domainToLabels(value: Json, model: string, side: Side, catalogue: Catalogue): Json {
  if (!Array.isArray(value)) return toText(value, side)
  return value.map(leaf => {
    if (!Array.isArray(leaf) || typeof leaf[0] !== 'string') return toText(leaf, side)
    const [path, operator, right = null] = leaf as [string, Json, Json]
    const relation = path === 'id' ? model : catalogue.relation(model, path)
    if (relation !== undefined && (operator === 'any' || operator === 'not any')) {
      return [path, operator, domainToLabels(right, relation, side, catalogue)]
    }
    return [path, operator, relation === undefined ? toText(right, side) : idsToLabels(right, relation, side)]
  })
}

/** Marks become `§` again; numbers keep as many digits as a float shares between two databases. */
function toText(value: Json, side: Side): Json {
  if (typeof value === 'string') return value.replaceAll(side.mark, '§')
  if (typeof value === 'number') return Number(value.toPrecision(12))
  if (Array.isArray(value)) return value.map(item => toText(item, side))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toText(item, side)])) as JsonObject
}

/** A message without what must differ: ids, the mark, and the SQL that PostgreSQL quotes after its first line. */
function messageOf({ name, message }: Fault, call: Call, side: Side): string {
  let text = name.startsWith('psycopg2.') ? (message.split('\n')[0] as string) : message
  text = text.replaceAll(side.mark, '§').replace(/([a-z_]+(?:\.[a-z_]+)+)\(([\d, ]+)\)/g, (_, model, ids: string) => {
    return `${model}(${[...ids.matchAll(/\d+/g)].map(([id]) => side.labels.of(model, Number(id))).join(', ')})`
  })
  const { uid } = side.logins[call.as ?? 'admin']
  text = text.replace(new RegExp(`\\b(User: (?:.* \\(id=)?)${uid}\\b`, 'g'), '$1(user)')
  for (const label of labelsIn([call.args, call.kwargs ?? null])) {
    text = text.replace(
      new RegExp(`(?<![\\d:.]|length |base |position |item )${side.labels.idOf(label)}(?![\\d.]*\\d)`, 'g'),
      label
    )
  }
  // A set in Odoo 14: its order changes from one start to the next.
  text = text.replace('following states: cancel, done', 'following states: done, cancel')
  // Records that a failed call had created, and numbers that Odoo gives to orders.
  return text.replace(/\(id=\d+\)/g, '(id=?)').replace(/\bS\d{5}\b/g, '(number)')
}
