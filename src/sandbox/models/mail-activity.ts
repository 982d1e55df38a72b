import { boolean, char, date, html, integer, many2one, selection } from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { displayNameOf } from '../orm/values.js'
import { unlink } from '../orm/write/unlink.js'
import { idOf } from './external-ids.js'

/** What is to be done about records. */
export const mailActivity: ModelSpec = {
  name: 'mail.activity',
  description: 'Activity',
  module: 'mail',
  order: major => (major < 18 ? 'date_deadline ASC' : 'date_deadline ASC, id ASC'),
  fields: {
    res_model: char('Related Document Model', { readonly: true }),
    res_id: major =>
      major < 17
        ? { type: 'many2one_reference', string: 'Related Document ID', required: true }
        : { type: 'many2one_reference', string: 'Related Document ID' },
    res_name: char('Document Name', {
      readonly: true,
      compute: ({ env, get }) => nameOf(env, String(get('res_model')), Number(get('res_id')))
    }),
    activity_type_id: many2one('Activity Type', 'mail.activity.type', {
      default: env => (env.major < 17 ? false : (idOf(env, 'mail.mail_activity_data_todo') ?? false))
    }),
    summary: char('Summary'),
    note: html('Note'),
    date_deadline: date('Due Date', { required: true, default: env => env.now.slice(0, 10) }),
    user_id: major =>
      major < 17
        ? many2one('Assigned to', 'res.users', { required: true, default: env => env.uid })
        : many2one('Assigned to', 'res.users', { default: env => env.uid }),
    state: major =>
      selection(
        'State',
        major < 17
          ? [
              ['overdue', 'Overdue'],
              ['today', 'Today'],
              ['planned', 'Planned']
            ]
          : [
              ['overdue', 'Overdue'],
              ['today', 'Today'],
              ['planned', 'Planned'],
              ['done', 'Done']
            ],
        {
          readonly: true,
          store: false,
          compute: ({ env, get }) => stateOf(String(get('date_deadline')), env.now.slice(0, 10))
        }
      ),
    res_model_id: major =>
      many2one('Document Model', 'ir.model', {
        required: major < 17,
        store: true,
        compute: ({ env, get }) => modelId(env, String(get('res_model')))
      })
  },
  access: [['base.group_user', 'crwu']],
  rules: [
    {
      name: 'mail.activity: user: write/unlink only (created or assigned)',
      group: 'base.group_user',
      rights: 'wu',
      domain: ({ uid }) => ['|', ['user_id', '=', uid], ['create_uid', '=', uid]]
    }
  ],
  displayName: ({ get }) => String(get('summary') ?? get('activity_type_id.name') ?? ''),
  beforeCreate(env, values) {
    const { res_model_id, ...rest } = values
    const model = env.tables.row('ir.model', Number(res_model_id))?.model
    return typeof model === 'string' ? { ...rest, res_model: model } : rest
  },
  methods: {
    action_done: {
      on: 'records',
      params: [],
      run(env, model, ids) {
        unlink(env, model, ids)
        return undefined
      }
    },
    action_feedback: {
      on: 'records',
      params: ['feedback?', 'attachment_ids?'],
      run(env, model, ids) {
        unlink(env, model, ids)
        return false
      }
    }
  }
}

function nameOf(env: Rec['env'], name: string, id: number): string | null {
  const model = env.models.get(name)
  return model !== undefined && env.tables.row(name, id) !== undefined ? displayNameOf(env.sudo(), model, id) : null
}

function stateOf(deadline: string, today: string): string {
  if (deadline === today) return 'today'
  return deadline < today ? 'overdue' : 'planned'
}

function modelId(env: Rec['env'], name: string): number | null {
  for (const row of env.tables.rows('ir.model').values()) if (row.model === name) return row.id
  return null
}

/** Kinds of activities. */
export const mailActivityType: ModelSpec = {
  name: 'mail.activity.type',
  description: 'Activity Type',
  module: 'mail',
  order: major => (major < 17 ? 'sequence, id' : 'sequence, id'),
  fields: {
    name: char('Name', { required: true, translate: true }),
    summary: char('Default Summary', { translate: true }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    active: boolean('Active', { default: true }),
    delay_count: major => integer(major < 17 ? 'Scheduled Date' : 'Schedule', { default: 0 }),
    delay_unit: selection(
      'Delay units',
      [
        ['days', 'days'],
        ['weeks', 'weeks'],
        ['months', 'months']
      ],
      { required: true, default: 'days' }
    ),
    icon: char('Icon'),
    category: major =>
      selection(
        major < 17 ? 'Action to Perform' : 'Action',
        major < 17
          ? [
              ['default', 'None'],
              ['upload_file', 'Upload Document'],
              ['meeting', 'Meeting']
            ]
          : [
              ['default', 'None'],
              ['upload_file', 'Upload Document'],
              ['phonecall', 'Phonecall'],
              ['meeting', 'Meeting']
            ],
        { default: 'default' }
      )
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_system', 'crwu'],
    ['sales_team.group_sale_manager', 'crwu'],
    ['sales_team.group_sale_manager', 'crwu']
  ]
}
