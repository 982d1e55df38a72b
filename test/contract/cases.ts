import type { ErrorCode } from '../../src/core/errors.js'
import { grouping } from './cases-aggregate.js'
import { namesToIds } from './cases-name-search.js'
import { wireCases } from './cases-wires.js'
import type { World } from './world.js'

/** One call and what it must answer, the same on every surface. */
export interface Case {
  title: string
  tool: string
  input: unknown
  /** Only MCP has names besides the routes. */
  mcpOnly?: true
  /** A pattern that the output matches. */
  output?: object
  problem?: { code: ErrorCode; detail: RegExp | string; hint?: RegExp; outcome?: 'not_applied' }
}

/** Everything that changes nothing: reads, and calls that are refused. */
export function cases(world: World): Case[] {
  return [
    ...whoAmI(world),
    ...describing(world),
    ...searching(world),
    ...reading(world),
    ...grouping(world),
    ...namesToIds(world),
    ...refused(world),
    ...fromOdoo(world),
    ...wireCases(world)
  ]
}

function whoAmI({ odoo, protocol, secondCompany }: World): Case[] {
  return [
    {
      title: 'odoo_session says who the calls run as',
      tool: 'odoo_session',
      input: {},
      output: {
        url: odoo.url,
        database: odoo.database,
        username: odoo.username,
        server_version: new RegExp(`^${odoo.version}`),
        protocol,
        companies: { current: { id: Number, name: String } },
        policy: { read_only: false },
        limits: { default_limit: 100, max_limit: 1000, max_result_bytes: 100_000 },
        expires_at: null
      }
    },
    {
      title: 'a company that is not the user’s is refused before sending',
      tool: 'odoo_count',
      input: { model: 'res.partner', context: { company_id: secondCompany + 1000 } },
      problem: {
        code: 'invalid_input',
        detail: /^context\.company_id: \d+ is not a company of this user; expected one of /
      }
    }
  ]
}

function describing({ major }: World): Case[] {
  return [
    {
      title: 'odoo_get_models finds a model by its displayed or technical name',
      tool: 'odoo_get_models',
      input: { filter: 'res.partner.cat' },
      output: { count: 1, models: [{ model: 'res.partner.category', name: String }], total: 1 }
    },
    {
      title: 'odoo_list_models is odoo_get_models',
      tool: 'odoo_list_models',
      input: { filter: 'sale.order', limit: 1 },
      output: { count: 1, models: [{ model: 'sale.order' }], next_offset: 1 }
    },
    {
      title: 'a model that the policy hides is not listed',
      tool: 'odoo_get_models',
      input: { filter: 'ir.config_parameter' },
      output: { count: 0, models: [], total: 0 }
    },
    {
      title: 'odoo_get_fields gives the six attributes that a caller needs first',
      tool: 'odoo_get_fields',
      input: { model: 'sale.order', fields: ['state', 'partner_id'] },
      output: {
        model: 'sale.order',
        fields: {
          state: { type: 'selection', string: String, readonly: Boolean, required: Boolean, selection: Array },
          partner_id: { type: 'many2one', relation: 'res.partner', required: true }
        }
      }
    },
    {
      title: 'odoo_fields_get accepts allfields',
      tool: 'odoo_fields_get',
      mcpOnly: true,
      input: { model: 'res.partner', allfields: ['name'], attributes: ['type'] },
      output: { model: 'res.partner', fields: { name: { type: 'char' } } }
    },
    {
      title: 'a withheld field is marked',
      tool: 'odoo_get_fields',
      input: { model: 'res.partner', filter: 'signup_token' },
      // Odoo 18 took the field away.
      output: { fields: major < 18 ? { signup_token: { withheld: true } } : {} }
    },
    {
      title: 'an unknown model names the nearest',
      tool: 'odoo_get_fields',
      input: { model: 'sale.ordr' },
      problem: {
        code: 'not_found',
        detail: 'model: "sale.ordr" does not exist. Did you mean "sale.order"?',
        hint: /odoo_get_models/
      }
    }
  ]
}

function searching({ ref, partners, major, protocol }: World): Case[] {
  const mine = ['ref', '=', ref]
  const [first, second, third, fourth, fifth] = partners
  return [
    {
      title: 'a page that is full says where the next one begins',
      tool: 'odoo_search',
      input: { model: 'res.partner', domain: [mine], fields: ['name'], limit: 2, order: 'name desc' },
      output: {
        count: 2,
        records: [
          { id: fifth, name: 'Contract 5' },
          { id: fourth, name: 'Contract 4' }
        ],
        total: 5,
        offset: 0,
        next_offset: 2
      }
    },
    {
      title: 'the last page has no next one',
      tool: 'odoo_search_read',
      input: { model: 'res.partner', domain: [mine], fields: ['name'], limit: 2, offset: 4, order: 'name desc' },
      output: { count: 1, records: [{ id: first }], total: 5, offset: 4, next_offset: undefined }
    },
    {
      title: 'a page behind the end is empty and still knows the total',
      tool: 'odoo_search',
      input: { model: 'res.partner', domain: [mine], offset: 50 },
      output: { count: 0, records: [], total: 5, offset: 50 }
    },
    {
      title: 'a domain may be a JSON string',
      tool: 'odoo_search',
      input: { model: 'res.partner', domain: JSON.stringify(['&', mine, ['city', '=', 'Even']]), fields: ['id'] },
      output: { records: [{ id: second }, { id: fourth }], total: 2 }
    },
    {
      title: 'operators in prefix form mean what they mean in Odoo',
      tool: 'odoo_count',
      input: { model: 'res.partner', domain: [mine, '|', ['id', '=', third], '!', ['city', '=', 'Odd']] },
      output: { model: 'res.partner', count: 3 }
    },
    {
      title: 'a dotted path is followed',
      tool: 'odoo_search_count',
      input: { model: 'res.users', domain: [['partner_id.ref', '=', ref]] },
      output: { count: 0 }
    },
    {
      title: 'default fields are few, begin with the name and hold nothing binary',
      tool: 'odoo_search',
      input: { model: 'res.partner', domain: [mine], limit: 1 },
      output: {
        records: [{ id: first, display_name: 'Contract 1', email: false, phone: false, image_1920: undefined }]
      }
    },
    {
      title: 'no field names are the same as none given, to odoo_read as well',
      tool: 'odoo_read',
      input: { model: 'res.partner', ids: [second], fields: [] },
      output: { records: [{ id: second, display_name: 'Contract 2', email: false, phone: false, vat: undefined }] }
    },
    {
      title: 'default fields are the columns of the list view, and what they need to be understood',
      tool: 'odoo_search',
      input: { model: 'sale.order', limit: 1 },
      output: {
        records: [
          {
            date_order: String,
            amount_total: Number,
            state: String,
            currency_id: Array,
            // Odoo 14 cannot send its views over XML-RPC: there it is the best by score.
            ...(major < 16 && protocol === 'xmlrpc'
              ? { invoice_status: undefined }
              : { invoice_status: String, validity_date: undefined })
          }
        ]
      }
    },
    {
      title: 'a time with an offset is a time in UTC',
      tool: 'odoo_count',
      input: {
        model: 'res.partner',
        domain: [mine, ['create_date', '>=', '2001-01-01T00:00:00+02:00'], ['create_date', '<', '2001-01-01T00:00:00Z']]
      },
      output: { count: 0 }
    },
    {
      title: 'null in a leaf means empty',
      tool: 'odoo_count',
      input: { model: 'res.partner', domain: [mine, ['parent_id', '=', null]] },
      output: { count: 5 }
    },
    {
      title: 'archived records are hidden unless active_test says otherwise',
      tool: 'odoo_count',
      input: { model: 'res.partner', domain: [mine], context: { active_test: false } },
      output: { count: 5 }
    },
    major >= 17
      ? {
          title: 'any searches among related records',
          tool: 'odoo_count',
          input: { model: 'res.users', domain: [['partner_id', 'any', [['ref', '=', ref]]]] },
          output: { count: 0 }
        }
      : {
          title: 'any is refused where Odoo does not know it',
          tool: 'odoo_count',
          input: { model: 'res.users', domain: [['partner_id', 'any', [['ref', '=', ref]]]] },
          problem: {
            code: 'invalid_input',
            detail: 'domain[0][1]: the operator "any" needs Odoo 17; expected a dotted path'
          }
        }
  ]
}

function reading({ partners, major }: World): Case[] {
  const [first, second] = partners as [number, number]
  return [
    {
      title: 'odoo_read keeps the order of ids and names what is missing',
      tool: 'odoo_read',
      input: { model: 'res.partner', ids: [second, 2147483647, first, second], fields: ['name'] },
      output: {
        count: 2,
        records: [
          { id: second, name: 'Contract 2' },
          { id: first, name: 'Contract 1' }
        ],
        missing: [2147483647]
      }
    },
    {
      title: 'odoo_read of all fields gives no binary and no withheld one',
      tool: 'odoo_read',
      input: { model: 'res.partner', ids: [first], fields: ['*'] },
      output: { records: [{ id: first, name: 'Contract 1', image_1920: undefined, signup_token: undefined }] }
    },
    {
      title: 'odoo_call runs a method',
      tool: 'odoo_call',
      input: {
        model: 'res.partner',
        method: 'name_search',
        args: ['Contract 1'],
        kwargs: { [major >= 19 ? 'domain' : 'args']: [['id', '=', first]] }
      },
      output: { result: [[first, /Contract 1/]] }
    },
    {
      title: 'odoo_call_method answers name_get as the early servers did',
      tool: 'odoo_call_method',
      input: { model: 'res.partner', method: 'name_get', args: [[first]], kwargs: {} },
      output: { result: [[first, 'Contract 1']] }
    },
    {
      title: 'odoo_execute_kw reads without its secrets',
      tool: 'odoo_execute_kw',
      input: { model: 'res.partner', method: 'read', args: [[first]] },
      output: { result: [{ id: first, name: 'Contract 1', signup_token: undefined, image_1920: undefined }] }
    },
    {
      title: 'a context in kwargs is the context of the call',
      tool: 'odoo_call',
      input: {
        model: 'res.partner',
        method: 'search_count',
        args: [[['id', '=', first]]],
        kwargs: { context: { lang: 'en_US' } }
      },
      output: { result: 1 }
    }
  ]
}

function refused({ partners }: World): Case[] {
  const [first] = partners
  const invalid = (title: string, tool: string, input: unknown, detail: RegExp | string): Case => ({
    title,
    tool,
    input,
    problem: { code: 'invalid_input', detail }
  })
  const denied = (title: string, tool: string, input: unknown, detail: RegExp): Case => ({
    title,
    tool,
    input,
    problem: { code: 'policy_denied', detail, hint: /operator/ }
  })
  return [
    invalid(
      'an unknown key is refused with the nearest',
      'odoo_search',
      { model: 'res.partner', filters: [] },
      /^filters: unknown key; expected one of model, domain, /
    ),
    invalid(
      'a missing key is named',
      'odoo_count',
      {},
      'model: missing; expected the technical name of a model, such as "res.partner"'
    ),
    invalid('a wrong type is named', 'odoo_count', { model: 7 }, /^model: 7 does not fit; expected the technical name/),
    invalid(
      'a limit above the maximum is refused, not clamped',
      'odoo_search',
      { model: 'res.partner', limit: 5000 },
      /^limit: 5000 is more than/
    ),
    invalid(
      'empty ids are refused',
      'odoo_read',
      { model: 'res.partner', ids: [] },
      'ids: [] does not fit; expected a list of at least one id'
    ),
    invalid(
      'an id of 2^53 is refused',
      'odoo_read',
      { model: 'res.partner', ids: [2 ** 53] },
      /^ids\[0\]: 9007199254740992 does not fit/
    ),
    invalid(
      'a domain that is an object is refused',
      'odoo_count',
      { model: 'res.partner', domain: { name: 'x' } },
      /^domain: \{"name":"x"\} is not a domain/
    ),
    invalid(
      'a bare leaf is refused',
      'odoo_count',
      { model: 'res.partner', domain: ['name', '=', 'x'] },
      /Did you mean \[\["name","=","x"\]\]\?$/
    ),
    invalid(
      'Python notation is refused',
      'odoo_count',
      { model: 'res.partner', domain: "[('name', '=', 'x')]" },
      /^domain: the string is not JSON/
    ),
    invalid(
      'a leaf of two items is refused',
      'odoo_count',
      { model: 'res.partner', domain: [['name', '=']] },
      /^domain\[0\]: a leaf with 2 items/
    ),
    invalid(
      'an unknown operator names the nearest',
      'odoo_count',
      { model: 'res.partner', domain: [['name', 'ilke', 'x']] },
      /^domain\[0\]\[1\]: "ilke" is not an operator; .* Did you mean "ilike"\?$/
    ),
    invalid(
      'a scalar with in is refused',
      'odoo_count',
      { model: 'res.partner', domain: [['id', 'in', 5]] },
      /^domain\[0\]\[2\]: id: 5 with "in"; expected a list\. Did you mean \[5\]\?$/
    ),
    invalid(
      'an operator without operands is refused',
      'odoo_count',
      { model: 'res.partner', domain: ['|', ['id', '=', 1]] },
      /^domain\[0\]: "\|" misses 1 of its operands/
    ),
    invalid(
      'an unknown field names the nearest, on a dotted path too',
      'odoo_count',
      { model: 'res.partner', domain: [['country_id.nmae', '=', 'x']] },
      'domain[0][0]: unknown field "nmae" on res.country; expected one of its fields. Did you mean "name"?'
    ),
    invalid(
      'a field that cannot be searched is refused',
      'odoo_count',
      { model: 'res.users', domain: [['new_password', '=', 'x']] },
      /"new_password" of res\.users cannot be searched/
    ),
    invalid(
      'a field that cannot be sorted by is refused',
      'odoo_search',
      { model: 'res.partner', order: 'category_id' },
      /cannot be sorted by/
    ),
    invalid(
      'an order with code in it is refused',
      'odoo_search',
      { model: 'res.partner', order: 'name; drop table x' },
      /is not a sort term/
    ),
    invalid(
      'an unknown field to read names the nearest',
      'odoo_read',
      { model: 'res.partner', ids: [first], fields: ['emial'] },
      /Did you mean "email"\?$/
    ),
    invalid(
      'text for a boolean is refused, not true',
      'odoo_write',
      { model: 'res.partner', ids: [first], values: { active: 'false' } },
      /^values\.active: "false" does not fit; expected true or false/
    ),
    invalid(
      'a time for a date is refused, not cut',
      'odoo_create',
      { model: 'crm.lead', values: { name: 'x', date_deadline: '2026-01-02T10:00:00Z' } },
      /^values\.date_deadline: .* is not a date/
    ),
    invalid(
      'an unknown value of a selection names the values',
      'odoo_write',
      { model: 'res.partner', ids: [first], values: { type: 'contct' } },
      /Did you mean "contact"\?$/
    ),
    invalid(
      'a broken x2many command is refused',
      'odoo_write',
      { model: 'res.partner', ids: [first], values: { category_id: [[9, 1]] } },
      /^values\.category_id\[0\]: \[9,1\] is not an x2many command/
    ),
    invalid(
      'a method of records without ids is refused',
      'odoo_call',
      { model: 'res.partner', method: 'unlink' },
      /^ids: missing/
    ),
    invalid(
      'a domain inside odoo_call is checked too',
      'odoo_call',
      { model: 'res.partner', method: 'search_count', args: [[['nope', '=', 1]]] },
      /^args\[0\]\[0\]\[0\]: unknown field "nope"/
    ),
    invalid(
      'url alone does not borrow the configured password',
      'odoo_connect',
      { url: 'http://127.0.0.1:1' },
      /^url: differs from the default connection/
    ),
    denied('a hidden model', 'odoo_search', { model: 'ir.config_parameter' }, /no access to ir\.config_parameter/),
    denied(
      'a hidden model on a dotted path',
      'odoo_count',
      { model: 'res.partner', domain: [['user_ids.api_key_ids.name', '=', 'x']] },
      /^domain\[0\]\[0\]: the policy of this server gives no access to res\.users\.apikeys/
    ),
    denied(
      'a withheld field in a domain, which would tell it letter by letter',
      'odoo_count',
      { model: 'sale.order', domain: [['access_token', '=like', 'a%']] },
      /^domain\[0\]\[0\]: the content of the field access_token is withheld/
    ),
    denied(
      'a withheld field on a dotted path',
      'odoo_count',
      { model: 'res.partner', domain: [['sale_order_ids.access_token', '=like', 'a%']] },
      /access_token is withheld/
    ),
    denied(
      'a withheld field to sort by',
      'odoo_search',
      { model: 'sale.order', order: 'access_token' },
      /^order: .*access_token is withheld/
    ),
    denied(
      'a withheld field to read',
      'odoo_search',
      { model: 'sale.order', fields: ['name', 'access_token'] },
      /^fields\[1\]: .*access_token is withheld/
    ),
    denied(
      'a withheld field to group by inside odoo_call',
      'odoo_call',
      { model: 'sale.order', method: 'read_group', args: [[], ['id'], ['access_token']] },
      /^args\[2\]\[0\]: .*access_token is withheld/
    ),
    denied(
      'a model that may only be read',
      'odoo_write',
      { model: 'res.users', ids: [1], values: { name: 'x' } },
      /lets res\.users be read, not changed/
    ),
    denied(
      'a command that would create a user',
      'odoo_create',
      { model: 'res.partner', values: { name: 'x', user_ids: [[0, 0, { login: 'x' }]] } },
      /lets res\.users be read, not changed/
    ),
    denied(
      'a private method',
      'odoo_call',
      { model: 'res.partner', method: '_compute_display_name' },
      /is not the name of a public method/
    ),
    denied('a denied method', 'odoo_call', { model: 'res.partner', method: 'sudo' }, /denies the method sudo/)
  ]
}

/** What only Odoo can say, in its own words. */
function fromOdoo({ major, protocol, partners }: World): Case[] {
  const [first] = partners
  return [
    {
      title: 'an unknown method is not found',
      tool: 'odoo_call',
      input: { model: 'res.partner', method: 'no_such_method', ids: [first] },
      problem: { code: 'not_found', detail: /no_such_method/, outcome: 'not_applied' }
    },
    {
      title: 'a write on a record that does not exist is not found',
      tool: 'odoo_write',
      input: { model: 'res.partner', ids: [2147483647], values: { name: 'x' } },
      problem: { code: 'not_found', detail: /does not exist|deleted/, outcome: 'not_applied' }
    },
    {
      title: 'a missing required value is a validation of Odoo',
      tool: 'odoo_create',
      input: { model: 'crm.lead', values: {} },
      problem: { code: 'validation', detail: /.+/, outcome: 'not_applied' }
    },
    {
      title: 'a broken constraint is a validation in the words of Odoo',
      tool: 'odoo_write',
      input: { model: 'res.partner', ids: [first], values: { parent_id: first } },
      problem: { code: 'validation', detail: /r[eé]cursi/i, outcome: 'not_applied' }
    },
    {
      title: 'a unique constraint is a conflict where Odoo tells it from other refusals',
      tool: 'odoo_create',
      input: { model: 'res.currency', values: { name: 'EUR', symbol: '€' } },
      // Odoo 14 answers the constraint's own sentence, and nothing that says which kind of refusal it is; over XML-RPC
      // all of them do.
      problem: {
        code: major >= 16 && protocol !== 'xmlrpc' ? 'conflict' : 'validation',
        detail: /.+/,
        outcome: 'not_applied'
      }
    },
    {
      title: 'a language that Odoo does not have',
      tool: 'odoo_count',
      input: { model: 'res.partner', domain: [['id', '=', first]], context: { lang: 'xx_XX' } },
      ...(major >= 16 ? { problem: { code: 'invalid_input' as const, detail: /language/i } } : { output: { count: 1 } })
    }
  ]
}
