import type { Json } from '../core/json.js'
import { daysBefore, type Prompt } from './prompt.js'
import { absence, groups, jsonLine, message, records, section } from './sections.js'

const model = 'crm.lead'
const shown = ['name', 'partner_id', 'stage_id', 'expected_revenue', 'probability', 'date_deadline', 'user_id']

export const pipelineReview: Prompt = {
  name: 'pipeline_review',
  title: 'Pipeline review',
  description: 'Open opportunities by stage and salesperson, the largest ones, and those that are late or forgotten.',
  arguments: [{ name: 'salesperson', description: 'Part of the name of one salesperson; empty for all' }],
  async write({ salesperson }, { ask, today }) {
    const whose = salesperson === undefined ? 'our sales pipeline' : `the pipeline of ${jsonLine(salesperson)}`
    const missing = await absence(ask, model)
    if (missing !== undefined) return `I wanted to review ${whose}. There is none: ${missing}. Tell me so.`

    const open: Json[] = [
      ['type', '=', 'opportunity'],
      ['probability', '<', 100],
      ...(salesperson === undefined ? [] : [['user_id.name', 'ilike', salesperson]])
    ]
    const sums = { measures: ['expected_revenue:sum', 'probability:avg'] }
    const listed = (domain: Json[], order: string) =>
      records(ask, { model, domain: [...open, ...domain], fields: shown, order, limit: 15 })
    const sections = await Promise.all([
      section('By stage', model, () => groups(ask, { model, domain: open, group_by: ['stage_id'], ...sums })),
      section('By salesperson', model, () =>
        groups(ask, {
          model,
          domain: open,
          group_by: ['user_id'],
          ...sums,
          order: 'expected_revenue:sum desc nulls last',
          limit: 15
        })
      ),
      // Odoo puts those without a revenue first when the largest come first (14).
      section('The largest', model, () => listed([['expected_revenue', '>', 0]], 'expected_revenue desc')),
      section('Expected to close before today', model, () => listed([['date_deadline', '<', today]], 'date_deadline')),
      section('Not touched for 30 days', model, () =>
        listed([['write_date', '<', daysBefore(today, 30)]], 'write_date')
      )
    ])
    const instructions = `Review ${whose}. Today is ${today}. Summarise how much is where, weigh it by probability, name the deals that decide the result, and those that are late, forgotten or without a date. End with the five next steps that would help most, each with the opportunity and the salesperson. Change nothing without asking me.`
    return message(instructions, sections)
  }
}
