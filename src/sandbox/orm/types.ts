// Longer than other files on purpose: the one page that says what a model is made of.

import type { Json, JsonObject } from '../json.js'
import type { Major } from '../release.js'
import type { Env } from './env.js'

export type FieldType =
  | 'char'
  | 'text'
  | 'html'
  | 'integer'
  | 'float'
  | 'monetary'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'selection'
  | 'many2one'
  | 'one2many'
  | 'many2many'
  | 'many2one_reference'
  | 'reference'
  | 'binary'

/**
 * What a column holds: null is SQL's NULL. Texts, dates (`2026-11-24`), datetimes (`2026-11-24 10:00:00`, with
 * microseconds where Odoo keeps them), numbers, booleans; a many2one its id; binary its base64 text.
 */
export type Cell = null | boolean | number | string

/** A value of a field: a cell, or the ids of a one2many or many2many. */
export type Value = Cell | number[]

/** A translated text: by language, `en_US` always among them. */
export interface Translations {
  [lang: string]: string
}

/** One row of a table. Fields without a column are not in it. */
export interface Row {
  id: number
  [field: string]: Cell | Translations
}

/** Exists from one release until another, both included. */
export interface Lifetime {
  from?: number
  until?: number
}

/** What a model says of a field; `fields.ts` has a function for each type. */
export interface FieldSpec extends Lifetime {
  type: FieldType
  /** The label. */
  string: string
  required?: boolean
  readonly?: boolean
  /** False for computed fields without a column in Odoo; they can be searched only with `searchable`. */
  store?: boolean
  searchable?: boolean
  /** Related records are searched without asking for rights: `auto_join`, later `bypass_search_access`. */
  autoJoin?: boolean
  /** Not stored nor searchable, yet Odoo has SQL for it: domains take it although `fields_get` says otherwise. */
  inSql?: boolean
  /**
   * The search method of a computed field: a domain in the place of a condition. Undefined: not with this operator.
   * Without one the computed values are compared.
   */
  search?: (env: Env, operator: string, value: Json) => Json[] | undefined
  relation?: string
  /** The many2one that a one2many is the other side of. */
  inverse?: string
  /** The name of the table of a many2many; two fields that share one are the two sides of it. */
  table?: string
  /** This field is the second side of its `table`. */
  reverse?: boolean
  /** The column of its `table` that holds the other records' ids. Default is the name of their model with `_id`. */
  column?: string
  /**
   * When code of Odoo's looks at the record that a new value of a many2one names before PostgreSQL gets to see it: a
   * record that does not exist is missing then, and no foreign key is violated.
   */
  followed?: 'on create' | 'on write' | 'always'
  selection?: readonly (readonly [string, string])[]
  /** A function of Odoo's counts the choices up, such as the installed languages. */
  dynamic?: boolean
  translate?: boolean
  size?: number
  /** A float shows at least the digits of a precision, and keeps all (19). */
  minDisplayDigits?: boolean
  /** Total and decimal digits of a float. */
  digits?: readonly [number, number]
  currencyField?: string
  /** The dotted path of the field that this one shows. */
  related?: string
  /** Comma-separated groups; others do not see the field. */
  groups?: string
  companyDependent?: boolean
  /** False: `copy` leaves it out. Default true for columns and many2many, false for one2many and computed fields. */
  copy?: boolean
  /** How read_group aggregates it: default `sum` for numbers. `null`: not at all. */
  aggregator?: string | null
  /** The ids of the groups that `read_group` shows even without records (`group_expand`), given those with records. */
  groupExpand?: (env: Env, model: Model, ids: number[]) => number[]
  default?: Json | ((env: Env) => Json)
  compute?: (record: Rec) => Value
  /** Writes a computed field. */
  write?: (env: Env, ids: number[], value: Json) => void
  /** A binary field that Odoo keeps in ir.attachment: a domain may only ask whether it is set. */
  attachment?: boolean
  /** A binary field that must hold an image. */
  image?: boolean
  /** The domain of a relation, as fields_get tells it. */
  domain?: Json
  /** The context of a relation: `{active_test: false}` makes archived records show. */
  context?: JsonObject
  /** What happens to a many2one when its record is deleted. Default: `restrict` when required, else `set null`. */
  ondelete?: 'restrict' | 'set null' | 'cascade'
  help?: string
  /** The names of the fields that it is computed from, as fields_get tells them. */
  depends?: readonly string[]
  trim?: boolean
}

/** A field of a model of one release. */
export interface Field extends FieldSpec {
  name: string
  model: string
  store: boolean
  searchable: boolean
  sortable: boolean
  /** From the parent that the model inherits by delegation. */
  inherited: boolean
}

export interface Guard {
  allows(env: Env, id: number, right: string): boolean
  refusal(env: Env, ids: readonly number[], right: string): Error
  /** Searches ask this alone, not for the right to read the model. */
  searchedFreely?: (major: Major) => boolean
}

/** What `name_search` is asked for. */
export interface NameQuery {
  name: Json
  domain: Json[]
  operator: string
  limit: Json
}

/** Reading one record in a computed field. */
export interface Rec {
  readonly env: Env
  readonly id: number
  /** The value of a field, or of one on a dotted path of many2ones (null where one is empty). */
  get(path: string): Value
}

/** A method that can be called over the wires. */
export interface Method extends Lifetime {
  /** `model`: takes no ids (`@api.model`). `records`: the first positional argument is a list of ids. */
  on: 'model' | 'records'
  /** Names of its parameters, in order, besides ids; one that ends in `?` may be left out. */
  params: readonly string[]
  /** Ids go through Python's `int()`, which says what is none; else PostgreSQL does. */
  castsIds?: boolean
  /** `read` takes ids that are none, too, as 0: a record that is not created yet. */
  takesNoIds?: boolean
  /** Named arguments beyond its own go to this other method: `search_read` since 17. */
  passesOn?: { to: string; params: readonly string[] }
  /** The Python class whose method it is, as TypeErrors name it on 19. Default that of the model, else BaseModel. */
  owner?: string
  /** `args` holds the parameters by name; those left out are undefined. `undefined` is Python's None. */
  run(env: Env, model: Model, ids: number[], args: { [name: string]: Json | undefined }): Json | undefined
}

/** Rights for the members of a group: letters of create, read, write, unlink. */
export type AccessLine = readonly [group: string | null, rights: string, life?: Lifetime]

/** Narrows what the members of a group may see and do; without a group it holds for everybody. */
export interface Rule {
  name: string
  group?: string
  /** Letters of create, read, write, unlink; default all. */
  rights?: string
  domain(env: Env): Json[]
}

export interface SqlConstraint extends Lifetime {
  /** The name in PostgreSQL, such as `res_users_login_key`. */
  name: string
  fields: readonly string[]
  message: string
}

/** What a module of Odoo says of a model. */
export interface ModelSpec extends Lifetime {
  name: string
  description: string | ((major: Major) => string)
  /** Default `id`. */
  order?: string | ((major: Major) => string)
  /** Default `name` where there is such a field. */
  recName?: string
  transient?: boolean
  /** Has no table, and so no log of who created what. */
  abstract?: boolean
  /** Where the records' parent is. Default `parent_id`. */
  parent?: string | ((major: Major) => string)
  /** `child_of` finds archived records, too, whatever the context (14). */
  archivedChildren?: boolean
  /** The model keeps the path of every record (`_parent_store`): hierarchies of it need no searches. */
  parentStore?: boolean | ((major: Major) => boolean)
  /** Has a record of another model within, whose fields it shows as its own: `{ partner_id: 'res.partner' }`. */
  inherits?: { [field: string]: string }
  fields: { [name: string]: FieldSpec | ((major: Major) => FieldSpec | undefined) }
  access: readonly AccessLine[]
  rules?: readonly Rule[]
  unique?: readonly SqlConstraint[]
  /** Raises where records are not as they must be. Called after create and write with the names of the given fields. */
  check?: (env: Env, ids: number[], changed: string[]) => void
  methods?: { [name: string]: Method | ((major: Major) => Method | undefined) }
  displayName?: (record: Rec) => string
  /** Letters of write, unlink: Odoo reads the records first, and so refuses in the words of reading. */
  readsFirst?: (major: Major) => string
  /** Whether the user may do this with a record, beyond rights and rules, and what is said where not. */
  guard?: Guard
  /** The Python classes that override a method which every model has: TypeErrors name them on 19. */
  overrides?: { [method: string]: string }
  /**
   * What becomes of a condition on `display_name`, given what it is on the fields of `nameSearch` (17 and later:
   * `_search_display_name`). Undefined: only with the opposite operator.
   */
  searchDisplayName?: (env: Env, operator: string, value: Json, plain: Json[]) => Json[] | undefined
  /** The fields that name_search looks into; default recName. */
  nameSearch?: readonly string[] | ((major: Major) => readonly string[])
  /** Looks for names in a way of its own; undefined: as all models do. */
  searchName?: (env: Env, model: Model, query: NameQuery) => number[] | undefined
  /** Changes the values of a new record before anything else. */
  beforeCreate?: (env: Env, values: JsonObject) => JsonObject
  /** Changes the values before they are written, or refuses them. */
  beforeWrite?: (env: Env, ids: number[], values: JsonObject) => JsonObject
  beforeUnlink?: (env: Env, ids: number[]) => void
  /** What else happens once records were created and checked. */
  afterCreate?: (env: Env, ids: number[]) => void
  /** Values that a copy gets in place of the original's, such as a name that ends in `(copy)`. */
  copyDefaults?: (record: Rec) => JsonObject
  /** The arch of its list view; without one Odoo makes a default one of the name. */
  listView?: (major: Major) => string
  /** The technical name of the module that brings it. Default `base`. */
  module?: string
}

/** A model of one release. */
export interface Model
  extends Omit<
    ModelSpec,
    'description' | 'fields' | 'methods' | 'nameSearch' | 'order' | 'recName' | 'parent' | 'parentStore'
  > {
  description: string
  nameSearch: readonly string[] | undefined
  order: string
  recName: string | undefined
  parent: string
  parentStore: boolean
  fields: Map<string, Field>
  methods: Map<string, Method>
  /** Whether it has a field `active`. */
  hasActive: boolean
}
