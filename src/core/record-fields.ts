import { type FieldPolicy, fieldsToRead, isShown } from './default-fields.js'
import type { FieldInfo, OdooPort } from './ports/odoo.js'

/**
 * The fields by which a record is shown when it is looked at alone, and by which its changes are noticed: the
 * representative ones, then every other that is stored. What Odoo computes at every read may differ from one second to
 * the next, though nobody has changed anything.
 */
export async function fieldsOfRecord(odoo: OdooPort, model: string, policy: FieldPolicy): Promise<string[]> {
  const first = await fieldsToRead(odoo, model, [], policy)
  const readable = new Set((await odoo.models()).map(({ model }) => model))
  const stored = [...(await odoo.fields(model))]
    .filter(([name, info]) => tells(name, info) && isReadable(info, readable) && isShown(name, info, policy))
    .map(([name]) => name)
  return [...new Set([...first, ...stored])]
}

/** Who wrote last and when is in every write, also in one that changes nothing; the last one is set by a bell in the web client. */
const bookkeeping = new Set(['id', 'write_date', 'write_uid', '__last_update', 'calendar_last_notif_ack'])

/** One2many fields name records that tell of themselves, by the thousand; files are resources of their own. */
const elsewhere = new Set(['one2many', 'binary'])

function tells(name: string, { store, type }: FieldInfo): boolean {
  return store && !elsewhere.has(type) && !bookkeeping.has(name)
}

/** For the tags of their own contact, which portal users may not read, Odoo 19 refuses the whole record. */
function isReadable({ type, relation }: FieldInfo, readable: ReadonlySet<string>): boolean {
  return type !== 'many2many' || (relation !== undefined && readable.has(relation))
}
