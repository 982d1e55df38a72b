import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../src/core/json.js'

/** One operation of an OpenAPI document, cut down to what tests look at. */
export interface Operation {
  operationId: string
  tags: string[]
  parameters?: { in: string; name: string; example?: unknown }[]
  requestBody?: { required: boolean; content: { 'application/json': { schema: object; example: JsonObject } } }
  responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }>
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties?: object }> }
}

/** `POST /search` and so on, in the order of the document. */
export function operationsOf(
  document: OpenApi
): { route: string; path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      path,
      method: method.toUpperCase(),
      operation
    }))
  )
}

/** Whether what an operation gives is JSON, rather than a file or a stream. */
export function isJson({ responses }: Operation): boolean {
  return responses['200']?.content['application/json'] !== undefined
}

/** The path of the document that a request was made to, such as `/binary/{model}/{field}/{id}`; itself if there is none. */
export function templateOf({ paths }: OpenApi, path: string): string {
  const fits = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
  return Object.keys(paths).find(fits) ?? path
}

/** Holds requests and answers against the schemas of a document; every method throws when something does not fit. */
export function schemasOf(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema(document, 'document')
  const at = (...pointer: string[]) =>
    `document#/${pointer.map(part => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`
  const check = (what: string, ref: string, value: unknown) => {
    if (!ajv.validate({ $ref: ref }, value))
      throw new Error(`${what}: ${ajv.errorsText()}; it is ${JSON.stringify(value)}`)
  }
  return {
    checkRequest(method: string, path: string, body: unknown) {
      const ref = at('paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema')
      check(`the request of ${method} ${path}`, ref, body)
    },
    async checkAnswer(method: string, path: string, answer: Response) {
      const what = `${answer.status} of ${method} ${path}`
      const response = document.paths[path]?.[method.toLowerCase()]?.responses[answer.status]
      const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
      const schema = (response?.content[type] ?? response?.content['*/*'])?.schema
      if (schema !== undefined && !/[/+]json$/.test(type)) return
      const body = (await answer.clone().json()) as JsonObject
      if (schema === undefined) throw new Error(`${what} as ${type} is not in the document: ${JSON.stringify(body)}`)
      check(what, at(...schema.$ref.slice(2).split('/')), body)
      if (answer.status !== 200) return
      // Open objects may grow, but what this very version answers is in its own document.
      const { properties = {} } = document.components.schemas[schema.$ref.split('/').at(-1) as string] ?? {}
      const unknown = Object.keys(body).filter(key => !Object.hasOwn(properties, key))
      if (unknown.length > 0) throw new Error(`${what}: the document does not know ${unknown.join(', ')}`)
    }
  }
}
