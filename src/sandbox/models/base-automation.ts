import { boolean, char, datetime, html, many2one, one2many, related, selection } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'

const triggers14 = [
  ['on_create', 'On Creation'],
  ['on_write', 'On Update'],
  ['on_create_or_write', 'On Creation & Update'],
  ['on_unlink', 'On Deletion'],
  ['on_change', 'Based on Form Modification'],
  ['on_time', 'Based on Timed Condition']
] as const

/** From 17 on; what lies between differs in order and words. */
const triggersBefore = [
  ['on_stage_set', 'Stage is set to'],
  ['on_user_set', 'User is set'],
  ['on_tag_set', 'Tag is added'],
  ['on_state_set', 'State is set to'],
  ['on_priority_set', 'Priority is set to'],
  ['on_archive', 'On archived'],
  ['on_unarchive', 'On unarchived']
] as const

const triggersAfter = [
  ['on_write', 'On update'],
  ['on_unlink', 'On deletion'],
  ['on_change', 'On UI change'],
  ['on_time', 'Based on date field'],
  ['on_time_created', 'After creation'],
  ['on_time_updated', 'After last update'],
  ['on_message_received', 'On incoming message'],
  ['on_message_sent', 'On outgoing message'],
  ['on_webhook', 'On webhook']
] as const

const triggers17 = [
  ...triggersBefore,
  ['on_create_or_write', 'On save'],
  ['on_create', 'On creation'],
  ...triggersAfter
] as const

const triggers19 = [
  ...triggersBefore,
  ['on_create', 'On create'],
  ['on_create_or_write', 'On create and edit'],
  ...triggersAfter
] as const

const common = {
  name: 'base.automation',
  module: 'base_automation',
  access: [['base.group_system', 'crwu']]
} as const

/** Rules that run an action when records change: up to 16 a rule is an action itself, by delegation. */
export const baseAutomation14: ModelSpec = {
  ...common,
  until: 16,
  description: 'Automated Action',
  order: 'sequence',
  inherits: { action_server_id: 'ir.actions.server' },
  fields: {
    action_server_id: many2one('Server Actions', 'ir.actions.server', { required: true, ondelete: 'restrict' }),
    active: boolean('Active', { default: true }),
    trigger: selection('Trigger', triggers14, { required: true }),
    filter_domain: char('Apply on'),
    last_run: datetime('Last Run', { readonly: true, copy: false })
  },
  beforeCreate: (_env, values) => ({ ...values, usage: 'base_automation' })
}

/**
 * Since 17 a rule has actions. Triggers other than those on create, update, archiving and deletion are kept, and never
 * fire.
 */
export const baseAutomation: ModelSpec = {
  ...common,
  from: 17,
  description: 'Automation Rule',
  fields: {
    name: char('Automation Rule Name', { required: true, translate: true }),
    description: html('Description'),
    model_id: many2one('Model', 'ir.model', { required: true, ondelete: 'cascade' }),
    model_name: related('char', 'Model Name', 'model_id.model'),
    action_server_ids: one2many('Actions', 'ir.actions.server', 'base_automation_id'),
    active: boolean('Active', { default: true }),
    trigger: major => selection('Trigger', major < 19 ? triggers17 : triggers19, { required: true }),
    filter_domain: char('Apply on'),
    last_run: datetime('Last Run', { readonly: true, copy: false })
  }
}
