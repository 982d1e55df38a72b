import { userError } from '../../exceptions.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'

/** The arch that Odoo makes where a model has no view of a type. Throws where there is none to make. */
export function defaultArch(env: Env, model: Model, type: string): string {
  const title = `string="${escaped(model.description)}"`
  const name = `<field name="${recName(model)}"/>`
  switch (type) {
    case listTag(env):
    case 'search':
    case 'graph':
      return `<${type} ${title}>${name}</${type}>`
    case 'pivot':
      return `<pivot ${title}/>`
    case 'kanban':
      return `<kanban ${title}><templates>${card(env, name)}</templates></kanban>`
    case 'form':
      return env.major <= 14 ? form14(model, title) : form(model, title)
    case 'calendar':
      throw noCalendar(model)
    default:
      throw userError(`No default view of type '${type}' could be found${env.major <= 14 ? ' !' : '!'}`)
  }
}

/** `<tree>` became `<list>` with 18. */
export function listTag(env: Env): 'tree' | 'list' {
  return env.major < 18 ? 'tree' : 'list'
}

function recName({ recName: name }: Model): string {
  return name ?? 'id'
}

function card(env: Env, name: string): string {
  if (env.major >= 18) return `<t t-name="card">${name}</t>`
  const attributes = 't-attf-class="oe_kanban_card oe_kanban_global_click"'
  return `<t t-name="kanban-box"><div ${attributes}><div class="o_kanban_card_content">${name}</div></div></t>`
}

const automatic = new Set(['id', 'create_uid', 'create_date', 'write_uid', 'write_date', '__last_update'])

function shownFields(model: Model): Field[] {
  return [...model.fields.values()].filter(
    ({ name, readonly = false }) => !automatic.has(name) && !(name === 'display_name' && readonly)
  )
}

const isWide = ({ type }: Field) => ['one2many', 'many2many', 'text', 'html'].includes(type)

function form14(model: Model, title: string): string {
  const fields = shownFields(model).map(field =>
    isWide(field) ? `<newline/><field name="${field.name}" colspan="4"/><newline/>` : `<field name="${field.name}"/>`
  )
  return `<form><sheet ${title}><group col="4">${fields.join('')}<separator/></group></sheet></form>`
}

/** Two columns, broken by fields that take the whole width. */
function form(model: Model, title: string): string {
  let sheet = ''
  let columns: [string[], string[]] = [[], []]
  const group = () => {
    const groups = columns.filter(column => column.length > 0).map(column => `<group>${column.join('')}</group>`)
    columns = [[], []]
    return groups.length > 0 ? `<group>${groups.join('')}</group>` : ''
  }
  for (const field of shownFields(model)) {
    if (field.type === 'binary' && !field.store) continue
    const node = `<field name="${field.name}"/>`
    if (isWide(field)) sheet += `${group()}<group>${node}</group>`
    else (columns[0].length > columns[1].length ? columns[1] : columns[0]).push(node)
  }
  return `<form><sheet ${title}>${sheet}${group() || '<group/>'}<group><separator/></group></sheet></form>`
}

function noCalendar({ name, fields }: Model): Error {
  if (!['date', 'date_start', 'x_date', 'x_date_start'].some(field => fields.has(field))) {
    return userError('Insufficient fields for Calendar View!')
  }
  return userError(`Insufficient fields to generate a Calendar View for ${name}, missing a date_stop or a date_delay`)
}

/** A text as it stands in an attribute. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
