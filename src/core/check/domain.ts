import { type DomainNode, FALSE, type Leaf, parseDomain, TRUE } from '../domain.js'
import type { Json } from '../json.js'
import type { FieldInfo } from '../ports/odoo.js'
import { endlessProblem, mayNeverEnd } from './endless-hierarchy.js'
import { show } from './field-values.js'
import { checkLeaf, isRelational } from './leaf.js'
import type { Found, Names } from './names.js'
import { throughPassages, visibleIn } from './passage.js'

/**
 * Reads a domain and resolves every path and value in it. Gives the domain as it is sent to Odoo: the same leaves in
 * the same order, dates converted. What is wrong stands in `names.problems`; then the answer must not be used.
 */
export async function checkDomain(input: unknown, model: string, at: string, names: Names): Promise<Json[]> {
  const nodes = parseDomain(input, at, names.problems)
  const out: Json[] = []
  for (const node of nodes) out.push(...(await toOdoo(node, model, names)))
  return out
}

async function toOdoo(node: DomainNode, model: string, names: Names): Promise<Json[]> {
  if (typeof node === 'string') return [node]
  if (node === TRUE) return [[1, '=', 1]]
  if (node === FALSE) return [[0, '=', 1]]
  const found = await names.path(model, node.field, `${node.at}[0]`, 'domain')
  if (found === undefined) return []
  const checked: Json[] = [node.field, node.operator, await checkedValue(node, found, names)]
  const path = node.field.split('.')
  return throughPassages(checked, isNamed(node, found) ? path : path.slice(0, -1), model, node.at, names)
}

/** Whether a leaf looks for the names of the records that its field holds. */
function isNamed({ value }: Leaf, { info }: Found): boolean {
  return isRelational(info) && isText(value)
}

function isText(value: Json): boolean {
  return Array.isArray(value) ? value.some(item => typeof item === 'string') : typeof value === 'string'
}

async function checkedValue(leaf: Leaf, found: Found, names: Names): Promise<Json> {
  if (leaf.operator === 'any' || leaf.operator === 'not any') return subDomain(leaf, found.info.relation, names)
  await refuseHidden(leaf, found.info, names)
  const checked = checkLeaf(found.info, leaf.operator, leaf.value, names.odoo.identity.major)
  if ('problem' in checked) {
    names.problems.add(`${leaf.at}[2]`, `${leaf.field}: ${checked.problem}`)
    return false
  }
  if ((leaf.operator === 'child_of' || leaf.operator === 'parent_of') && (await mayNeverEnd(found, names))) {
    names.problems.add(`${leaf.at}[1]`, endlessProblem(leaf.operator, found.name))
    return false
  }
  refuseUnknownBalance(leaf, found, names)
  await refuseNameless(leaf, found, names)
  return checked.value
}

const balances = new Set(['credit', 'debit'])
const comparisons = new Set(['<', '>', '<=', '>='])

/**
 * The search of `credit` and `debit` finds every partner for an operator that it does not know, such as "in", which 19
 * makes of every "=" (the account module, 14 and 19).
 */
function refuseUnknownBalance({ operator, at }: Leaf, { model, name }: Found, { problems }: Names): void {
  if (!balances.has(name) || (model !== 'res.partner' && model !== 'res.users') || comparisons.has(operator)) return
  problems.add(`${at}[1]`, `${show(operator)} on ${name}, which Odoo can only compare; expected one of <, >, <=, >=`)
}

/** Text for a record is looked for among the names of its model; without names Odoo finds every record (14 and 19). */
async function refuseNameless({ field, value, at }: Leaf, { info, model, name }: Found, names: Names): Promise<void> {
  const searched = isRelational(info) ? info.relation : name === 'id' || name === 'display_name' ? model : undefined
  if (!isText(value) || searched === undefined || (await names.areFoundByName(searched, `${at}[0]`))) return
  names.problems.add(`${at}[2]`, `${field}: records of ${searched} have no name to be found by; expected ids`)
}

/** `any` (Odoo 17 and later) holds a domain on the comodel. */
async function subDomain(leaf: Leaf, relation: string | undefined, names: Names): Promise<Json> {
  const at = `${leaf.at}[2]`
  if (names.odoo.identity.major < 17) {
    names.problems.add(`${leaf.at}[1]`, `the operator ${show(leaf.operator)} needs Odoo 17; expected a dotted path`)
  } else if (relation === undefined) {
    names.problems.add(`${leaf.at}[1]`, `${show(leaf.operator)} on ${leaf.field}; expected a field that holds records`)
  } else if ((await names.reach(relation, 'read', `${leaf.at}[0]`)) !== undefined) {
    return visibleIn(relation, await checkDomain(leaf.value, relation, at, names), names)
  }
  return false
}

/** To walk up and down the records of a hidden model, or to name one in a reference, is to look at them. */
async function refuseHidden({ operator, value, at }: Leaf, info: FieldInfo, names: Names): Promise<void> {
  if (operator === 'child_of' || operator === 'parent_of') {
    if (info.relation !== undefined) await names.reach(info.relation, 'read', `${at}[1]`)
  } else if (info.type === 'reference') {
    for (const named of Array.isArray(value) ? value : [value]) names.denyReference(named, `${at}[2]`)
  }
}
