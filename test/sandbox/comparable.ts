import type { IncomingHttpHeaders } from 'node:http'

/** What two answers have in common: tracebacks by their exceptions, pages of the website not at all. */
export function comparable(status: number, headers: IncomingHttpHeaders, text: string) {
  const shown = {
    status,
    type: headers['content-type'],
    authenticate: headers['www-authenticate'],
    // A set in werkzeug: its order changes from one start of Odoo to the next.
    allow: headers.allow?.split(', ').sort()
  }
  const renamed = text
    .replaceAll('"lab"', '"sandbox"')
    .replaceAll('>lab<', '>sandbox<')
    .replace(/PGSQL\.\d+/g, 'PGSQL.5432')
  if (shown.type?.startsWith('application/json')) return { ...shown, body: withoutFrames(JSON.parse(renamed)) }
  if (status === 404 && renamed.includes('charset="utf-8"')) return { ...shown, body: 'a page' }
  return { ...shown, body: renamed.replace(/Traceback[^<]*/g, exceptions) }
}

function withoutFrames(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => (key === 'debug' ? exceptions(item) : item)))
}

const meanwhile = 'During handling of the above exception, another exception occurred:\n'
const because = 'The above exception was the direct cause of the following exception:\n'

/** The exception of a traceback, and that of the database which was its cause: others are Odoo's own affair. */
function exceptions(text: string): string {
  const raised = (text.split(meanwhile).at(-1) as string).split(because).map(part => {
    const lines = part.split('\n').filter(line => !/^(Traceback|DETAIL|$| )/.test(line))
    return lines.join('\n')
  })
  const causes = raised.slice(0, -1).filter(cause => cause.startsWith('psycopg2.'))
  return [...(text.startsWith('Traceback') ? ['Traceback'] : []), ...causes, raised.at(-1)].join('\n')
}
