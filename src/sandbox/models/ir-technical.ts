import { checkCode } from '../automation/check-code.js'
import { boolean, char, datetime, integer, many2many, many2one, related, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'

/** Actions that the server runs. */
export const irActionsServer: ModelSpec = {
  name: 'ir.actions.server',
  description: major => (major < 17 ? 'Server Actions' : 'Server Actions'),
  order: major => (major < 17 ? 'sequence,name' : 'sequence,name,id'),
  fields: {
    name: char('Action Name', { required: true, translate: true }),
    type: char('Action Type', { required: true, default: 'ir.actions.server' }),
    model_id: many2one('Model', 'ir.model', { required: true, ondelete: 'cascade' }),
    model_name: major =>
      major < 17
        ? related('char', 'Model Name', 'model_id.model', { store: true })
        : related('char', 'Model Name', 'model_id.model'),
    state: major =>
      selection(
        major < 17 ? 'Action To Do' : 'Type',
        major < 17
          ? [
              ['code', 'Execute Python Code'],
              ['object_create', 'Create a new Record'],
              ['object_write', 'Update the Record'],
              ['multi', 'Execute several actions'],
              ['email', 'Send Email'],
              ['followers', 'Add Followers'],
              ['next_activity', 'Create Next Activity'],
              ['sms', 'Send SMS Text Message']
            ]
          : [
              ['object_write', 'Update Record'],
              ['object_create', 'Create Record'],
              ['object_copy', 'Duplicate Record'],
              ['next_activity', 'Create Activity'],
              ['mail_post', 'Send Email'],
              ['sms', 'Send SMS'],
              ['followers', 'Add Followers'],
              ['remove_followers', 'Remove Followers'],
              ['code', 'Execute Code'],
              ['webhook', 'Send Webhook Notification'],
              ['multi', 'Multi Actions']
            ],
        { required: true, default: 'code' }
      ),
    code: text('Python Code', { groups: 'base.group_system' }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 5 }) : integer('Sequence', { aggregator: null, default: 5 }),
    usage: major =>
      selection(
        'Usage',
        major < 17
          ? [
              ['ir_actions_server', 'Server Action'],
              ['ir_cron', 'Scheduled Action'],
              ['base_automation', 'Automated Action']
            ]
          : [
              ['ir_actions_server', 'Server Action'],
              ['ir_cron', 'Scheduled Action'],
              ['base_automation', 'Automation Rule']
            ],
        { required: true, default: 'ir_actions_server' }
      ),
    base_automation_id: many2one('Automation Rule', 'base.automation', { ondelete: 'cascade', from: 17 })
  },
  access: [['base.group_system', 'crwu']],
  beforeCreate: (_env, values) => (values.base_automation_id ? { ...values, usage: 'base_automation' } : values),
  check: checkCode
}

/** Actions that run by themselves. */
export const irCron: ModelSpec = {
  name: 'ir.cron',
  description: 'Scheduled Actions',
  order: major => (major < 17 ? 'cron_name' : 'cron_name, id'),
  recName: 'cron_name',
  inherits: { ir_actions_server_id: 'ir.actions.server' },
  fields: {
    ir_actions_server_id: many2one('Server action', 'ir.actions.server', { required: true, ondelete: 'restrict' }),
    cron_name: major =>
      major < 17
        ? related('char', 'Name', 'ir_actions_server_id.name', { readonly: false, store: true, translate: true })
        : char('Name', { readonly: true }),
    user_id: many2one('Scheduler User', 'res.users', { required: true, default: env => env.uid }),
    active: boolean('Active', { default: true }),
    interval_number: major =>
      major < 17
        ? integer('Interval Number', { default: 1 })
        : integer('Interval Number', { required: true, aggregator: 'avg', default: 1 }),
    interval_type: major =>
      major < 17
        ? selection(
            'Interval Unit',
            [
              ['minutes', 'Minutes'],
              ['hours', 'Hours'],
              ['days', 'Days'],
              ['weeks', 'Weeks'],
              ['months', 'Months']
            ],
            { default: 'months' }
          )
        : selection(
            'Interval Unit',
            [
              ['minutes', 'Minutes'],
              ['hours', 'Hours'],
              ['days', 'Days'],
              ['weeks', 'Weeks'],
              ['months', 'Months']
            ],
            { required: true, default: 'months' }
          ),
    numbercall: integer('Number of Calls', { default: 1, until: 17 }),
    nextcall: datetime('Next Execution Date', { required: true, default: env => env.now.slice(0, 19) }),
    lastcall: datetime('Last Execution Date'),
    priority: major =>
      major < 17 ? integer('Priority', { default: 5 }) : integer('Priority', { aggregator: null, default: 5 })
  },
  access: [['base.group_system', 'crwu']]
}

/** Servers for outgoing mail. */
export const irMailServer: ModelSpec = {
  name: 'ir.mail_server',
  description: 'Mail Server',
  order: major => (major < 18 ? 'sequence' : 'sequence, id'),
  fields: {
    name: major => char(major < 17 ? 'Description' : 'Name', { required: true }),
    smtp_host: major => (major < 17 ? char('SMTP Server', { required: true }) : char('SMTP Server')),
    smtp_port: major =>
      major < 17 ? integer('SMTP Port', { required: true, default: 25 }) : integer('SMTP Port', { default: 25 }),
    smtp_user: char('Username', { groups: 'base.group_system' }),
    smtp_pass: char('Password', { groups: 'base.group_system' }),
    smtp_encryption: major =>
      selection(
        major < 17 ? 'Connection Security' : 'Connection Encryption',
        major < 17
          ? [
              ['none', 'None'],
              ['starttls', 'TLS (STARTTLS)'],
              ['ssl', 'SSL/TLS']
            ]
          : [
              ['none', 'None'],
              ['starttls_strict', 'TLS (STARTTLS), encryption and validation'],
              ['starttls', 'TLS (STARTTLS), encryption only'],
              ['ssl_strict', 'SSL/TLS, encryption and validation'],
              ['ssl', 'SSL/TLS, encryption only']
            ],
        { required: true, default: 'none' }
      ),
    sequence: major =>
      major < 17 ? integer('Priority', { default: 10 }) : integer('Priority', { aggregator: null, default: 10 }),
    active: boolean('Active', { default: true }),
    from_filter: char('FROM Filtering', { from: 15 })
  },
  access: [['base.group_system', 'crwu']]
}

/** Record rules. */
export const irRule: ModelSpec = {
  name: 'ir.rule',
  description: 'Record Rule',
  order: 'model_id DESC,id',
  fields: {
    name: char('Name'),
    active: boolean('Active', { default: true }),
    model_id: many2one('Model', 'ir.model', { required: true, ondelete: 'cascade' }),
    groups: many2many('Groups', 'res.groups', 'rule_group_rel'),
    domain_force: text('Domain'),
    perm_read: major => boolean(major < 17 ? 'Apply for Read' : 'Read', { default: true }),
    perm_write: major => boolean(major < 17 ? 'Apply for Write' : 'Write', { default: true }),
    perm_create: major => boolean(major < 17 ? 'Apply for Create' : 'Create', { default: true }),
    perm_unlink: major => boolean(major < 17 ? 'Apply for Delete' : 'Delete', { default: true }),
    global: boolean('Global', {
      readonly: true,
      compute: ({ env, id }) => env.tables.links('rule_group_rel', id, false).size === 0
    })
  },
  access: [['base.group_erp_manager', 'crwu']]
}

/** Views. Those of the sandbox are not records; it has a few for the look of it. */
export const irUiView: ModelSpec = {
  name: 'ir.ui.view',
  description: 'View',
  order: 'priority,name,id',
  fields: {
    name: char('View Name', { required: true }),
    model: char('Model'),
    key: char('Key'),
    priority: integer('Sequence', { required: true, default: 16 }),
    type: major =>
      selection(
        'View Type',
        major < 17
          ? [
              ['tree', 'Tree'],
              ['form', 'Form'],
              ['graph', 'Graph'],
              ['pivot', 'Pivot'],
              ['calendar', 'Calendar'],
              ['gantt', 'Gantt'],
              ['kanban', 'Kanban'],
              ['search', 'Search'],
              ['qweb', 'QWeb'],
              ['activity', 'Activity']
            ]
          : [
              ['list', 'List'],
              ['form', 'Form'],
              ['graph', 'Graph'],
              ['pivot', 'Pivot'],
              ['calendar', 'Calendar'],
              ['kanban', 'Kanban'],
              ['search', 'Search'],
              ['qweb', 'QWeb'],
              ['activity', 'Activity']
            ]
      ),
    arch: text('View Architecture', {
      store: false,
      compute: ({ get }) => get('arch_db'),
      write: (env, ids, value) => {
        for (const id of ids) env.tables.update('ir.ui.view', id, { arch_db: { en_US: String(value) } })
      }
    }),
    arch_db: text('Arch Blob', { translate: true }),
    inherit_id: many2one('Inherited View', 'ir.ui.view'),
    mode: selection(
      'View inheritance mode',
      [
        ['primary', 'Base view'],
        ['extension', 'Extension View']
      ],
      { required: true, default: 'primary' }
    ),
    active: boolean('Active', { default: true }),
    groups_id: many2many('Groups', 'res.groups', 'ir_ui_view_group_rel', { until: 18 }),
    group_ids: many2many('Groups', 'res.groups', 'ir_ui_view_group_rel', { from: 19 })
  },
  access: [['base.group_system', 'crwu']]
}
