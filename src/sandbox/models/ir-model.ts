import { accessError, userError, valueError } from '../exceptions.js'
import type { JsonObject } from '../json.js'
import { checkReadable, hasRights } from '../orm/access.js'
import type { Env } from '../orm/env.js'
import { boolean, char, integer, selection, text } from '../orm/fields.js'
import { search } from '../orm/search.js'
import type { Method, ModelSpec } from '../orm/types.js'
import { displayNameOf, valueAt } from '../orm/values.js'
import { find } from './external-ids.js'
import { listArch } from './list-arch.js'

/** Odoo 14 refuses to remove what is part of a module before it looks who asks. */
const unlinkModel: Method = {
  on: 'records',
  params: [],
  until: 14,
  run(env, model, [id]) {
    if (id === undefined) return true
    checkReadable(env, model, [id])
    throw userError(`Model '${valueAt(env, model, id, 'name')}' contains module data and cannot be removed.`)
  }
}

/** What all models have in common: a model without records, rights or fields of its own. */
export const base: ModelSpec = { name: 'base', description: 'Base', abstract: true, fields: {}, access: [] }

/** The list of models. Internal users may read it on 14; from 15 only administrators. */
export const irModel: ModelSpec = {
  name: 'ir.model',
  description: 'Models',
  order: 'model',
  fields: {
    name: char('Model Description', { required: true, translate: true }),
    model: char('Model', { required: true, default: 'x_' }),
    order: char('Order', { required: true, default: 'id' }),
    info: text('Information'),
    state: selection(
      'Type',
      [
        ['manual', 'Custom Object'],
        ['base', 'Base Object']
      ],
      { readonly: true, default: 'manual' }
    ),
    abstract: boolean('Abstract Model', { from: 19 }),
    transient: boolean('Transient Model'),
    modules: char('In Apps', {
      readonly: true,
      store: false,
      compute: ({ env, get }) => env.models.get(String(get('model')))?.module ?? 'base'
    }),
    count: integer('Count (Incl. Archived)', {
      readonly: true,
      store: false,
      compute: ({ env, get }) => env.tables.rows(String(get('model'))).size
    })
  },
  access: [
    ['base.group_erp_manager', 'crwu'],
    ['base.group_user', 'r', { until: 14 }]
  ],
  nameSearch: ['name', 'model'],
  unique: [{ name: 'ir_model_obj_name_uniq', fields: ['model'], message: 'Each model must have a unique name.' }],
  readsFirst: () => 'u',
  methods: {
    unlink: unlinkModel,
    get_available_models: { on: 'model', params: [], from: 16, run: available },
    display_name_for: {
      on: 'model',
      params: ['models'],
      from: 16,
      run: (env, _model, _ids, { models }) => namesOf(env, Array.isArray(models) ? models.map(String) : [])
    }
  },
  listView: major => listArch(major, 'Models', 'model name state transient')
}

function available(env: Env): JsonObject[] {
  return env.models
    .names()
    .filter(name => isOffered(env, name))
    .map(name => named(env, name))
}

function namesOf(env: Env, names: string[]): JsonObject[] {
  const offered = names.filter(name => isOffered(env, name)).map(name => named(env, name))
  return [...offered, ...names.filter(name => !isOffered(env, name)).map(model => ({ display_name: model, model }))]
}

function isOffered(env: Env, name: string): boolean {
  const model = env.models.get(name)
  return (
    model !== undefined &&
    model.transient !== true &&
    (env.hasGroup('base.group_user') || env.su) &&
    hasRights(env, model, 'r')
  )
}

const named = (env: Env, model: string) => ({ display_name: env.models.need(model).description, model })

/** External ids: names for records that modules and imports know them by. */
export const irModelData: ModelSpec = {
  name: 'ir.model.data',
  description: 'Model Data',
  order: 'module, model, name',
  fields: {
    name: char('External Identifier', { required: true }),
    complete_name: char('Complete ID', {
      readonly: true,
      store: false,
      compute: ({ get }) => [get('module'), get('name')].filter(Boolean).join('.')
    }),
    model: char('Model Name', { required: true }),
    module: char('Module', { required: true, default: '' }),
    res_id: { type: 'many2one_reference', string: 'Record ID' },
    noupdate: boolean('Non Updatable', { default: false }),
    reference: char('Reference', {
      readonly: true,
      store: false,
      compute: ({ get }) => `${get('model')},${get('res_id')}`
    })
  },
  access: [
    ['base.group_erp_manager', 'crwu'],
    ['base.group_user', 'cr', { until: 14 }]
  ],
  unique: [
    { name: 'ir_model_data_module_name_uniq_index', fields: ['module', 'name'], message: 'External IDs must be unique' }
  ],
  displayName: ({ env, get }) => {
    const model = env.models.get(String(get('model')))
    const id = Number(get('res_id'))
    if (model !== undefined && env.tables.row(model.name, id) !== undefined) return displayNameOf(env, model, id)
    return [get('module'), get('name')].filter(Boolean).join('.')
  },
  methods: {
    check_object_reference: {
      on: 'model',
      params: ['module', 'xml_id', 'raise_on_access_error?'],
      run(env, _model, _ids, { module, xml_id, raise_on_access_error }) {
        const name = `${module}.${xml_id}`
        const { model, id } = lookUp(env, name)
        if (search(env, env.models.need(model), [['id', '=', id]]).length > 0) return [model, id]
        if (!raise_on_access_error) return [model, false]
        throw accessError(
          env.major < 15
            ? `Not enough access rights on the external ID: ${name}`
            : `Not enough access rights on the external ID "${name}"`
        )
      }
    },
    xmlid_to_res_id: {
      on: 'model',
      params: ['xmlid', 'raise_if_not_found?'],
      until: 14,
      run: (env, _model, _ids, { xmlid, raise_if_not_found }) =>
        raise_if_not_found ? lookUp(env, String(xmlid)).id : (find(env, String(xmlid))?.id ?? false)
    },
    xmlid_to_res_model_res_id: {
      on: 'model',
      params: ['xmlid', 'raise_if_not_found?'],
      until: 14,
      run(env, _model, _ids, { xmlid, raise_if_not_found }) {
        const found = raise_if_not_found ? lookUp(env, String(xmlid)) : find(env, String(xmlid))
        return found === undefined ? [false, false] : [found.model, found.id]
      }
    },
    get_object_reference: {
      on: 'model',
      params: ['module', 'xml_id'],
      until: 14,
      run(env, _model, _ids, { module, xml_id }) {
        const { model, id } = lookUp(env, `${module}.${xml_id}`)
        return [model, id]
      }
    }
  }
}

function lookUp(env: Env, xmlid: string): { model: string; id: number } {
  const found = find(env, xmlid)
  if (found === undefined) throw valueError(`External ID not found in the system: ${xmlid}`)
  return found
}
