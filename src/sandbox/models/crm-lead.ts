// Longer than other files because one model is one file.

import {
  boolean,
  char,
  date,
  datetime,
  float,
  html,
  integer,
  many2many,
  many2one,
  monetary,
  one2many,
  related,
  selection,
  text
} from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { activitiesOn, messagesOn } from './counting.js'
import {
  afterChange,
  daysBetween,
  fromPartner,
  readyLead,
  setLost,
  setWon,
  stagesToShow,
  wonStatus
} from './crm-lead-rules.js'
import { listArch } from './list-arch.js'
import { activitySchedule, messagePost } from './mail-posting.js'
import { orderAmounts } from './sale-amounts.js'

const orders = ({ env, id }: Rec, states: string[]) =>
  [...env.tables.referring('sale.order', 'opportunity_id', id)]
    .map(order => env.tables.row('sale.order', order))
    .filter(row => states.includes(String(row?.state)))

const unused = { currencyField: 'company_currency', groups: 'crm.group_use_recurring_revenues' }
const recurring = { ...unused, readonly: true, compute: () => 0 }

/** Leads and opportunities. */
export const crmLead: ModelSpec = {
  name: 'crm.lead',
  description: major => (major < 18 ? 'Lead/Opportunity' : 'Lead'),
  module: 'crm',
  order: 'priority desc, id desc',
  fields: {
    name: char('Opportunity', { required: true }),
    user_id: many2one('Salesperson', 'res.users', { default: env => env.uid, followed: 'on write' }),
    user_email: related('char', 'User Email', 'user_id.email', { until: 15 }),
    user_login: related('char', 'User Login', 'user_id.login', { until: 15 }),
    company_id: major =>
      major < 17 ? many2one('Company', 'res.company', { default: companyOf }) : many2one('Company', 'res.company'),
    referred: char('Referred By'),
    description: major => (major < 17 ? text('Notes') : html('Notes')),
    active: boolean('Active', { default: true }),
    type: selection(
      'Type',
      [
        ['lead', 'Lead'],
        ['opportunity', 'Opportunity']
      ],
      { required: true, default: 'opportunity' }
    ),
    priority: selection(
      'Priority',
      [
        ['0', 'Low'],
        ['1', 'Medium'],
        ['2', 'High'],
        ['3', 'Very High']
      ],
      { default: '0' }
    ),
    team_id: many2one('Sales Team', 'crm.team'),
    stage_id: many2one('Stage', 'crm.stage', {
      copy: false,
      ondelete: 'restrict',
      groupExpand: stagesToShow,
      followed: 'on write'
    }),
    tag_ids: many2many('Tags', 'crm.tag', 'crm_tag_rel'),
    color: integer('Color Index', { default: 0 }),
    expected_revenue: major =>
      major < 17
        ? monetary('Expected Revenue', { currencyField: 'company_currency' })
        : monetary('Expected Revenue', { currencyField: 'company_currency', default: 0 }),
    prorated_revenue: monetary('Prorated Revenue', {
      readonly: true,
      currencyField: 'company_currency',
      compute: ({ get }) => Math.round(Number(get('expected_revenue') ?? 0) * Number(get('probability') ?? 0)) / 100
    }),
    company_currency: major =>
      major < 17
        ? related('many2one', 'Currency', 'company_id.currency_id', {
            relation: 'res.currency',
            compute: ({ env, get }) => currencyOfCompany(env, get('company_id') ?? companyOf(env))
          })
        : many2one('Currency', 'res.currency', {
            readonly: true,
            store: false,
            inSql: true,
            compute: ({ env, get }) => currencyOfCompany(env, get('company_id') ?? companyOf(env))
          }),
    recurring_revenue: major =>
      monetary('Recurring Revenues', major < 15 ? { ...unused } : { currencyField: 'company_currency', default: 0 }),
    // Of a group that nobody is in, and yet read_group adds them up (14).
    recurring_revenue_monthly: major => (major < 15 ? monetary('Expected MRR', recurring) : undefined),
    recurring_revenue_monthly_prorated: major => (major < 15 ? monetary('Prorated MRR', recurring) : undefined),
    message_bounce: integer('Bounce', { default: 0, until: 14 }),
    date_closed: datetime('Closed Date', { readonly: true, copy: false }),
    date_open: datetime('Assignment Date', { readonly: true, copy: false }),
    day_open: float('Days to Assign', {
      readonly: true,
      compute: ({ get }) => daysBetween(get('create_date'), get('date_open'))
    }),
    day_close: float('Days to Close', {
      readonly: true,
      compute: ({ get }) => daysBetween(get('create_date'), get('date_closed'))
    }),
    date_last_stage_update: datetime('Last Stage Update', { readonly: true, copy: false }),
    date_conversion: datetime('Conversion Date', { readonly: true, copy: false }),
    date_deadline: date('Expected Closing'),
    partner_id: major => many2one(major < 17 ? 'Customer' : 'Contact', 'res.partner'),
    partner_name: char('Company Name'),
    contact_name: char('Contact Name'),
    title: many2one('Title', 'res.partner.title', { until: 18 }),
    email_from: char('Email'),
    email_normalized: char('Normalized Email', { readonly: true, compute: ({ get }) => normalized(get('email_from')) }),
    phone: char('Phone'),
    mobile: char('Mobile', { until: 18 }),
    website: char('Website'),
    function: char('Job Position'),
    lang_id: many2one('Language', 'res.lang'),
    street: char('Street'),
    street2: char('Street2'),
    zip: char('Zip'),
    city: char('City'),
    state_id: many2one('State', 'res.country.state'),
    country_id: many2one('Country', 'res.country'),
    probability: float('Probability', { aggregator: 'avg', copy: false }),
    automated_probability: float('Automated Probability', { readonly: true }),
    is_automated_probability: boolean('Is automated probability?', {
      readonly: true,
      store: false,
      compute: ({ get }) => Number(get('probability') ?? 0) === Number(get('automated_probability') ?? 0)
    }),
    lost_reason: many2one('Lost Reason', 'crm.lost.reason', { until: 15 }),
    lost_reason_id: many2one('Lost Reason', 'crm.lost.reason', { from: 16 }),
    won_status: selection(
      'Won/Lost',
      [
        ['won', 'Won'],
        ['lost', 'Lost'],
        ['pending', 'Pending']
      ],
      { readonly: true, compute: wonStatus, from: 18 }
    ),
    order_ids: one2many('Orders', 'sale.order', 'opportunity_id'),
    quotation_count: integer('Number of Quotations', {
      readonly: true,
      store: false,
      compute: record => orders(record, ['draft', 'sent']).length
    }),
    sale_order_count: integer('Number of Sale Orders', {
      readonly: true,
      store: false,
      compute: record => orders(record, ['sale', 'done']).length
    }),
    sale_amount_total: monetary('Sum of Orders', {
      readonly: true,
      store: false,
      currencyField: 'company_currency',
      compute: record =>
        orders(record, ['sale', 'done']).reduce(
          (sum, row) => sum + orderAmounts(record.env, Number(row?.id)).untaxed,
          0
        )
    }),
    message_ids: major =>
      major < 17
        ? one2many('Messages', 'mail.message', 'res_id', {
            domain: [['message_type', '!=', 'user_notification']],
            compute: messagesOn('crm.lead'),
            copy: false
          })
        : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('crm.lead'), copy: false }),
    activity_ids: one2many('Activities', 'mail.activity', 'res_id', {
      groups: 'base.group_user',
      compute: activitiesOn('crm.lead'),
      copy: false
    }),
    email_cc: char('Email cc')
  },
  access: [
    ['sales_team.group_sale_manager', 'crwu'],
    ['sales_team.group_sale_salesman', 'crw'],
    ['base.group_partner_manager', 'r', { until: 17 }]
  ],
  rules: [
    {
      name: 'Personal Leads',
      group: 'sales_team.group_sale_salesman',
      domain: ({ uid }) => ['|', ['user_id', '=', uid], ['user_id', '=', false]]
    },
    { name: 'All Leads', group: 'sales_team.group_sale_salesman_all_leads', domain: () => [] },
    {
      name: 'CRM Lead Multi-Company',
      domain: ({ companies }) => ['|', ['company_id', '=', false], ['company_id', 'in', companies]]
    }
  ],
  nameSearch: ['name'],
  check: afterChange,
  readsFirst: () => 'w',
  beforeCreate: readyLead,
  beforeWrite: (env, _ids, values) => fromPartner(env, values),
  methods: {
    message_post: messagePost,
    activity_schedule: activitySchedule,
    action_set_won: {
      on: 'records',
      params: [],
      run(env, _model, ids) {
        setWon(env, ids)
        return true
      }
    },
    action_set_won_rainbowman: {
      on: 'records',
      params: [],
      run(env, _model, ids) {
        setWon(env, ids)
        return {
          effect: {
            fadeout: 'slow',
            message: 'Go, go, go! Congrats for your first deal.',
            img_url: '/web/static/img/smile.svg',
            type: 'rainbow_man'
          }
        }
      }
    },
    action_set_lost: {
      on: 'records',
      params: [],
      run(env, _model, ids) {
        setLost(env, ids, {})
        return undefined
      }
    }
  },
  listView: major =>
    listArch(
      major,
      'Opportunities',
      'name contact_name partner_name email_from phone company_id city state_id country_id user_id team_id active stage_id expected_revenue probability'
    )
}

const normalized = (email: unknown) =>
  typeof email === 'string' && email.includes('@') ? email.trim().toLowerCase() : null
