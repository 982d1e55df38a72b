import { isDeepStrictEqual } from 'node:util'
import { type Call, describe, type Json, type JsonObject, type WireKind } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { comparable } from './compare.js'
import { forSide } from './labels.js'
import { rawRequests } from './raw-requests.js'
import { inParallel, type Outcome } from './run.js'
import type { Side } from './sides.js'
import { readXml, xmlCall } from './xml.js'

/**
 * Cases that agree over JSON-RPC, a part of them again over XML-RPC and (19) JSON-2; and requests that are wrong as
 * HTTP.
 */
export async function runWires(calls: Call[], real: Side, sandbox: Side, catalogue: Catalogue): Promise<Outcome[]> {
  const both = async (kind: WireKind, call: string, ask: (side: Side) => Promise<Json>) => {
    const [a, b] = (await Promise.all([real, sandbox].map(ask))) as [Json, Json]
    return outcome(kind, call, a, b)
  }
  const some = calls.filter((_, index) => index % 14 === 0)
  const named = Number(real.version) >= 19 ? some.filter(({ method }) => String(method) in parameters) : []
  const jobs = [
    ...some.map(call => () => both('xmlrpc', describe(call), side => overXml(call, side, catalogue))),
    ...named.map(call => () => both('json2', describe(call), side => overJson2(call, side, catalogue))),
    ...rawRequests(real.version).map(
      request => () => both('http', JSON.stringify(request), side => sendRaw(request, side))
    )
  ]
  return inParallel(jobs)
}

function outcome(kind: Outcome['kind'], call: string, real: Json, sandbox: Json): Outcome {
  const errors = [real, sandbox].map(answer => (answer as JsonObject | null)?.error)
  const alike = errors[0] !== undefined && isDeepStrictEqual(errors[0], errors[1])
  const verdict = isDeepStrictEqual(real, sandbox) ? 'same' : alike ? 'text differs' : 'DIFFERENT'
  return { kind, call, before: [], verdict, codesDiffer: false, real, sandbox }
}

async function overXml(call: Call, side: Side, catalogue: Catalogue): Promise<Json> {
  const { uid, password } = side.logins[call.as ?? 'admin']
  const rest = [call.model, call.method, call.args, call.kwargs ?? {}].map(value => forSide(value, side))
  const response = await fetch(`${side.url}/xmlrpc/2/object`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: xmlCall('execute_kw', [side.database, uid, password, ...rest])
  })
  const answer = readXml(await response.text())
  if ('value' in answer) return comparable(call, { result: answer.value }, side, catalogue)
  const { code, text } = answer.fault
  // Code 1 carries the traceback: its last line of text names the class.
  const message = code === 1 ? lastLine(text) : text
  const error = { code: 0, name: `fault ${code}`, message, debug: '' }
  return comparable(call, { error }, side, catalogue)
}

/** Such as `ValueError: Invalid field …`, without what PostgreSQL adds below. */
function lastLine(traceback: string): string {
  const lines = traceback
    .split('\n')
    .filter(line => /^(?:\w+\.)*[A-Z]\w*(?::|$)/.test(line) && !line.startsWith('LINE '))
  return lines.at(-1) ?? traceback
}

/** The names of positional arguments on 19. */
const parameters: { [method: string]: string[] } = {
  search: ['domain', 'offset', 'limit', 'order'],
  search_count: ['domain', 'limit'],
  search_read: ['domain', 'fields', 'offset', 'limit', 'order'],
  read: ['ids', 'fields', 'load'],
  name_search: ['name', 'domain', 'operator', 'limit'],
  read_group: ['domain', 'fields', 'groupby'],
  formatted_read_group: ['domain', 'groupby', 'aggregates', 'having'],
  fields_get: ['allfields', 'attributes'],
  default_get: ['fields'],
  write: ['ids', 'vals'],
  create: ['vals_list'],
  unlink: ['ids'],
  copy: ['ids', 'default']
}

async function overJson2(call: Call, side: Side, catalogue: Catalogue): Promise<Json> {
  const names = parameters[String(call.method)] ?? []
  const positional = Array.isArray(call.args)
    ? call.args.map((value, index) => [names[index] ?? `extra${index}`, value])
    : []
  const body = forSide({ ...Object.fromEntries(positional), ...(call.kwargs as JsonObject) }, side)
  const response = await fetch(`${side.url}/json/2/${call.model}/${call.method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `bearer ${side.api_key}` },
    body: JSON.stringify(body)
  })
  const { status } = response
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const text = await response.text()
  if (type !== 'application/json') return { status, type }
  const answer = JSON.parse(text) as Json
  if (status === 200) return { status, value: comparable(call, { result: answer }, side, catalogue) }
  const { name, message } = answer as { name: string; message: string }
  return {
    status,
    ...(comparable(call, { error: { code: status, name, message, debug: '' } }, side, catalogue) as JsonObject)
  }
}

export interface RawRequest {
  path: string
  method?: string
  headers?: { [name: string]: string }
  /** `<key>`, `<database>`, `<password>` stand for those of the side. */
  body?: string
}

/** Status, type of content and, where it is one, the error. */
async function sendRaw({ path, method = 'POST', headers = {}, body }: RawRequest, side: Side): Promise<Json> {
  const fill = (text: string) =>
    text
      .replaceAll('<key>', side.api_key ?? '')
      .replaceAll('<database>', side.database)
      .replaceAll('<password>', side.password)
  const response = await fetch(`${side.url}${path}`, {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])),
    ...(body !== undefined && { body: fill(body) }),
    redirect: 'manual'
  })
  const { status } = response
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const text = await response.text()
  if (type !== 'application/json') return { status, type, ...(type === 'text/xml' && { xml: summary(text) }) }
  const answer = JSON.parse(text) as JsonObject | null
  const { code, message, data } = (answer?.error ?? {}) as { code?: Json; message?: Json; data?: JsonObject }
  const error =
    code === undefined
      ? [answer?.name, firstLine(answer?.message)]
      : [code, message, data?.name, firstLine(data?.message)]
  return { status, type, error: error.map(item => item ?? null), keys: Object.keys(answer ?? {}).sort() }
}

/** Without the SQL that PostgreSQL quotes below, and without the number of its socket. */
function firstLine(text: Json | undefined): Json | undefined {
  return typeof text === 'string' ? text.replace(/\n.*/s, '').replace(/PGSQL\.\d+/, 'PGSQL') : text
}

function summary(xml: string): Json {
  const answer = readXml(xml)
  return 'value' in answer ? 'a value' : { code: answer.fault.code, line: lastLine(answer.fault.text) }
}
