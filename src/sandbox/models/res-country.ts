import { boolean, char, date, float, integer, many2many, many2one, one2many, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { searchState } from './display-names.js'
import { searchCountryNames } from './name-searches.js'
import { languages } from './zones.js'

/** Countries; their names are translated. */
export const resCountry: ModelSpec = {
  name: 'res.country',
  description: 'Country',
  order: major => (major < 18 ? 'name' : 'name, id'),
  fields: {
    name: char('Country Name', { required: true, translate: true }),
    code: major => (major < 17 ? char('Country Code', { size: 2 }) : char('Country Code', { required: true, size: 2 })),
    address_format: text('Layout in Reports', {
      default: '%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s'
    }),
    currency_id: many2one('Currency', 'res.currency'),
    phone_code: integer('Country Calling Code'),
    country_group_ids: many2many('Country Groups', 'res.country.group', 'res_country_res_country_group_rel'),
    state_ids: one2many('States', 'res.country.state', 'country_id'),
    name_position: selection(
      'Customer Name Position',
      [
        ['before', 'Before Address'],
        ['after', 'After Address']
      ],
      { default: 'before' }
    ),
    vat_label: char('Vat Label', { translate: true }),
    state_required: boolean('State Required', { default: false }),
    zip_required: boolean('Zip Required', { default: true })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_partner_manager', 'r'],
    ['base.group_system', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  nameSearch: ['name', 'code'],
  searchName: searchCountryNames,
  unique: [
    { name: 'res_country_name_uniq', fields: ['name'], message: 'The name of the country must be unique !', until: 17 },
    { name: 'res_country_code_uniq', fields: ['code'], message: 'The code of the country must be unique !', until: 17 },
    { name: 'res_country_name_uniq', fields: ['name'], message: 'The name of the country must be unique!', from: 18 },
    { name: 'res_country_code_uniq', fields: ['code'], message: 'The code of the country must be unique!', from: 18 }
  ],
  beforeCreate: (_env, values) =>
    typeof values.code === 'string' ? { ...values, code: values.code.toUpperCase() } : values,
  beforeWrite: (_env, _ids, values) =>
    typeof values.code === 'string' ? { ...values, code: values.code.toUpperCase() } : values
}

/** States and provinces. */
export const resCountryState: ModelSpec = {
  name: 'res.country.state',
  description: 'Country state',
  order: major => (major < 18 ? 'code' : 'code, id'),
  fields: {
    name: char('State Name', { required: true }),
    country_id: many2one('Country', 'res.country', { required: true }),
    code: char('State Code', { required: true })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_partner_manager', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  displayName: ({ env, get }) => `${get('name')} (${get('country_id.code') ?? (env.major < 17 ? 'False' : '')})`,
  nameSearch: ['name', 'code'],
  searchDisplayName: searchState,
  unique: [
    {
      name: 'res_country_state_name_code_uniq',
      fields: ['country_id', 'code'],
      message: 'The code of the state must be unique by country !',
      until: 17
    },
    {
      name: 'res_country_state_name_code_uniq',
      fields: ['country_id', 'code'],
      message: 'The code of the state must be unique by country!',
      from: 18
    }
  ]
}

/** Groups of countries, such as the European Union. */
export const resCountryGroup: ModelSpec = {
  name: 'res.country.group',
  description: 'Country Group',
  fields: {
    name: char('Name', { required: true, translate: true }),
    code: char('Code', { from: 18 }),
    country_ids: many2many('Countries', 'res.country', 'res_country_res_country_group_rel', { reverse: true })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_partner_manager', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ]
}

/** Currencies by their three letters. */
export const resCurrency: ModelSpec = {
  name: 'res.currency',
  description: 'Currency',
  order: 'active desc, name',
  fields: {
    name: char('Currency', { required: true, size: 3 }),
    full_name: char('Name', { from: 15 }),
    symbol: char('Symbol', { required: true }),
    rate: float('Current Rate', { readonly: true, store: false, compute: () => 1 }),
    iso_numeric: integer('Currency numeric code.', { from: 18 }),
    active: boolean('Active', { default: true }),
    position: selection(
      'Symbol Position',
      [
        ['after', 'After Amount'],
        ['before', 'Before Amount']
      ],
      { default: 'after' }
    ),
    rounding: float('Rounding Factor', { digits: [12, 6], default: 0.01 }),
    decimal_places: integer('Decimal Places', {
      readonly: true,
      compute: ({ get }) => Math.max(0, Math.ceil(-Math.log10(Number(get('rounding') ?? 0.01))))
    }),
    currency_unit_label: major => (major < 17 ? char('Currency Unit') : char('Currency Unit', { translate: true })),
    currency_subunit_label: major =>
      major < 17 ? char('Currency Subunit') : char('Currency Subunit', { translate: true }),
    date: date('Date', { readonly: true, store: false, compute: ({ env }) => env.now.slice(0, 10) })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_system', 'crwu'],
    ['account.group_account_manager', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  nameSearch: major => (major < 15 ? ['name'] : ['name', 'full_name']),
  unique: [{ name: 'res_currency_unique_name', fields: ['name'], message: 'The currency code must be unique!' }]
}

/** Languages. */
export const resLang: ModelSpec = {
  name: 'res.lang',
  description: 'Languages',
  order: 'active desc,name',
  fields: {
    name: char('Name', { required: true }),
    code: char('Locale Code', { required: true }),
    iso_code: char('ISO code'),
    url_code: char('URL Code', { required: true }),
    active: boolean('Active'),
    direction: selection(
      'Direction',
      [
        ['ltr', 'Left-to-Right'],
        ['rtl', 'Right-to-Left']
      ],
      { required: true, default: 'ltr' }
    ),
    date_format: major =>
      major < 17
        ? char('Date Format', { required: true, default: '%m/%d/%Y' })
        : selection(
            'Date Format',
            [
              ['%d/%m/%Y', '31/01/2026'],
              ['%m/%d/%Y', '01/31/2026'],
              ['%Y/%m/%d', '2026/01/31'],
              ['%d-%m-%Y', '31-01-2026'],
              ['%m-%d-%Y', '01-31-2026'],
              ['%Y-%m-%d', '2026-01-31'],
              ['%d.%m.%Y', '31.01.2026'],
              ['%m.%d.%Y', '01.31.2026'],
              ['%Y.%m.%d', '2026.01.31']
            ],
            { required: true, default: '%m/%d/%Y' }
          ),
    time_format: major =>
      major < 17
        ? char('Time Format', { required: true, default: '%H:%M:%S' })
        : selection(
            'Time Format',
            [
              ['%H:%M:%S', '13:00:00'],
              ['%I:%M:%S %p', ' 1:00:00 PM']
            ],
            { required: true, default: '%H:%M:%S' }
          ),
    week_start: selection(
      'First Day of Week',
      [
        ['1', 'Monday'],
        ['2', 'Tuesday'],
        ['3', 'Wednesday'],
        ['4', 'Thursday'],
        ['5', 'Friday'],
        ['6', 'Saturday'],
        ['7', 'Sunday']
      ],
      { required: true, default: '7' }
    ),
    grouping: major =>
      major < 17
        ? char('Separator Format', { required: true, default: '[]' })
        : selection(
            'Separator Format',
            [
              ['[3,0]', 'International Grouping'],
              ['[3,2,0]', 'Indian Grouping']
            ],
            { required: true, default: '[]' }
          ),
    decimal_point: char('Decimal Separator', { required: true, trim: false, default: '.' }),
    thousands_sep: char('Thousands Separator', { trim: false, default: ',' })
  },
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_system', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  nameSearch: ['name', 'code', 'iso_code'],
  unique: [
    { name: 'res_lang_name_uniq', fields: ['name'], message: 'The name of the language must be unique !', until: 17 },
    { name: 'res_lang_code_uniq', fields: ['code'], message: 'The code of the language must be unique !', until: 17 },
    { name: 'res_lang_name_uniq', fields: ['name'], message: 'The name of the language must be unique!', from: 18 },
    { name: 'res_lang_code_uniq', fields: ['code'], message: 'The code of the language must be unique!', from: 18 }
  ],
  methods: {
    get_installed: { on: 'model', params: [], run: () => languages.map(pair => [...pair]) }
  }
}
