import sax from 'sax'
import { type ErrorCode, GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import type { Clock, Log } from '../../core/ports/log.js'
import type { CallScope, Identity } from '../../core/ports/odoo.js'
import { isObject } from '../parse-json.js'
import { capabilitiesOf } from '../versions.js'

/** Reads a method of a model within a scope. */
export type ReadModel = (method: string, args: Json[], scope: CallScope) => Promise<Json>

/** Milliseconds that a call waits for a list view at most: only a nicer choice of fields hangs on it. */
const patience = 5_000

/** Failures that say nothing of the view, and that the call itself would meet as well: not to be remembered. */
const passing: ReadonlySet<ErrorCode> = new Set(['auth_failed', 'busy', 'cancelled', 'odoo_unavailable'])

/**
 * The visible columns of a model's own list view, left to right, each once. None where the model has no such view, and
 * where it cannot be had: whatever is wrong with a view, a search goes on without it. Throws only what `passing` names.
 */
export async function fetchListColumns(
  model: string,
  identity: Pick<Identity, 'major' | 'protocol'>,
  read: ReadModel,
  scope: CallScope,
  { clock, log }: { clock: Clock; log: Log }
): Promise<string[]> {
  const deadline = Math.min(scope.deadline, clock() + patience)
  try {
    const arch = await fetchArch(identity, (method, args) => read(method, args, { ...scope, deadline }))
    return arch === undefined ? [] : visibleColumns(arch)
  } catch (error) {
    if (!(error instanceof GatewayError) || passing.has(error.code)) throw error
    log.debug({ model, code: error.code, err: error.cause ?? error }, 'no columns of the list view')
    return []
  }
}

/** The arch of the list view; undefined where Odoo makes one up, which holds the name alone (14 and 19). */
async function fetchArch(
  { major, protocol }: Pick<Identity, 'major' | 'protocol'>,
  read: (method: string, args: Json[]) => Promise<Json>
): Promise<string | undefined> {
  const { hasGetViews, listView } = capabilitiesOf(major)
  if (!hasGetViews) {
    // Every field of its answer holds None, which Odoo cannot send over XML-RPC (14).
    if (protocol === 'xmlrpc') return undefined
    return ownArch(await read('fields_view_get', [false, listView]), 'view_id')
  }
  const reply = await read('get_views', [[[false, listView]]])
  const views = isObject(reply) && isObject(reply.views) ? reply.views : {}
  return ownArch(views[listView], 'id')
}

function ownArch(view: Json | undefined, id: 'id' | 'view_id'): string | undefined {
  if (!isObject(view) || !view[id]) return undefined
  return typeof view.arch === 'string' ? view.arch : undefined
}

/**
 * Reads the arch of a list view as the web client does before a user has changed anything: its fields that are columns,
 * are not hidden in every case, and are not "optional" ones that start hidden. Throws `odoo_error` if it is not XML.
 */
export function visibleColumns(arch: string): string[] {
  const columns = new Set<string>()
  const parser = sax.parser(true)
  let depth = 0
  parser.onopentag = ({ name, attributes }) => {
    depth++
    // Without `xmlns` in its options the parser gives plain text.
    const plain = attributes as Attributes
    // Deeper ones are no columns: those of `<groupby>`, or the columns of a list within the list.
    if (depth === 2 && name === 'field' && plain.name && isVisible(plain)) columns.add(plain.name)
  }
  parser.onclosetag = () => {
    depth--
  }
  parser.onerror = error => {
    throw error
  }
  try {
    parser.write(arch).close()
  } catch (cause) {
    throw new GatewayError('odoo_error', 'The list view of Odoo could not be read.', { cause })
  }
  return [...columns]
}

type Attributes = Readonly<Record<string, string>>

/** These show an icon to drag or to look at, no value. */
const iconWidgets = new Set(['handle', 'activity_exception'])

function isVisible(attributes: Attributes): boolean {
  const { optional = 'show', widget = '' } = attributes
  return optional === 'show' && !iconWidgets.has(widget) && !isHidden(attributes)
}

/**
 * Until 16 Odoo has evaluated what is invisible, in JSON. From 17 on it leaves Python expressions: those that depend on
 * something are taken for shown.
 */
function isHidden({ modifiers, column_invisible = '', invisible = '' }: Attributes): boolean {
  if (modifiers === undefined) return isTrue(column_invisible) || isTrue(invisible)
  const evaluated = JSON.parse(modifiers) as JsonObject
  return evaluated.column_invisible === true || evaluated.invisible === true
}

function isTrue(expression: string): boolean {
  return expression === '1' || expression === 'True'
}
