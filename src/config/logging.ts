import { nearest } from '../core/nearest.js'
import type { LogHandler, LogLevel, LogSettings } from '../core/ports/log.js'
import type { Surface } from './listen.js'
import type { Setting } from './setting.js'
import type { Values } from './values.js'

/** Our levels, and Python's names for them. */
const levels = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  silent: 'silent'
} as const satisfies Record<string, LogLevel>

const levelNames = Object.keys(levels) as (keyof typeof levels)[]

export const logSettings = {
  log_level: {
    kind: levelNames,
    key: 'logging.level',
    default: 'info',
    description: 'Least severe lines to log'
  },
  log_format: {
    kind: 'log format',
    key: 'logging.format',
    description:
      '`json`, `pretty`, or a format of Python such as `%(asctime)s %(levelname)s %(message)s`; default: pretty on a terminal, else json'
  },
  log_handlers: {
    kind: 'log handlers',
    key: 'logging.handlers',
    default: '[]',
    description:
      'Where the log goes: a list of `{type: StreamHandler, level}` (stderr) and `{type: FileHandler, filename, level}`; default: stderr'
  }
} as const satisfies Record<string, Setting>

/**
 * @param fileProblem what is wrong with a file that is to be written at its end; undefined when nothing is
 */
export function logging(
  values: Values,
  surface: Surface,
  fileProblem: (filename: string) => string | undefined
): LogSettings {
  const level = levels[values.word<keyof typeof levels>('log_level') ?? 'info']
  const format = logFormat(values)
  const handlers = logHandlers(values)
  for (const handler of handlers) {
    if (handler.to === 'stderr') continue
    const problem = isStdout(handler.filename) && surface === 'stdio' ? stdoutProblem : fileProblem(handler.filename)
    if (problem !== undefined) values.tell('log_handlers', `${JSON.stringify(handler.filename)} ${problem}`)
  }
  return { level, ...(format !== undefined && { format }), handlers }
}

const stdoutProblem = 'belongs to the protocol on stdio; expected StreamHandler, which writes to stderr'

function isStdout(filename: string): boolean {
  return /^\/(dev\/(stdout|fd\/1)|proc\/(self|\d+)\/fd\/1)$/.test(filename)
}

const fields = ['asctime', 'name', 'levelname', 'message'] as const

/** `%%`, or a field with width and precision, as src/log/python-format.ts writes them. */
const directive = /%(?:%|\((\w+)\)[-0 +#]*\d{0,3}(?:\.\d{1,3})?s)/g

function logFormat(values: Values): LogSettings['format'] {
  const text = values.text('log_format')
  if (text === undefined) return undefined
  if (text === 'json' || text === 'pretty') return text
  const used = [...text.matchAll(directive)].flatMap(([, field]) => field ?? [])
  const unknown = [...text.matchAll(/%\((\w+)\)/g)].map(([, field = '']) => field).filter(field => !isField(field))
  if (!text.includes('%(')) {
    const near = nearest(text, ['json', 'pretty'])
    values.report(
      'log_format',
      `expected json, pretty, or a format of Python such as "%(asctime)s %(message)s"${near === undefined ? '' : `; did you mean ${near}?`}`
    )
  } else if (unknown[0] !== undefined) {
    const near = nearest(unknown[0], fields)
    values.report(
      'log_format',
      `unknown field "${unknown[0]}"; expected ${fields.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`
    )
  } else if (used.length === 0 || text.replace(directive, '').includes('%')) {
    values.report('log_format', 'has a "%" that begins no field; expected fields such as %(message)s, and %% for a "%"')
  }
  return { python: text }
}

function isField(text: string): boolean {
  return (fields as readonly string[]).includes(text)
}

/** A list of handlers, or an object of them by type; each is a type alone, or an object with its keys. */
function logHandlers(values: Values): LogHandler[] {
  const items = itemsOf(values.json('log_handlers'))
  if (items === undefined) {
    values.report('log_handlers', 'expected a list of StreamHandler and FileHandler')
    return []
  }
  return items.flatMap((item, index) => {
    const [handler, problem] = toHandler(item)
    if (problem !== undefined) values.report('log_handlers', `item ${index + 1}: ${problem}`)
    return handler ?? []
  })
}

function itemsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.entries(value).map(([type, keys]) => ({ [type]: keys })) : undefined
}

type Read = [handler: LogHandler | undefined, problem?: string]

function toHandler(item: unknown): Read {
  if (typeof item === 'string') return toHandler({ type: item })
  if (!isObject(item)) return [undefined, 'expected a handler, such as {type: FileHandler, filename: odoo-mcp.log}']
  const entries = Object.entries(item)
  const [only] = entries
  if (entries.length === 1 && only !== undefined && only[0] !== 'type') {
    const [type, keys] = only
    if (keys === null || isObject(keys)) return toHandler({ ...keys, type })
  }
  const { type, level, filename, ...others } = item
  if (type !== 'StreamHandler' && type !== 'FileHandler') return [undefined, wrongType(type)]
  const [unknown] = Object.keys(type === 'StreamHandler' && filename !== undefined ? { ...others, filename } : others)
  if (unknown !== undefined) {
    const known = type === 'FileHandler' ? ['filename', 'level'] : ['level']
    return [undefined, `unknown key "${unknown}" of ${type}${meant(unknown, known)}; expected ${known.join(' and ')}`]
  }
  const least = levelNames.find(name => typeof level === 'string' && name === level.toLowerCase())
  if (level !== undefined && least === undefined) return [undefined, `level: expected one of ${levelNames.join(', ')}`]
  const atLeast = least === undefined ? {} : { level: levels[least] }
  if (type === 'StreamHandler') return [{ to: 'stderr', ...atLeast }]
  if (typeof filename !== 'string' || filename === '') return [undefined, 'filename: expected the path of a file']
  return [{ to: 'file', filename, ...atLeast }]
}

function wrongType(type: unknown): string {
  const known = ['StreamHandler', 'FileHandler']
  const wrong = typeof type === 'string' ? ` ${JSON.stringify(type)}${meant(type, known)}` : ''
  return wrong === '' ? `type: expected ${known.join(' or ')}` : `unknown type${wrong}; expected ${known.join(' or ')}`
}

function meant(word: string, known: string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `, did you mean ${near}?`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
