import { Kind, type TSchema, type TUnsafe, Type, TypeRegistry } from '@sinclair/typebox'
import type { Json, JsonObject } from './json.js'

/** What a schema expects in words, for messages; a symbol, so that it is never published. */
export const Expected = Symbol('expected')

/** Marks what holds a credential: messages do not repeat it, whatever its type; a symbol, as above. */
export const Secret = Symbol('secret')

/** The name of a piece that tools share, under which the OpenAPI document describes it once; a symbol, as above. */
export const Named = Symbol('named')

/** An object that takes no other keys than these. */
export const Exact: typeof Type.Object = (properties, options = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

export const ModelName = Type.String({
  pattern: '^[a-z0-9_]+(\\.[a-z0-9_]+)*$',
  maxLength: 128,
  [Expected]: 'the technical name of a model, such as "res.partner"'
})

export const Id = Type.Integer({
  minimum: 1,
  maximum: 2147483647,
  [Expected]: 'an id: an integer from 1 to 2147483647'
})

export const Ids = Type.Array(Id, { minItems: 1, [Expected]: 'a list of at least one id' })

export const FieldName = Type.String({ minLength: 1, maxLength: 256, [Expected]: 'the name of a field' })

export const Fields = Type.Array(FieldName, {
  description: 'Omit for the most useful ones; ["*"] for all',
  [Expected]: 'a list of field names'
})

export const FieldNames = Type.Array(FieldName, { [Expected]: 'a list of field names' })

/** Field values, `{"name": "Azure"}`; their names and types are checked against the model. */
export const Values = Type.Unsafe<JsonObject>({
  [Kind]: 'JsonObject',
  [Named]: 'Values',
  type: 'object',
  [Expected]: 'an object of field values'
})

export const AnyJson = Type.Unsafe<Json>({ [Kind]: 'AnyJson' })

/**
 * Published with concrete items, because hosts reject arrays without them; read and judged by the domain parser, whose
 * messages have positions.
 */
export const Domain = Type.Unsafe<Json[]>({
  [Kind]: 'AnyJson',
  [Named]: 'Domain',
  description: 'Odoo domain in prefix form',
  type: 'array',
  items: {
    anyOf: [
      { type: 'string', enum: ['&', '|', '!'] },
      {
        type: 'array',
        description: '[field, operator, value]',
        items: {
          anyOf: [
            { type: 'string' },
            { type: 'number' },
            { type: 'boolean' },
            { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] } }
          ]
        }
      }
    ]
  }
})

export const Context = Type.Unsafe<JsonObject>({
  [Kind]: 'JsonObject',
  [Named]: 'Context',
  description: 'lang, tz, company_id, active_test, …',
  type: 'object',
  [Expected]: 'an object such as {"lang": "fr_FR"}'
})

/** Named arguments of a method. */
export const Kwargs = Type.Unsafe<JsonObject>({
  [Kind]: 'JsonObject',
  type: 'object',
  [Expected]: 'an object of named arguments'
})

const scalars = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'object' }]
const listOf = (...more: object[]) => ({ type: 'array', items: { anyOf: [...scalars, ...more] } })

/** Positional arguments of a method: anything, published three lists deep. */
export const Args = Type.Unsafe<Json[]>({
  [Kind]: 'JsonArray',
  [Named]: 'Arguments',
  ...listOf(listOf(listOf())),
  [Expected]: 'a list of positional arguments'
})

export const Limit = Type.Integer({ minimum: 1, [Expected]: 'an integer of at least 1' })
export const Offset = Type.Integer({ minimum: 0, [Expected]: 'an integer of at least 0' })
export const Order = Type.String({ minLength: 1, maxLength: 512, [Expected]: 'text such as "name desc"' })

/** A record as Odoo gives it: `false` is empty, a many2one is `[id, name]`. */
export const RecordRow = Type.Unsafe<{ id: number; [field: string]: Json }>({
  [Kind]: 'JsonObject',
  [Named]: 'OdooRecord',
  type: 'object'
})

export const Rows = Type.Array(RecordRow)

/** One of a few words, published as an enum. */
export function OneOf<T extends string>(...words: readonly T[]): TUnsafe<T> {
  return Type.Unsafe<T>({ [Kind]: 'OneOf', type: 'string', enum: words })
}

// TypeBox compiles only kinds that it knows. What these hold is judged elsewhere in the door.
TypeRegistry.Set<{ enum: unknown[] }>('OneOf', (schema, value) => schema.enum.includes(value))
TypeRegistry.Set('AnyJson', () => true)
TypeRegistry.Set('JsonArray', (_schema, value) => Array.isArray(value))
TypeRegistry.Set('JsonObject', (_schema, value) => typeof value === 'object' && value !== null && !Array.isArray(value))

/** A schema as plain JSON, without the symbols of TypeBox and of ours. */
export function toJsonSchema(schema: TSchema): JsonObject {
  return JSON.parse(JSON.stringify(schema)) as JsonObject
}
