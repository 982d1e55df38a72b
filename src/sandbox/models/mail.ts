import {
  boolean,
  char,
  datetime,
  html,
  integer,
  many2many,
  many2one,
  one2many,
  related,
  selection,
  text
} from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { displayNameOf } from '../orm/values.js'
import { write } from '../orm/write/write.js'
import { messagePost } from './mail-posting.js'

/** Messages on records. */
export const mailMessage: ModelSpec = {
  name: 'mail.message',
  description: 'Message',
  module: 'mail',
  order: 'id desc',
  recName: 'record_name',
  fields: {
    subject: char('Subject'),
    date: datetime('Date', { default: env => env.now.slice(0, 19) }),
    body: html('Contents', { default: '' }),
    description: char('Short description', {
      readonly: true,
      store: false,
      compute: ({ get }) => plain(get('body')).slice(0, 30),
      until: 18
    }),
    preview: char('Preview', {
      readonly: true,
      store: false,
      compute: ({ get }) => plain(get('body')).slice(0, 100),
      from: 19
    }),
    attachment_ids: many2many('Attachments', 'ir.attachment', 'message_attachment_rel'),
    parent_id: many2one('Parent Message', 'mail.message'),
    child_ids: one2many('Child Messages', 'mail.message', 'parent_id'),
    model: char('Related Document Model'),
    res_id: { type: 'many2one_reference', string: 'Related Document ID' },
    record_name: major =>
      major < 17
        ? char('Message Record Name', { compute: recordName })
        : char('Message Record Name', { readonly: true, store: false, compute: recordName }),
    message_type: major =>
      selection(
        'Type',
        major < 17
          ? [
              ['email', 'Email'],
              ['comment', 'Comment'],
              ['notification', 'System notification'],
              ['user_notification', 'User Specific Notification'],
              ['sms', 'SMS'],
              ['snailmail', 'Snailmail']
            ]
          : [
              ['email', 'Incoming Email'],
              ['comment', 'Comment'],
              ['email_outgoing', 'Outgoing Email'],
              ['notification', 'System notification'],
              ['auto_comment', 'Automated Targeted Notification'],
              ['out_of_office', 'Out-of-office Message'],
              ['user_notification', 'User Specific Notification'],
              ['sms', 'SMS'],
              ['snailmail', 'Snailmail']
            ],
        { required: true, default: env => (env.major < 17 ? 'email' : 'comment') }
      ),
    email_from: char('From'),
    author_id: many2one('Author', 'res.partner'),
    partner_ids: many2many('Recipients', 'res.partner', 'mail_message_res_partner_rel', {
      context: { active_test: false }
    }),
    starred: boolean('Starred', { readonly: true, store: false, searchable: true, compute: () => false }),
    needaction: boolean('Need Action', { readonly: true, store: false, searchable: true, compute: () => false }),
    is_internal: boolean('Employee Only'),
    reply_to: char('Reply-To'),
    message_id: char('Message-Id', { readonly: true })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_portal', 'crwu'],
    ['base.group_user', 'crwu'],
    ['base.group_public', 'r', { from: 18 }]
  ],
  displayName: ({ get }) => String(get('record_name') ?? ''),
  rules: [
    {
      name: 'mail.message: portal: own',
      group: 'base.group_portal',
      domain: ({ tables, uid }) => [['author_id', '=', Number(tables.row('res.users', uid)?.partner_id)]]
    }
  ]
}

const plain = (html: unknown) =>
  String(html ?? '')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()

function recordName({ env, get }: Rec): string | null {
  const model = env.models.get(String(get('model')))
  const id = Number(get('res_id'))
  return model !== undefined && env.tables.row(model.name, id) !== undefined
    ? displayNameOf(env.sudo(), model, id)
    : null
}

/** Templates of emails. */
export const mailTemplate: ModelSpec = {
  name: 'mail.template',
  description: 'Email Templates',
  module: 'mail',
  order: major => (major < 17 ? 'name' : 'name'),
  fields: {
    name: major => (major < 17 ? char('Name') : char('Name', { translate: true })),
    model_id: many2one('Applies to', 'ir.model'),
    model: related('char', 'Related Document Model', 'model_id.model', { store: true }),
    subject: char('Subject', { translate: true }),
    email_from: major => char(major < 17 ? 'From' : 'Send From'),
    email_to: char('To (Emails)'),
    partner_to: char('To (Partners)'),
    body_html: html('Body', { translate: true }),
    lang: char('Language'),
    auto_delete: boolean('Auto Delete'),
    active: boolean('Active', { default: true, from: 17 })
  },
  access: [
    ['base.group_user', 'crw', { until: 17 }],
    ['base.group_system', 'crwu'],
    ['base.group_user', 'crwu', { from: 18 }],
    ['mail.group_mail_template_editor', 'crwu', { from: 18 }]
  ]
}

/** The wizard that writes an email about records. */
export const mailComposeMessage: ModelSpec = {
  name: 'mail.compose.message',
  description: 'Email composition wizard',
  module: 'mail',
  transient: true,
  fields: {
    subject: char('Subject'),
    body: html('Contents', { default: '' }),
    model: char('Related Document Model'),
    res_id: integer('Related Document ID', { until: 16 }),
    res_ids: text('Related Document IDs', { from: 17 }),
    composition_mode: major =>
      selection(
        'Composition mode',
        major < 17
          ? [
              ['comment', 'Post on a document'],
              ['mass_mail', 'Email Mass Mailing'],
              ['mass_post', 'Post on Multiple Documents']
            ]
          : [
              ['comment', 'Post on a document'],
              ['mass_mail', 'Email Mass Mailing']
            ],
        { default: 'comment' }
      ),
    partner_ids: many2many('Additional Contacts', 'res.partner', 'mail_compose_message_res_partner_rel'),
    template_id: many2one('Use template', 'mail.template'),
    attachment_ids: many2many('Attachments', 'ir.attachment', 'mail_compose_message_ir_attachments_rel'),
    email_from: char('From'),
    author_id: many2one('Author', 'res.partner'),
    message_type: major =>
      selection(
        'Type',
        major < 17
          ? [
              ['comment', 'Comment'],
              ['notification', 'System notification']
            ]
          : [
              ['auto_comment', 'Automated Targeted Notification'],
              ['comment', 'Comment'],
              ['notification', 'System notification']
            ],
        { required: true, default: 'comment' }
      )
  },
  access: [
    ['base.group_user', 'crw'],
    ['base.group_portal', 'crw', { until: 17 }]
  ],
  methods: {
    action_send_mail: {
      on: 'records',
      params: ['auto_commit?'],
      run: (env, model, ids) => {
        for (const id of ids) sendOne(env, Number(id), model.name)
        return { type: 'ir.actions.act_window_close' }
      }
    }
  }
}

/** Posts the message on its record; an order that is sent so is marked. */
function sendOne(env: Rec['env'], id: number, wizard: string): void {
  const row = env.tables.row(wizard, id)
  const model = env.models.get(String(row?.model ?? env.context.active_model))
  const recordId = Number(row?.res_id ?? JSON.parse(String(row?.res_ids ?? '[]'))[0] ?? env.context.active_id)
  if (model === undefined || env.tables.row(model.name, recordId) === undefined) return
  messagePost.run(env, model, [recordId], {
    body: String(row?.body ?? ''),
    subject: String(row?.subject ?? ''),
    message_type: 'comment',
    body_is_html: true
  })
  if (!env.context.mark_so_as_sent || model.name !== 'sale.order') return
  if (env.tables.row('sale.order', recordId)?.state === 'draft') write(env, model, [recordId], { state: 'sent' })
}
