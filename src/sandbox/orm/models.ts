import { existsIn, type Major } from '../release.js'
import { char, datetime, integer, many2one } from './fields.js'
import type { Field, FieldSpec, Method, Model, ModelSpec } from './types.js'

/** The models of one release. */
export interface Models {
  get(name: string): Model | undefined
  /** Throws a KeyError for a name that is none. */
  need(name: string): Model
  names(): string[]
}

/** The models of one release, made of what each model's file says. */
export function createModels(major: Major, specs: readonly ModelSpec[]): Models {
  const models = new Map<string, Model>()
  const own = specs.filter(spec => existsIn(major, spec))
  for (const spec of own) models.set(spec.name, createModel(major, spec))
  for (const model of models.values()) addInherited(model, models)
  return {
    get: name => models.get(name),
    need(name) {
      const model = models.get(name)
      if (model === undefined) throw new Error(`the sandbox has no model ${name}`)
      return model
    },
    names: () => [...models.keys()]
  }
}

function createModel(major: Major, spec: ModelSpec): Model {
  const {
    description,
    fields,
    methods = {},
    nameSearch,
    order = 'id',
    recName,
    parent = 'parent_id',
    parentStore = false,
    ...rest
  } = spec
  const of = (text: string | ((major: Major) => string)) => (typeof text === 'string' ? text : text(major))
  const all = new Map<string, Field>()
  for (const [name, given] of Object.entries({ ...magicFields(major, spec), ...fields })) {
    const field = typeof given === 'function' ? given(major) : given
    if (field !== undefined && existsIn(major, field)) all.set(name, toField(name, spec.name, field))
  }
  return {
    ...rest,
    description: of(description),
    order: of(order),
    access: spec.access.filter(([, , life = {}]) => existsIn(major, life)),
    ...(spec.unique && { unique: spec.unique.filter(constraint => existsIn(major, constraint)) }),
    recName: recName ?? (all.has('name') ? 'name' : undefined),
    nameSearch: typeof nameSearch === 'function' ? nameSearch(major) : nameSearch,
    parent: of(parent),
    parentStore: typeof parentStore === 'function' ? parentStore(major) : parentStore,
    fields: all,
    methods: methodsOf(major, methods),
    hasActive: all.has('active')
  }
}

function methodsOf(major: Major, methods: ModelSpec['methods'] & object): Map<string, Method> {
  const all = new Map<string, Method>()
  for (const [name, given] of Object.entries(methods)) {
    const method = typeof given === 'function' ? given(major) : given
    if (method !== undefined && existsIn(major, method)) all.set(name, method)
  }
  return all
}

/** What every model has. `__last_update` went with 17. */
function magicFields(major: Major, { abstract = false }: ModelSpec): { [name: string]: FieldSpec } {
  const log = { readonly: true, copy: false }
  return {
    id: integer('ID', { readonly: true, copy: false, aggregator: null }),
    display_name: char('Display Name', { readonly: true, store: false, searchable: major >= 17, copy: false }),
    ...(!abstract && {
      create_uid: many2one('Created by', 'res.users', { ...log, ondelete: 'set null' }),
      create_date: datetime('Created on', log),
      write_uid: many2one('Last Updated by', 'res.users', { ...log, ondelete: 'set null' }),
      write_date: datetime('Last Updated on', log)
    }),
    ...(major <= 16 && {
      __last_update: datetime('Last Modified on', {
        ...log,
        store: false,
        searchable: false,
        compute: ({ get }) => get('write_date') ?? get('create_date')
      })
    })
  }
}

function toField(name: string, model: string, spec: FieldSpec): Field {
  const store = spec.store ?? true
  const hasColumn = store && !['one2many', 'many2many'].includes(spec.type) && !spec.attachment
  return {
    ...spec,
    name,
    model,
    store,
    searchable: spec.searchable ?? (store || spec.related !== undefined),
    sortable: hasColumn,
    inherited: false
  }
}

/** `_inherits`: the fields of the record within are fields of this one, too. */
function addInherited(model: Model, models: Map<string, Model>): void {
  for (const [through, parentName] of Object.entries(model.inherits ?? {})) {
    const parent = models.get(parentName) as Model
    const within = model.fields.get(through)
    if (within !== undefined) within.autoJoin = true
    for (const field of parent.fields.values()) {
      if (model.fields.has(field.name)) continue
      const { compute, default: _, write, ...rest } = field
      model.fields.set(field.name, {
        ...rest,
        model: model.name,
        related: `${through}.${field.name}`,
        store: false,
        searchable: field.searchable,
        inherited: true
      })
    }
    if (model.recName === undefined && model.fields.has('name')) model.recName = 'name'
    if (parent.hasActive && model.fields.has('active')) model.hasActive = true
  }
}

/** Whether the rows of its table hold a value of this field. */
export function hasColumn(field: Field): boolean {
  if (field.compute !== undefined || field.related !== undefined || field.name === 'display_name') return false
  return field.type !== 'one2many' && field.type !== 'many2many'
}
