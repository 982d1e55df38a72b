import { GatewayError } from '../core/errors.js'
import type { ListQuery, ResourceAddress } from '../core/live.js'
import { didYouMean } from '../core/nearest.js'

/** What clients fill in, as RFC 6570 templates. Of two that fit, the more special is the one that is meant. */
export const templates = {
  record: 'odoo://{model}/{id}',
  list: 'odoo://{model}/list{?domain,fields,limit,offset,order}',
  binary: 'odoo://{model}/binary/{field}/{id}'
} as const

/** Longer ones are refused: a session keeps what it subscribes to. Room for a domain of a thousand ids. */
const maxLength = 16_384

const ofList = ['domain', 'fields', 'limit', 'offset', 'order'] as const
const ofRecord = ['fields'] as const

/**
 * Takes an `odoo://` URI apart. Throws `invalid_input` for what is none of the three forms, and for what could be read
 * in two ways. Whether its model, fields and domain exist is not judged here.
 */
export function parseUri(uri: string): ResourceAddress {
  if (uri.length > maxLength) throw refused(`longer than ${maxLength} characters`)
  const [, path = '', search] = /^odoo:\/\/([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? []
  if (path === '') throw refused(uri.includes('#') ? 'has a "#", which in a query is written %23' : 'no URI of ours')
  const [model = '', ...rest] = path.split('/').map(decode)
  if (model === '') throw refused('names no model')
  const [kind, field = '', id = ''] = rest
  if (kind === 'list' && rest.length === 1) return { kind: 'list', model, query: listQuery(read(search, ofList)) }
  if (kind === 'binary' && rest.length === 3) {
    read(search, [])
    return { kind: 'binary', model, field, id: toId(id) }
  }
  if (rest.length !== 1 || kind === undefined) throw refused('no URI of ours')
  const { fields } = read(search, ofRecord)
  return { kind: 'record', model, id: toId(kind), ...(fields !== undefined && { fields: toNames(fields) }) }
}

/** The URI of all records of a model, page by page. */
export function listUri(model: string): string {
  return `odoo://${model}/list`
}

function listQuery({ domain, fields, limit, offset, order }: Given<(typeof ofList)[number]>): ListQuery {
  return {
    ...(domain !== undefined && { domain }),
    ...(fields !== undefined && { fields: toNames(fields) }),
    ...(limit !== undefined && { limit: toCount('limit', limit) }),
    ...(offset !== undefined && { offset: toCount('offset', offset) }),
    ...(order !== undefined && { order })
  }
}

type Given<K extends string> = { [key in K]?: string }

/** The parameters of a query, which takes no others than these and none twice. */
function read<K extends string>(search: string | undefined, known: readonly K[]): Given<K> {
  const given: Given<K> = {}
  if (search === undefined || search === '') return given
  for (const part of search.split('&')) {
    const at = part.indexOf('=')
    const name = decode(at < 0 ? part : part.slice(0, at))
    const key = known.find(candidate => candidate === name)
    if (key === undefined) {
      const expected = known.length === 0 ? 'no query' : `one of ${known.join(', ')}`
      throw refused(`unknown parameter "${name}"; expected ${expected}.${didYouMean(name, known)}`)
    }
    if (given[key] !== undefined) throw refused(`"${key}" is given twice`)
    const value = at < 0 ? '' : part.slice(at + 1)
    // Forms write a space so, URIs mean a plus: a search for a phone number must not become another one.
    if (value.includes('+')) throw refused(`"${key}" has a "+"; expected %20 for a space, or %2B for a plus`)
    given[key] = decode(value)
  }
  return given
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('a "%" that begins no %XX of UTF-8; a percent sign is written %25')
  }
}

const toNames = (list: string) => (list === '' ? [] : list.split(','))

function toId(text: string): number {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN
  if (id <= 2147483647) return id
  throw refused(`"${text}" is no id; expected an integer from 1 to 2147483647`)
}

function toCount(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw refused(`"${name}" is "${text}"; expected an integer`)
}

function refused(what: string): GatewayError {
  const hint = `The forms are ${Object.values(templates).join(', ')}; a record also takes ?fields=name,email. Values are percent-encoded.`
  return new GatewayError('invalid_input', `uri: ${what}`, { hint })
}
