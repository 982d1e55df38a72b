import { checkRights } from '../orm/access.js'
import { boolean, char, integer, many2one, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { create } from '../orm/write/create.js'
import { unlink } from '../orm/write/unlink.js'
import { write } from '../orm/write/write.js'
import { companyOf } from './companies.js'
import { nextOf } from './sale-order-rules.js'

/** System parameters. */
export const irConfigParameter: ModelSpec = {
  name: 'ir.config_parameter',
  description: 'System Parameter',
  order: 'key',
  recName: 'key',
  fields: {
    key: char('Key', { required: true }),
    value: text('Value', { required: true })
  },
  access: [['base.group_system', 'crwu']],
  readsFirst: major => (major < 15 ? 'u' : 'wu'),
  unique: [{ name: 'ir_config_parameter_key_uniq', fields: ['key'], message: 'Key must be unique.' }],
  methods: {
    get_param: {
      on: 'model',
      params: ['key', 'default?'],
      run(env, model, _ids, { key, default: fallback = false }) {
        checkRights(env, model, 'r')
        const row = [...env.tables.rows('ir.config_parameter').values()].find(at => at.key === key)
        return typeof row?.value === 'string' ? row.value : fallback
      }
    },
    set_param: {
      on: 'model',
      params: ['key', 'value'],
      run(env, model, _ids, { key, value = false }) {
        const row = [...env.tables.rows('ir.config_parameter').values()].find(at => at.key === key)
        if (row === undefined) {
          if (value !== false && value !== null) create(env, model, [{ key: String(key), value: String(value) }])
          return false
        }
        if (value === false || value === null) unlink(env, model, [row.id])
        else write(env, model, [row.id], { value: String(value) })
        return row.value as string
      }
    }
  }
}

/** Numbers of documents. */
export const irSequence: ModelSpec = {
  name: 'ir.sequence',
  description: 'Sequence',
  order: major => (major < 18 ? 'name' : 'name, id'),
  fields: {
    name: char('Name', { required: true }),
    code: char('Sequence Code'),
    implementation: selection(
      'Implementation',
      [
        ['standard', 'Standard'],
        ['no_gap', 'No gap']
      ],
      { required: true, default: 'standard' }
    ),
    active: boolean('Active', { default: true }),
    prefix: char('Prefix', { trim: false }),
    suffix: char('Suffix', { trim: false }),
    number_next: integer('Next Number', { required: true, default: 1 }),
    number_next_actual: integer('Actual Next Number', {
      store: false,
      compute: ({ get }) => get('number_next'),
      write: (env, ids, value) => {
        for (const id of ids) env.tables.update('ir.sequence', id, { number_next: Number(value) })
      }
    }),
    number_increment: integer('Step', { required: true, default: 1 }),
    padding: integer('Sequence Size', { required: true, default: 0 }),
    company_id: many2one('Company', 'res.company', { default: env => companyOf(env) }),
    use_date_range: boolean('Use subsequences per date_range')
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_system', 'crwu']
  ],
  methods: {
    next_by_code: {
      on: 'model',
      params: ['sequence_code', 'sequence_date?'],
      run: (env, _model, _ids, { sequence_code }) => nextOf(env, String(sequence_code)) ?? false
    }
  }
}
