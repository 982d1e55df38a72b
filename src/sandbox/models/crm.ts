import type { Json } from '../json.js'
import { boolean, char, html, integer, many2many, many2one, one2many, related, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { companyOf, ofCompanies } from './companies.js'
import { setLost } from './crm-lead-rules.js'
import { listArch } from './list-arch.js'
import { randomColor } from './random-color.js'

/** Sales teams. */
export const crmTeam: ModelSpec = {
  name: 'crm.team',
  description: 'Sales Team',
  module: 'sales_team',
  order: major => (major < 15 ? 'sequence' : 'sequence ASC, create_date DESC, id DESC'),
  fields: {
    name: char('Sales Team', { required: true, translate: true }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    active: boolean('Active', { default: true }),
    company_id: many2one('Company', 'res.company', { default: env => (env.major < 17 ? companyOf(env) : false) }),
    currency_id: related('many2one', 'Currency', 'company_id.currency_id', { relation: 'res.currency' }),
    user_id: many2one('Team Leader', 'res.users'),
    member_ids: major =>
      major < 15
        ? one2many('Channel Members', 'res.users', 'sale_team_id', { domain: [['share', '=', false]] })
        : many2many('Salespersons', 'res.users', 'crm_team_member', { store: false, searchable: true }),
    color: integer('Color Index'),
    use_leads: boolean('Leads'),
    use_opportunities: boolean('Pipeline', { default: true })
  },
  access: [
    ['base.group_user', 'r'],
    ['sales_team.group_sale_salesman', 'r'],
    ['sales_team.group_sale_manager', 'crwu']
  ],
  rules: [
    { name: 'All Salesteam', group: 'sales_team.group_sale_salesman_all_leads', domain: () => [] },
    { name: 'Sales Team multi-company', domain: env => ofCompanies(env) }
  ],
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)` }),
  listView: major => listArch(major, 'Sales Teams', 'name user_id company_id')
}

/** The columns of the pipeline. */
export const crmStage: ModelSpec = {
  name: 'crm.stage',
  description: 'CRM Stages',
  module: 'crm',
  order: 'sequence, name, id',
  fields: {
    name: char('Stage Name', { required: true, translate: true }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 1 }) : integer('Sequence', { aggregator: null, default: 1 }),
    is_won: boolean('Is Won Stage?'),
    fold: boolean('Folded in Pipeline'),
    requirements: text('Requirements'),
    team_id: many2one('Sales Team', 'crm.team', { until: 18 }),
    team_count: integer('team_count', {
      readonly: true,
      store: false,
      compute: ({ env }) => env.tables.rows('crm.team').size
    }),
    color: integer('Color', { from: 19 }),
    rotting_threshold_days: integer('Days to rot', { default: 0, from: 19 })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['sales_team.group_sale_manager', 'crwu'],
    ['base.group_user', 'r', { from: 18 }]
  ],
  listView: major => listArch(major, 'Stages', 'sequence name is_won')
}

/** Tags of leads and orders. */
export const crmTag: ModelSpec = {
  name: 'crm.tag',
  description: 'CRM Tag',
  module: 'sales_team',
  fields: {
    name: char('Tag Name', { required: true, translate: true }),
    color: integer('Color', { default: randomColor })
  },
  access: [
    ['sales_team.group_sale_salesman', 'crw'],
    ['sales_team.group_sale_manager', 'crwu']
  ],
  unique: [
    { name: 'crm_tag_name_uniq', fields: ['name'], message: 'Tag name already exists !', until: 17 },
    { name: 'crm_tag_name_uniq', fields: ['name'], message: 'Tag name already exists!', from: 18 }
  ]
}

/** Why leads are lost. */
export const crmLostReason: ModelSpec = {
  name: 'crm.lost.reason',
  description: 'Opp. Lost Reason',
  module: 'crm',
  fields: {
    name: char('Description', { required: true, translate: true }),
    active: boolean('Active', { default: true }),
    leads_count: integer('Leads Count', {
      readonly: true,
      store: false,
      compute: ({ env, id }) =>
        env.tables.referring('crm.lead', env.major < 16 ? 'lost_reason' : 'lost_reason_id', id).size
    })
  },
  access: [
    ['sales_team.group_sale_manager', 'crwu'],
    ['sales_team.group_sale_salesman', 'r'],
    ['base.group_user', 'r']
  ]
}

/** The wizard that marks leads as lost. Those to mark: `active_ids` of the context, or `lead_ids` where it has them. */
export const crmLeadLost: ModelSpec = {
  name: 'crm.lead.lost',
  description: 'Get Lost Reason',
  module: 'crm',
  transient: true,
  fields: {
    lost_reason_id: many2one('Lost Reason', 'crm.lost.reason'),
    lead_ids: many2many('Leads', 'crm.lead', 'crm_lead_crm_lead_lost_rel', {
      context: { active_test: false },
      from: 17
    }),
    lost_feedback: html('Closing Note', { from: 16 })
  },
  access: [['sales_team.group_sale_salesman', 'crw']],
  methods: {
    action_lost_reason_apply: {
      on: 'records',
      params: [],
      run(env, model, [id]) {
        const wizard = env.tables.row(model.name, Number(id))
        const reason = wizard?.lost_reason_id ?? false
        const { active_ids } = env.context
        const active = Array.isArray(active_ids) ? active_ids.filter(lead => typeof lead === 'number') : []
        const leads = env.major < 17 ? active : [...env.tables.links('crm_lead_crm_lead_lost_rel', Number(id), false)]
        if (leads.length > 0)
          setLost(env, leads, { [env.major < 16 ? 'lost_reason' : 'lost_reason_id']: reason as Json })
        // None: over XML-RPC it is a fault, after the leads were lost for good.
        return undefined
      }
    }
  }
}
