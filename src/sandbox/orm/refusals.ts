import { accessError } from '../exceptions.js'
import { idOf } from '../models/external-ids.js'
import { repr } from '../python.js'
import { type Right, rulesOf } from './access.js'
import { compareTexts } from './collation.js'
import type { Env } from './env.js'
import { matcher } from './search.js'
import type { Field, Model, Rule } from './types.js'
import { displayNameOf, recordOf, valueAt } from './values.js'

const verbs = { c: 'create', r: 'access', w: 'modify', u: 'delete' } as const
const operations = { c: 'create', r: 'read', w: 'write', u: 'unlink' } as const

/** What Odoo says where no group of the user may do this with the model. */
export function rightsError(env: Env, model: Model, right: Right): Error {
  const groups = model.access.flatMap(([group, rights]) => (group !== null && rights.includes(right) ? [group] : []))
  const names = groupNames(env, groups)
  const allowed =
    names.length > 0
      ? `This operation is allowed for the following groups:\n${names.map(name => `\t- ${name}`).join('\n')}`
      : 'No group currently allows this operation.'
  return accessError(
    `You are not allowed to ${verbs[right]} '${model.description}' (${model.name}) records.\n\n${allowed}\n\n` +
      'Contact your administrator to request access if necessary.'
  )
}

/** `Sales/Administrator`: with its heading, if it has one. Those without come last. One for each line of rights. */
function groupNames(env: Env, xmlids: readonly string[]): string[] {
  const groups = env.models.need('res.groups')
  const heading = env.major >= 19 ? 'privilege_id' : 'category_id'
  const found: { under: string; name: string }[] = []
  for (const xmlid of xmlids) {
    const id = idOf(env, xmlid)
    if (id === undefined) continue
    const { get } = recordOf(env.sudo(), groups, id)
    found.push({ under: String(get(`${heading}.name`) ?? ''), name: String(get('name')) })
  }
  const last = (text: string) => text || '\u{10ffff}'
  found.sort((a, b) => compareTexts(last(a.under), last(b.under)) || compareTexts(a.name, b.name))
  return found.map(({ under, name }) => (under === '' ? name : `${under}/${name}`))
}

/** What Odoo says where record rules keep records from the user. */
export function ruleError(env: Env, model: Model, refused: number[], right: Right): Error {
  return accessError(env.major <= 14 ? ruleText14(env, model, refused, right) : ruleText(env, model, refused, right))
}

/** Whom Odoo 14 tells names of records, rules and groups. Later ones do so in the debug mode, which no call is in. */
function isDeveloper(env: Env): boolean {
  return env.hasGroup('base.group_no_one') && env.hasGroup('base.group_user')
}

function ruleText14(env: Env, model: Model, refused: number[], right: Right): string {
  const head = `Due to security restrictions, you are not allowed to ${verbs[right]} '${model.description}' (${model.name}) records.`
  const tail = 'Contact your administrator to request access if necessary.'
  if (!isDeveloper(env)) return `${head}\n\n${tail}`
  const records = refused.slice(0, 6).map(id => `${displayNameOf(env.sudo(), model, id)} (id=${id})`)
  const rules = failingRules(env, model, refused, right)
  const names = rules.map(({ name }) => `- ${name}`).join('\n')
  const hint = isAboutCompanies(env, rules) ? '\n\nNote: this might be a multi-company issue.' : ''
  return `${head}\n\nRecords: ${records.join(', ')}\nUser: ${userName(env)} (id=${env.uid})\n\nThis restriction is due to the following rules:\n${names}${hint}\n\n${tail}`
}

function ruleText(env: Env, model: Model, refused: number[], right: Right): string {
  const head = `Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, ${userName(env)} (id=${env.uid}) doesn't have '${operations[right]}' access to:`
  const tail =
    'If you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.'
  const hint = env.major >= 19 ? companyHint(env, model, refused, failingRules(env, model, refused, right)) : ''
  return `${head}\n- ${model.description} (${model.name})\n\n${tail}${hint}`
}

function companyHint(env: Env, model: Model, refused: number[], rules: Rule[]): string {
  if (!isAboutCompanies(env, rules) || !model.fields.has('company_id')) return ''
  const companies = new Set(refused.slice(0, 6).map(id => valueAt(env.sudo(), model, id, 'company_id')))
  companies.delete(null)
  const [company] = companies
  if (typeof company !== 'number') return ''
  if (companies.size > 1) {
    return '\n\nNote: this might be a multi-company issue. Switching company may help - in Odoo, not in real life!'
  }
  const seems = '\n\nThis seems to be a multi-company issue,'
  if (!env.tables.links('res_company_users_rel', env.uid, true).has(company)) {
    return `${seems} but you do not have access to the proper company to access the record anyhow.`
  }
  const name = displayNameOf(env.sudo(), env.models.need('res.company'), company)
  return `${seems} you might be able to access the record by switching to the company: ${name}.`
}

function isAboutCompanies(env: Env, rules: Rule[]): boolean {
  return rules.some(rule => JSON.stringify(rule.domain(env)).includes('company_id'))
}

/** All of the groups' rules where none lets every record pass, and those rules without a group that do not. */
function failingRules(env: Env, model: Model, refused: number[], right: Right): Rule[] {
  const sudo = env.sudo()
  const rules = rulesOf(env, model, right)
  const tests = new Map(rules.map(rule => [rule, matcher(sudo, model, rule.domain(env))]))
  const passes = (rule: Rule) => (id: number) => tests.get(rule)?.(id) === true
  const ofGroups = rules.filter(({ group }) => group !== undefined)
  const groupsPass = refused.every(id => ofGroups.some(rule => passes(rule)(id)))
  return rules.filter(rule => (rule.group === undefined ? !refused.every(passes(rule)) : !groupsPass))
}

function userName(env: Env): string {
  return String(valueAt(env.sudo(), env.models.need('res.users'), env.uid, 'name'))
}

/** The groups of a field by the names that they are shown by, quoted. */
function fieldGroups(env: Env, { groups = '' }: Field): string {
  const model = env.models.need('res.groups')
  const ids = groups.split(',').flatMap(group => idOf(env, group.trim()) ?? [])
  return ids
    .sort((a, b) => a - b)
    .map(id => repr(displayNameOf(env.sudo(), model, id)))
    .join(', ')
}

/** What Odoo says of a field that is kept from the user's groups. */
export function fieldError(env: Env, model: Model, field: Field, right: 'read' | 'write'): Error {
  return accessError(env.major <= 14 ? fieldText14(env, model, field, right) : fieldText(model, field, right))
}

function fieldText(model: Model, { name }: Field, right: string): string {
  return `You do not have enough rights to access the field "${name}" on ${model.description} (${model.name}). Please contact your system administrator.\n\nOperation: ${right}`
}

function fieldText14(env: Env, model: Model, field: Field, right: string): string {
  if (!isDeveloper(env)) {
    return `You do not have enough rights to access the fields "${field.name}" on ${model.description} (${model.name}). Please contact your system administrator.\n\n(Operation: ${right})`
  }
  return `The requested operation can not be completed due to security restrictions.\n\nDocument type: ${model.description} (${model.name})\nOperation: ${right}\nUser: ${env.uid}\nFields:\n- ${field.name} (allowed for groups ${fieldGroups(env, field)})`
}
