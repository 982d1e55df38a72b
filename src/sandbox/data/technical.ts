import { cellsOf } from '../models/attachment-content.js'
import { pictures } from './partners.js'
import type { Seeder } from './seeder.js'

/** `ir.model`: a record for every model there is. */
export function seedModels({ env, insert }: Seeder): void {
  for (const name of env.models.names()) {
    const { description, transient = false, order, module = 'base' } = env.models.need(name)
    const row = { name: description, model: name, order, transient, abstract: false, state: 'base' }
    insert('ir.model', row, `${module}.model_${name.replaceAll('.', '_')}`)
  }
}

/** `ir.module.module`: what brings the models. */
export function seedModules({ env, insert }: Seeder): void {
  const names = new Set(env.models.names().map(name => env.models.need(name).module ?? 'base'))
  for (const name of names) {
    const shortdesc = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
    const version = `${env.release.serie}.1.0`
    insert(
      'ir.module.module',
      { name, shortdesc, author: 'Odoo S.A.', latest_version: version, state: 'installed', application: false },
      `base.module_${name}`
    )
  }
}

/** Parameters, a scheduled action, a mail server and so on: what a policy keeps away from clients. */
export function seedTechnical({ env, insert, id, link, moment }: Seeder): void {
  const parameters = {
    'database.create_date': env.now.slice(0, 19),
    'database.uuid': 'f0000000-0000-4000-8000-000000000000',
    'web.base.url': 'http://localhost:8069'
  }
  for (const [key, value] of Object.entries(parameters)) insert('ir.config_parameter', { key, value })
  const model_id = id('base.model_res_partner')
  const server = insert('ir.actions.server', {
    name: 'Base: Auto-vacuum internal data',
    model_id,
    state: 'code',
    code: 'pass'
  })
  const clock = { interval_number: 1, interval_type: 'days', nextcall: moment(1, 3), user_id: 1, active: true }
  insert(
    'ir.cron',
    { ...clock, ir_actions_server_id: server, cron_name: 'Base: Auto-vacuum internal data' },
    'base.autovacuum_job'
  )
  insert('ir.mail_server', {
    name: 'Outgoing',
    smtp_host: 'localhost',
    smtp_port: 25,
    smtp_user: 'odoo',
    smtp_pass: 'not a secret',
    active: true
  })
  const rule = insert('ir.rule', {
    name: 'res.partner company',
    model_id,
    domain_force: "[('company_id', 'in', company_ids + [False])]",
    active: true
  })
  link('rule_group_rel', rule, id('base.group_user'))
  insert('ir.ui.view', {
    name: 'res.partner.tree',
    model: 'res.partner',
    type: env.major < 18 ? 'tree' : 'list',
    arch_db: '<tree/>',
    mode: 'primary',
    active: true,
    priority: 8
  })
  insert(
    'mail.template',
    {
      name: 'Sales Order: Send by email',
      model_id: id('sale.model_sale_order'),
      subject: 'Quotation',
      body_html: '<p>Hello</p>',
      active: true
    },
    'sale.email_template_edi_sale'
  )
  const types = [
    ['Email', 'mail.mail_activity_data_email'],
    ['Call', 'mail.mail_activity_data_call'],
    ['Meeting', 'mail.mail_activity_data_meeting'],
    ['To Do', 'mail.mail_activity_data_todo'],
    ['Upload Document', 'mail.mail_activity_data_upload_document']
  ] as const
  types.forEach(([name, xmlid], index) => {
    insert(
      'mail.activity.type',
      {
        name,
        sequence: (index + 1) * 3,
        delay_count: 5,
        delay_unit: 'days',
        category: name === 'Upload Document' ? 'upload_file' : 'default',
        active: true
      },
      xmlid
    )
  })
}

/** A text and a picture at a contact, and a file of an order. */
export function seedAttachments({ env, insert, id }: Seeder): void {
  const company_id = id('base.main_company')
  const partner = id('base.res_partner_1')
  const order = [...env.tables.rows('sale.order').keys()][0] ?? null
  const files = [
    ['contract.txt', 'text/plain', 'res.partner', partner, Buffer.from('Terms of delivery: within 14 days.\n')],
    ['logo.png', 'image/png', 'res.partner', partner, Buffer.from(pictures.red as string, 'base64')],
    ['order.csv', 'text/csv', 'sale.order', order, Buffer.from('product,quantity\nOffice Chair,4\nGrüne Lampe,2\n')]
  ] as const
  for (const [name, mimetype, res_model, res_id, bytes] of files) {
    insert('ir.attachment', { name, mimetype, res_model, res_id, company_id, type: 'binary', ...cellsOf(bytes) })
  }
}

/** A few messages and activities on orders and opportunities. */
export function seedMessages({ env, insert, id, random, day, moment }: Seeder): void {
  const author_id = id('base.partner_admin')
  const email_from = '"Mitchell Admin" <admin@yourcompany.example.com>'
  for (const [model, body] of [
    ['sale.order', '<p>Quotation created</p>'],
    ['crm.lead', '<p>Lead/Opportunity created</p>'],
    ['res.partner', '<p>Contact created</p>']
  ] as const) {
    for (const res_id of [...env.tables.rows(model).keys()].slice(6, 14)) {
      insert('mail.message', {
        model,
        res_id,
        body,
        author_id,
        email_from,
        message_type: 'notification',
        date: moment(random.between(-30, 0))
      })
    }
  }
  for (const res_id of [...env.tables.rows('crm.lead').keys()].slice(0, 5)) {
    insert('mail.activity', {
      res_model: 'crm.lead',
      res_id,
      activity_type_id: id('mail.mail_activity_data_call'),
      summary: 'Call back',
      date_deadline: day(random.between(-2, 6)),
      user_id: id('base.user_demo')
    })
  }
}
