import type { Case } from './cases.js'
import type { World } from './world.js'

/** `odoo_aggregate`: its one form, its alias, and what is refused before Odoo is asked. */
export function grouping(world: World): Case[] {
  return [...grouped(world), ...asReadGroup(world), ...refused(world)]
}

function grouped({ ref }: World): Case[] {
  const mine = ['ref', '=', ref]
  const of = (city: string, count: number) => ({
    key: { city: { value: city, label: city } },
    count,
    domain: [mine, ['city', '=', city]]
  })
  return [
    {
      title: 'odoo_aggregate counts records in groups, and each group tells the domain of its records',
      tool: 'odoo_aggregate',
      input: { model: 'res.partner', domain: [mine], group_by: ['city'] },
      output: { count: 2, groups: [of('Even', 2), of('Odd', 3)], next_offset: undefined }
    },
    {
      title: 'groups are ordered by their number of records on every version, and come in pages',
      tool: 'odoo_aggregate',
      input: { model: 'res.partner', domain: [mine], group_by: ['city'], order: '__count desc', limit: 1 },
      output: { count: 1, groups: [of('Odd', 3)], next_offset: 1 }
    },
    {
      title: 'groups are filtered by what is computed over them, shown or not',
      tool: 'odoo_aggregate',
      input: {
        model: 'res.partner',
        domain: [mine],
        group_by: ['city'],
        measures: ['__count', 'name:count_distinct', 'color:sum'],
        having: ['&', ['__count', '<', 3], '!', ['id:count', 'in', [3, 4]]]
      },
      output: {
        count: 1,
        groups: [{ ...of('Even', 2), measures: { __count: 2, 'name:count_distinct': 2, 'color:sum': 0 } }]
      }
    },
    {
      title: 'a date without a granularity is grouped by months, and a period has bounds',
      tool: 'odoo_aggregate',
      input: { model: 'res.partner', domain: [mine], group_by: ['create_date'], context: { tz: 'Asia/Kolkata' } },
      output: {
        count: 1,
        groups: [
          {
            key: { create_date: { value: /T18:30:00Z$/, label: /20\d\d$/, from: /T18:30:00Z$/, to: /T18:30:00Z$/ } },
            count: 5,
            domain: [mine, ['create_date', '>=', / 18:30:00$/], ['create_date', '<', / 18:30:00$/]]
          }
        ]
      }
    },
    {
      title: 'without a term all records are one group, also where there are none',
      tool: 'odoo_aggregate',
      input: {
        model: 'res.partner',
        domain: [
          ['id', '=', 1],
          ['id', '=', 2]
        ],
        group_by: [],
        measures: ['color:sum', 'color', 'create_date:max', 'name:count', 'active:bool_and']
      },
      output: {
        count: 1,
        groups: [
          {
            key: {},
            count: 0,
            measures: { 'color:sum': null, 'create_date:max': null, 'name:count': 0, 'active:bool_and': null }
          }
        ]
      }
    },
    {
      title: 'a record and a selection are grouped by value and label',
      tool: 'odoo_aggregate',
      input: { model: 'res.partner', domain: [mine], group_by: ['company_id', 'type', 'is_company'] },
      output: {
        groups: [
          {
            key: {
              company_id: { value: null, label: null },
              type: { value: 'contact', label: 'Contact' },
              is_company: { value: false, label: 'false' }
            },
            count: 5
          }
        ]
      }
    }
  ]
}

function asReadGroup({ ref }: World): Case[] {
  const mine = ['ref', '=', ref]
  return [
    {
      title: 'odoo_read_group takes the arguments of the early servers, and groups by the first term alone',
      tool: 'odoo_read_group',
      mcpOnly: true,
      input: {
        model: 'res.partner',
        domain: [mine],
        fields: ['city', 'color', 'names:count(name)'],
        groupby: ['city', 'type'],
        orderby: 'city_count desc'
      },
      output: {
        count: 2,
        groups: [
          { key: { city: { value: 'Odd' }, type: undefined }, count: 3, measures: { 'color:sum': 0, 'name:count': 3 } },
          { count: 2 }
        ]
      }
    },
    {
      title: 'odoo_read_group groups by all terms when it is not lazy',
      tool: 'odoo_read_group',
      mcpOnly: true,
      input: { model: 'res.partner', domain: [mine], fields: [], groupby: ['city', 'type'], lazy: false, limit: 1 },
      output: { groups: [{ key: { city: { value: 'Even' }, type: { value: 'contact' } }, measures: {} }] }
    },
    {
      title: 'an old name beside its new one is refused',
      tool: 'odoo_read_group',
      mcpOnly: true,
      input: { model: 'res.partner', group_by: ['city'], groupby: 'type' },
      problem: { code: 'invalid_input', detail: /^groupby: unknown key/ }
    }
  ]
}

function refused({ major }: World): Case[] {
  const model = 'res.partner'
  return [
    {
      title: 'every wrong name of an aggregation is told with its place',
      tool: 'odoo_aggregate',
      input: { model, group_by: ['cty'], measures: ['color:sm'], having: [['name:sum', '>', 1]], order: 'foo' },
      problem: { code: 'invalid_input', detail: /^group_by\[0\]: unknown field "cty" .* Did you mean "city"\?$/ }
    },
    {
      title: 'a measure that does not fit its field is refused with those that do',
      tool: 'odoo_aggregate',
      input: { model, group_by: [], measures: ['name:sum'] },
      problem: {
        code: 'invalid_input',
        detail: 'measures[0]: "sum" of "name", a char field; expected one of count, count_distinct.'
      }
    },
    {
      title: 'a field that is not stored is refused',
      tool: 'odoo_aggregate',
      input: { model, group_by: ['contact_address'] },
      problem: { code: 'invalid_input', detail: /^group_by\[0\]: the field "contact_address" .* is not stored/ }
    },
    {
      title: 'the content of a withheld field is not even counted',
      tool: 'odoo_aggregate',
      input: { model: 'sale.order', group_by: [], measures: ['access_token:count_distinct'] },
      problem: { code: 'policy_denied', detail: /^measures\[0\]: the content of the field access_token is withheld/ }
    },
    major < 19
      ? {
          title: 'a path of fields is refused where Odoo cannot group by it',
          tool: 'odoo_aggregate',
          input: { model, group_by: ['country_id.code'] },
          problem: {
            code: 'invalid_input',
            detail: `group_by[0]: a path of fields, by which Odoo ${major} cannot group; expected a field of res.partner itself`
          }
        }
      : {
          title: 'a path of fields through a relation groups by its end',
          tool: 'odoo_aggregate',
          input: { model, domain: [['country_id.code', '=', 'US']], group_by: ['country_id.code'] },
          output: { groups: [{ key: { 'country_id.code': { value: 'US', label: 'US' } } }] }
        }
  ]
}
