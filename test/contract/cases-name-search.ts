import type { Case } from './cases.js'
import type { World } from './world.js'

/** `odoo_name_search`: what it finds, and what is refused before Odoo is asked. */
export function namesToIds(world: World): Case[] {
  return [...found(world), ...refused(world)]
}

function found({ ref, partners }: World): Case[] {
  const mine = ['ref', '=', ref]
  const [first, second, third, fourth, fifth] = partners
  return [
    {
      title: 'odoo_name_search turns a part of a name into ids, in the order of the model',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: 'contract', domain: [mine] },
      output: {
        count: 5,
        matches: [
          { id: first, name: 'Contract 1' },
          { id: second, name: 'Contract 2' },
          { id: third },
          { id: fourth },
          { id: fifth, name: 'Contract 5' }
        ]
      }
    },
    {
      title: 'odoo_name_search gives no more than the limit',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: 'Contract', domain: JSON.stringify([mine]), limit: 2 },
      output: { count: 2, matches: [{ id: first }, { id: second }] }
    },
    {
      title: 'a whole name is found by "="',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: 'Contract 3', operator: '=', domain: [mine] },
      output: { count: 1, matches: [{ id: third, name: 'Contract 3' }] }
    },
    {
      title: 'a negative operator finds the others',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: 'CONTRACT 3', operator: 'not ilike', domain: [mine], limit: 10 },
      output: { count: 4, matches: [{ id: first }, { id: second }, { id: fourth }, { id: fifth }] }
    },
    {
      title: 'an empty name finds the first records',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: '', domain: [mine, ['city', '=', 'Even']] },
      output: { count: 2, matches: [{ id: second }, { id: fourth }] }
    },
    {
      title: 'a name that nothing has finds nothing',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: `no ${ref}` },
      output: { count: 0, matches: [] }
    },
    {
      title: 'a model looks for its names in its own way: two letters are a country’s code first',
      tool: 'odoo_name_search',
      input: { model: 'res.country', name: 'be', limit: 1 },
      output: { count: 1, matches: [{ name: /^Belgi/ }] }
    },
    {
      title: 'a name is Odoo’s own, line breaks and all',
      tool: 'odoo_name_search',
      input: { model: 'res.partner', name: 'Contract 1', domain: [mine], context: { show_address: 1 } },
      output: { count: 1, matches: [{ id: first, name: /^Contract 1\nOdd/ }] }
    },
    {
      title: 'the first records of a model without names are given, since none is looked for',
      tool: 'odoo_name_search',
      input: { model: 'res.users.log', name: '', limit: 1 },
      output: { count: 1, matches: [{ id: Number, name: /^res\.users\.log,\d+$/ }] }
    }
  ]
}

function refused({ ref }: World): Case[] {
  const refusal = (title: string, input: object, detail: RegExp | string): Case => ({
    title,
    tool: 'odoo_name_search',
    input,
    problem: { code: 'invalid_input', detail }
  })
  return [
    refusal(
      'a name in a model whose records have none is refused: Odoo would give any record',
      { model: 'res.users.log', name: ref },
      'name: records of res.users.log have no name to be found by; expected "" for the first ones'
    ),
    refusal(
      'an empty name with another operator is refused: versions differ in what it means',
      { model: 'res.partner', name: '', operator: '=' },
      'name: empty, with "="; expected a name, or no operator'
    ),
    refusal(
      'an operator that names cannot be searched with is refused',
      { model: 'res.partner', name: 'x', operator: 'in' },
      /^operator: "in" does not fit; expected one of "ilike", /
    ),
    refusal(
      'the domain of a name search is checked as any',
      { model: 'res.partner', name: 'x', domain: [['nmae', '=', 'x']] },
      /^domain\[0\]\[0\]: unknown field "nmae"/
    ),
    refusal('a name search without a name is refused', { model: 'res.partner' }, /^name: missing; expected text/),
    refusal(
      'a NUL in a name is refused, which Odoo cannot compare',
      { model: 'res.partner', name: 'a\u0000b' },
      /^name: holds a NUL character/
    ),
    refusal(
      'a name search for more than the maximum is refused',
      { model: 'res.partner', name: 'x', limit: 1001 },
      /^limit: 1001 is more than/
    ),
    {
      title: 'names of a hidden model are not told',
      tool: 'odoo_name_search',
      input: { model: 'ir.config_parameter', name: 'secret' },
      problem: { code: 'policy_denied', detail: /no access to ir\.config_parameter/ }
    },
    {
      title: 'a name search by a withheld field is denied',
      tool: 'odoo_name_search',
      input: { model: 'sale.order', name: 'S', domain: [['access_token', '=like', 'a%']] },
      problem: { code: 'policy_denied', detail: /access_token is withheld/ }
    }
  ]
}
