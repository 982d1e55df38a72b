import type { Json, JsonObject } from '../core/json.js'
import type { Tool } from '../core/ports/gateway.js'

export interface Budget {
  /** The tool that answered; it says which part of its output may be delivered in part. */
  tool: Pick<Tool, 'rows' | 'access' | 'input'> | undefined
  /** What it was asked. */
  input: Readonly<Record<string, unknown>> | undefined
  /** Bytes of UTF-8 that the text may have. */
  maxBytes: number
}

export interface Fitted {
  output: JsonObject
  /** `output` as compact JSON. */
  text: string
}

/**
 * Cuts an answer that is too large between two of its rows, and says so in `truncated`, `next_offset` and `hint`. One row
 * is always delivered. What has no rows is delivered whole, with a hint: an answer is never lost, and never cut inside.
 */
export function fitResult(whole: JsonObject, { tool, input = {}, maxBytes }: Budget): Fitted {
  const rows = tool?.rows === undefined ? undefined : readRows(whole, tool.rows)
  if (tool === undefined || rows === undefined) return orHint(whole, JSON.stringify(whole), maxBytes, tool)

  const { frame, room } = frameOf(whole, rows, maxBytes)
  const { pieces, left, all } = fill(rows, room)
  if (all) return { output: whole, text: frame(pieces) }
  if (rows.length <= 1) return orHint(whole, frame(rows.length === 0 ? [] : [rows.json(0)]), maxBytes, tool)

  const positions = positionsOf(whole, input, rows)
  const cutAfter = (delivered: number) => cut(whole, rows, delivered, positions(delivered), { tool, maxBytes })
  // What the notice takes, with the largest numbers that can stand in it.
  const notice = room - frameOf(cutAfter(rows.length), rows, maxBytes).room
  shrink(pieces, notice - left)
  if (pieces.length === 0) pieces.push(rows.json(0))
  const output = cutAfter(pieces.length)
  return { output, text: frameOf(output, rows, maxBytes).frame(pieces) }
}

/** The part of an output that can be cut: a list, or an object between whose members it can be cut. */
interface Rows {
  key: string
  list: boolean
  length: number
  /** The JSON of one row, as it stands in the whole. */
  json(index: number): string
  /** The first rows, as many. */
  take(count: number): Json
  /** The id of a row that is a record. */
  id(index: number): Json | undefined
}

function readRows(output: JsonObject, key: string): Rows | undefined {
  const value = output[key]
  if (Array.isArray(value)) {
    return {
      key,
      list: true,
      length: value.length,
      json: index => JSON.stringify(value[index]),
      take: count => value.slice(0, count),
      id: index => (value[index] as JsonObject | null)?.id
    }
  }
  if (typeof value !== 'object' || value === null) return undefined
  const members = Object.entries(value)
  return {
    key,
    list: false,
    length: members.length,
    json: index => {
      const [name, member] = members[index] as [string, Json]
      return `${JSON.stringify(name)}:${JSON.stringify(member)}`
    },
    take: count => Object.fromEntries(members.slice(0, count)),
    id: () => undefined
  }
}

/** The text around the rows, and the room that it leaves them. */
function frameOf(output: JsonObject, { key, list }: Rows, maxBytes: number) {
  const [open, close] = list ? '[]' : '{}'
  const before: string[] = []
  const after: string[] = []
  let part = before
  for (const [name, value] of Object.entries(output)) {
    if (name === key) {
      before.push(`${JSON.stringify(name)}:${open}`)
      part = after
    } else if (value !== undefined) part.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
  }
  const head = `{${before.join(',')}`
  const tail = `${[close, ...after].join(',')}}`
  return {
    frame: (pieces: string[]) => head + pieces.join(',') + tail,
    room: maxBytes - Buffer.byteLength(head) - Buffer.byteLength(tail)
  }
}

/** As many rows as there is room for. None beyond the first that has no room is looked at. */
function fill(rows: Rows, room: number): { pieces: string[]; left: number; all: boolean } {
  const pieces: string[] = []
  let left = room
  for (let index = 0; index < rows.length; index += 1) {
    const json = rows.json(index)
    const bytes = Buffer.byteLength(json) + (index === 0 ? 0 : 1)
    if (bytes > left) return { pieces, left, all: false }
    pieces.push(json)
    left -= bytes
  }
  return { pieces, left, all: left >= 0 }
}

/** Takes rows off the end until so many bytes are free. */
function shrink(pieces: string[], bytes: number): void {
  let missing = bytes
  while (missing > 0 && pieces.length > 0) missing -= Buffer.byteLength(pieces.pop() as string) + 1
}

/** Where the rest begins when so many rows are delivered: in `ids` where they were given, else counted from the start. */
function positionsOf(
  output: JsonObject,
  input: Readonly<Record<string, unknown>>,
  rows: Rows
): (delivered: number) => number {
  const { ids } = input
  if (Array.isArray(ids) && rows.key === 'records') {
    return delivered => {
      const next = delivered < rows.length ? rows.id(delivered) : undefined
      return next === undefined ? ids.length : ids.indexOf(next)
    }
  }
  const offset = output.offset ?? input.offset ?? 0
  return delivered => (typeof offset === 'number' ? offset : 0) + delivered
}

function cut(
  whole: JsonObject,
  rows: Rows,
  delivered: number,
  next: number,
  { tool, maxBytes }: { tool: Pick<Tool, 'access' | 'input'>; maxBytes: number }
): JsonObject {
  return {
    ...whole,
    ...('count' in whole && { count: delivered }),
    [rows.key]: rows.take(delivered),
    next_offset: next,
    truncated: true,
    hint: `Cut to ${maxBytes} bytes. ${wayOn(tool, next)}`
  }
}

/** How to get the rest, in the arguments that the tool takes. */
function wayOn({ access, input }: Pick<Tool, 'access' | 'input'>, next: number): string {
  const takes = (name: string) => name in (input.properties ?? {})
  if (access !== 'read') return 'Do not repeat the call unless the method only reads; if so, ask for less at a time.'
  const less = takes('fields') ? 'name only the fields you need' : 'narrow the call'
  if (takes('offset')) return `Go on with offset ${next}, or ${less}.`
  if (takes('ids')) return `Go on with the ids from position ${next} (0 is the first), or ${less}.`
  return takes('filter') ? 'Use fields or filter.' : `${less.charAt(0).toUpperCase()}${less.slice(1)}.`
}

/** An answer that cannot be cut, with a hint if it is too large. */
function orHint(whole: JsonObject, text: string, maxBytes: number, tool: Budget['tool']): Fitted {
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return { output: whole, text }
  const advice = tool?.access === 'read' ? ': ask for less, such as fewer fields' : ''
  const output = { ...whole, hint: `More than ${maxBytes} bytes, which could not be cut${advice}.` }
  return { output, text: JSON.stringify(output) }
}
