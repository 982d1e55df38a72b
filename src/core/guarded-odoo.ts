import { type Belonging, belongingOf, belongsToHidden, namesFieldsOf, ownerFields, visibleRows } from './belonging.js'
import type { Json } from './json.js'
import type { Policy } from './policy.js'
import type { Group, OdooPort, Row } from './ports/odoo.js'

/**
 * The port that tools are given: rows that belong to what the policy hides are not there. They are neither found,
 * counted nor grouped, and to read them by their ids is to read ids that do not exist.
 */
export function guardedOdoo(odoo: OdooPort, policy: Policy): OdooPort {
  return {
    identity: odoo.identity,
    async search(model, query) {
      return odoo.search(model, { ...query, domain: (await narrowed(odoo, policy, model, query.domain)).domain })
    },
    async read(model, ids, fields) {
      const belonging = belongingOf(await odoo.fields(model))
      return belonging === undefined
        ? odoo.read(model, ids, fields)
        : readVisible(odoo, policy, { model, ids, fields, belonging })
    },
    async count(model, domain) {
      return odoo.count(model, (await narrowed(odoo, policy, model, domain)).domain)
    },
    async aggregate(model, query) {
      const { domain, term } = await narrowed(odoo, policy, model, query.domain)
      const { groups, more } = await odoo.aggregate(model, { ...query, domain })
      return { groups: groups.map(group => without(term, group)), more }
    },
    async nameSearch(model, query) {
      return odoo.nameSearch(model, { ...query, domain: (await narrowed(odoo, policy, model, query.domain)).domain })
    },
    fields: model => odoo.fields(model),
    listColumns: model => odoo.listColumns(model),
    describeFields: (...args) => odoo.describeFields(...args),
    models: () => odoo.models(),
    // By its id a file is refused before it comes here (`check/records.ts`), as is every write.
    fileFacts: (...args) => odoo.fileFacts(...args),
    readFile: (...args) => odoo.readFile(...args),
    openFile: (...args) => odoo.openFile(...args),
    create: (...args) => odoo.create(...args),
    write: (...args) => odoo.write(...args),
    unlink: (...args) => odoo.unlink(...args),
    async call(model, method, ...args) {
      const reply = await odoo.call(model, method, ...args)
      return viewMethods.has(method) ? { ...reply, result: withoutHidden(reply.result, policy) } : reply
    }
  }
}

/** They describe the fields of whatever models stand in a view: 14 within the fields, later versions in `models`. */
const viewMethods: ReadonlySet<string> = new Set(['get_views', 'get_view', 'fields_view_get', 'load_views'])

function withoutHidden(value: Json, policy: Policy): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => withoutHidden(item, policy))
  const isHidden = typeof value.relation === 'string' && !policy.mayRead(value.relation)
  const members = Object.entries(value).filter(([name]) => !(isHidden && name === 'views'))
  return Object.fromEntries(
    members.map(([name, member]) => [name, withoutHidden(name === 'models' ? visible(member, policy) : member, policy)])
  )
}

function visible(models: Json, policy: Policy): Json {
  if (typeof models !== 'object' || models === null || Array.isArray(models)) return models
  return Object.fromEntries(Object.entries(models).filter(([model]) => policy.mayRead(model)))
}

/** A domain with the term that leaves out what the policy hides, which stands first. */
async function narrowed(odoo: OdooPort, policy: Policy, model: string, domain: Json[]) {
  const belonging = belongingOf(await odoo.fields(model))
  const term = belonging === undefined ? [] : visibleRows(belonging, policy, namesFieldsOf(domain))
  return { term, domain: [...term, ...domain] }
}

interface Reading {
  model: string
  ids: number[]
  fields: string[]
  belonging: Belonging
}

async function readVisible(odoo: OdooPort, policy: Policy, { model, ids, fields, belonging }: Reading): Promise<Row[]> {
  const owner = ownerFields(belonging)
  if (owner === undefined) {
    const hidden = new Set(await hiddenIds(odoo, policy, model, ids, belonging))
    return (await odoo.read(model, ids, fields)).filter(({ id }) => !hidden.has(id))
  }
  const more = owner.filter(name => !fields.includes(name))
  const rows = await odoo.read(model, ids, [...fields, ...more])
  const visible = rows.filter(row => !belongsToHidden(row, belonging, policy))
  return visible.map(row => Object.fromEntries(Object.entries(row).filter(([name]) => !more.includes(name))) as Row)
}

/** Those of some ids whose rows belong to what the policy hides. Of ids that do not exist none is. */
export async function hiddenIds(
  odoo: OdooPort,
  policy: Policy,
  model: string,
  ids: number[],
  belonging: Belonging
): Promise<number[]> {
  const owner = ownerFields(belonging)
  if (owner !== undefined) {
    const rows = await odoo.read(model, ids, owner)
    return rows.filter(row => belongsToHidden(row, belonging, policy)).map(({ id }) => id)
  }
  const term = visibleRows(belonging, policy, true)
  if (term.length === 0) return []
  const domain = ['!', ...term, ['id', 'in', ids]]
  return (await odoo.search(model, { domain, fields: ['id'], limit: ids.length })).map(({ id }) => id)
}

/** The domain of a group as its caller knows it: with the term, which is ours, it would not be readable. */
function without(term: Json[], group: Group): Group {
  if (term.length === 0) return group
  const wanted = JSON.stringify(term)
  const at = group.domain.findIndex((_leaf, from) => {
    return JSON.stringify(group.domain.slice(from, from + term.length)) === wanted
  })
  return at < 0 ? group : { ...group, domain: group.domain.toSpliced(at, term.length) }
}
