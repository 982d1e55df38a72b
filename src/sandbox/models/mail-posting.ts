import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Method, Model } from '../orm/types.js'
import { create } from '../orm/write/create.js'
import { textOf } from './res-partner-computed.js'

/** `message_post`, of all models with a thread. The id of the message on 14, a list of it on 19. */
export const messagePost: Method = {
  on: 'records',
  params: [
    'body?',
    'subject?',
    'message_type?',
    'email_from?',
    'author_id?',
    'parent_id?',
    'subtype_xmlid?',
    'attachment_ids?',
    'body_is_html?'
  ],
  run(env, model, ids, args) {
    const [id] = ids
    const author = env.tables.row('res.users', env.uid)?.partner_id
    const body = String(args.body || '')
    const values = {
      body: env.major >= 17 && args.body_is_html !== true ? paragraph(escapeHtml(body)) : paragraph(body),
      subject: args.subject ?? false,
      message_type: args.message_type ?? 'notification',
      model: model.name,
      res_id: id ?? 0,
      author_id: args.author_id ?? (author as Json),
      email_from: args.email_from ?? senderOf(env),
      reply_to: senderOf(env),
      message_id: `<${env.now.replaceAll(/\D/g, '')}-odoo-${id ?? 0}-${model.name}@sandbox>`,
      parent_id: args.parent_id ?? false,
      attachment_ids: args.attachment_ids ?? []
    }
    const [message] = create(env.sudo(), env.models.need('mail.message'), [values])
    return env.major < 17 ? (message as number) : [message as number]
  }
}

const paragraph = (html: string) => (html === '' || html.startsWith('<') ? html : `<p>${html}</p>`)

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function senderOf(env: Env): string {
  const partner = env.tables.row('res.partner', Number(env.tables.row('res.users', env.uid)?.partner_id))
  return `"${textOf(partner?.name)}" <${textOf(partner?.email) ?? ''}>`
}

/** `activity_schedule`: a to-do on a record. */
export const activitySchedule: Method = {
  on: 'records',
  params: ['act_type_xmlid?', 'date_deadline?', 'summary?', 'note?', 'user_id?'],
  run(env: Env, model: Model, ids, { act_type_xmlid, date_deadline, summary, note, user_id }) {
    const [, name] = String(act_type_xmlid || 'mail.mail_activity_data_todo').split('.')
    const type = [...env.tables.rows('ir.model.data').values()].find(
      row => row.model === 'mail.activity.type' && row.name === name
    )
    const rows = ids.map(id => ({
      res_model: model.name,
      res_id: id,
      activity_type_id: Number(type?.res_id ?? 0) || false,
      summary: summary ?? false,
      note: note ?? false,
      date_deadline: date_deadline || env.now.slice(0, 10),
      user_id: user_id || env.uid
    }))
    const created = create(env.sudo(), env.models.need('mail.activity'), rows)
    // 14 answers with the recordset itself, of which JSON gets the text.
    return env.major < 17 ? `mail.activity(${created.join(', ')}${created.length === 1 ? ',' : ''})` : created
  }
}
