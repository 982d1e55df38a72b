import type { TSchema } from '@sinclair/typebox'
import { Named } from '../core/schemas.js'

/** A JSON Schema as plain data. */
export type Schema = { [key: string]: unknown }

/**
 * What tools share, told in full. Hosts of MCP need every list to have concrete items and pay for every byte, so the
 * schemas of the tools are short; what is generated from this document shall take and give all that Odoo has.
 */
const shared: Record<string, Schema> = {
  OdooRecord: {
    description: 'A record as Odoo gives it: `false` is empty, a many2one is `[id, name]`, x2many is a list of ids.',
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'integer' } },
    additionalProperties: true
  },
  Values: {
    description: 'Field values by name; null and false clear a field. x2many fields take lists of commands of Odoo.',
    type: 'object',
    additionalProperties: true
  },
  Context: {
    description: 'The context of the call. What is absent comes from the user; companies are sent only when given.',
    type: 'object',
    properties: {
      lang: { type: 'string' },
      tz: { type: 'string' },
      company_id: { type: 'integer' },
      allowed_company_ids: { type: 'array', items: { type: 'integer' } },
      active_test: { type: 'boolean' }
    },
    additionalProperties: true
  },
  Domain: {
    description:
      'A domain of Odoo in prefix form: an operator stands before its operands, without one they are joined by and.',
    type: 'array',
    items: {
      anyOf: [
        { type: 'string', enum: ['&', '|', '!'] },
        {
          title: 'DomainLeaf',
          description: '`[field, operator, value]`, such as `["name", "ilike", "azure"]`.',
          type: 'array',
          items: {},
          minItems: 3,
          maxItems: 3
        }
      ]
    }
  },
  Group: {
    description: 'What the records of a group have in common, their totals, and the domain that finds them.',
    type: 'object',
    required: ['key', 'count', 'measures', 'domain'],
    properties: {
      key: {
        description: 'By the terms of `group_by`, as given.',
        type: 'object',
        additionalProperties: {
          title: 'GroupKey',
          type: 'object',
          required: ['value', 'label'],
          properties: {
            value: { description: 'An id, a value of a selection, the begin of a period, …; null for none.' },
            label: { type: ['string', 'null'] },
            from: { description: 'Of a period.', type: 'string' },
            to: { description: 'The first that is no longer in the period.', type: 'string' }
          }
        }
      },
      count: { type: 'integer' },
      measures: {
        description: 'By the measures, as given; null over no values.',
        type: 'object',
        additionalProperties: true
      },
      domain: { description: 'Finds exactly the records of the group.', type: 'array', items: {} }
    }
  },
  Arguments: { description: 'Positional arguments of the method, anything at all.', type: 'array', items: {} }
}

/**
 * A schema of a tool as the OpenAPI document has it: what tools share under its name, and objects without properties as
 * what they are, open; generators take `{"type": "object"}` for an object that holds nothing.
 */
export function published(schema: TSchema): Schema {
  const name: string | undefined = schema[Named as unknown as string]
  const known = name === undefined ? undefined : shared[name]
  if (known !== undefined) return { title: name, ...known }
  const copy: Schema = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') copy[key] = mapped(value as Record<string, TSchema>)
    else if (key === 'patternProperties') copy.additionalProperties = published(Object.values(value)[0] as TSchema)
    else copy[key] = isData(key) ? value : publishedPart(value)
  }
  const isBare = copy.type === 'object' && Object.keys((copy.properties as object | undefined) ?? {}).length === 0
  return isBare && copy.additionalProperties === undefined ? { ...copy, additionalProperties: true } : copy
}

function publishedPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publishedPart)
  return typeof value === 'object' && value !== null ? published(value as TSchema) : value
}

function mapped(properties: Record<string, TSchema>): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, published(property)]))
}

/**
 * Moves every schema with a title to the components of a document and leaves a reference in its place: generators name
 * a type after its component, and one that many routes share becomes one type. Throws when two that differ share a
 * title.
 */
export function hoistTitled<D extends object>(document: D): D {
  const schemas: Record<string, unknown> = {}
  const hoist = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hoist)
    if (typeof value !== 'object' || value === null) return value
    const { title, ...schema } = value as Schema
    const isTitled = typeof title === 'string' && isSchema(schema)
    const copy = Object.fromEntries(
      Object.entries(isTitled ? schema : value).map(([key, part]) => [key, isData(key) ? part : hoist(part)])
    )
    if (!isTitled) return copy
    if (Object.hasOwn(schemas, title) && JSON.stringify(schemas[title]) !== JSON.stringify(copy)) {
      throw new Error(`two schemas are called ${title}`)
    }
    schemas[title] = copy
    return { $ref: `#/components/schemas/${title}` }
  }
  const { paths, components, ...rest } = document as Schema
  const hoisted = { ...rest, paths: hoist(paths) }
  const byName = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...hoisted, components: { ...(components as object), schemas: byName } } as unknown as D
}

/** Keywords whose values are data, not schemas: `{"title": …}` in an example is no title. */
function isData(key: string): boolean {
  return ['example', 'examples', 'enum', 'const', 'default', 'required'].includes(key)
}

function isSchema(value: Schema): boolean {
  return ['type', 'allOf', 'anyOf', 'oneOf'].some(key => key in value)
}
