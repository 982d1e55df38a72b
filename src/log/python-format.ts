/** One line of the log, parsed. */
export interface LogRecord {
  level: number
  /** ISO 8601. */
  time: string
  msg?: string
  [field: string]: unknown
}

/**
 * Writes lines as Python's logging does with a %-format such as `%(asctime)s - %(levelname)s - %(message)s`. It knows
 * asctime (local time), name, levelname and message, with width and precision; anything else stays as it is written.
 */
export function pythonFormat(format: string): (record: LogRecord) => string {
  return record => {
    const line = format.replace(directive, (whole, name, flags = '', width = '0', precision) => {
      if (whole === '%%') return '%'
      const text = attributes.get(name)?.(record)
      if (text === undefined) return whole
      const cut = precision === undefined ? text : text.slice(0, Number(precision))
      return flags.includes('-') ? cut.padEnd(Number(width)) : cut.padStart(Number(width))
    })
    return `${line}${stackOf(record)}\n`
  }
}

const directive = /%(?:%|\((\w+)\)([-0 +#]*)(\d{1,3})?(?:\.(\d{1,3}))?s)/g

const attributes: ReadonlyMap<string, (record: LogRecord) => string> = new Map([
  ['asctime', ({ time }) => localTime(new Date(time))],
  ['name', () => 'odoo-mcp'],
  ['levelname', ({ level }) => levelNames.find(([least]) => level >= least)?.[1] ?? 'NOTSET'],
  ['message', messageOf]
])

const levelNames: readonly [least: number, name: string][] = [
  [60, 'CRITICAL'],
  [50, 'ERROR'],
  [40, 'WARNING'],
  [30, 'INFO'],
  [10, 'DEBUG']
]

/** As Python's `asctime`: `2026-11-29 22:43:27,123`. */
function localTime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time},${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** What was said, and the fields behind it as `key=value`, those of an object as `audit.model=…`. */
function messageOf({ level: _level, time: _time, msg = '', err, ...fields }: LogRecord): string {
  return [oneLine(msg), ...pairs(isStack(err) ? fields : { ...fields, err })].join(' ')
}

function pairs(fields: object, prefix = ''): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const name = prefix + bare(key)
    if (value === undefined) return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return pairs(value, `${name}.`)
    return [`${name}=${typeof value === 'string' ? bare(value) : JSON.stringify(value)}`]
  })
}

/** A text with blanks, quotes or the like as JSON has it, so that nobody can make one field look like two. */
function bare(text: string): string {
  return /^[\w.:/@*+-]+$/.test(text) ? text : JSON.stringify(text)
}

/** Nobody can make one line look like two. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ')
}

/** Of an error, behind the line as in Python, but indented: no line of it can be taken for one of the log. */
function stackOf({ err }: LogRecord): string {
  return isStack(err) ? `\n  ${err.stack.replace(/\r?\n|\r/g, '\n  ')}` : ''
}

function isStack(err: unknown): err is { stack: string } {
  return typeof (err as { stack?: unknown } | null | undefined)?.stack === 'string'
}
