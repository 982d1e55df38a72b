import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { ErrorCode } from '../core/errors.js'
import type { Access, Tool } from '../core/ports/gateway.js'
import { hoistTitled, published, type Schema } from './components.js'
import { problems, readFailures } from './problems.js'
import './route-config.js'

/**
 * Describes the routes that are registered after this, as OpenAPI 3.1. Routes without a tag are left out.
 * @param connects whether `/connect` is one of them
 */
export async function describeRoutes(app: FastifyInstance, version: string, connects: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'odoo-mcp', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Session', description: 'Log in to an Odoo, and out of it.' },
        { name: 'Read', description: 'Changes nothing.' },
        { name: 'Write', description: 'Changes records. A problem of these says in `outcome` whether it did.' },
        { name: 'Live', description: 'Hear of changes, whoever makes them.' },
        { name: 'Server', description: 'The server itself; asks no Odoo.' }
      ],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: bearerDescription(connects) } }
      },
      // The empty object: a server without access keys, or one with a default connection, asks for none.
      security: [{ bearer: [] }, {}]
    },
    hideUntagged: true,
    convertConstToEnum: false,
    transformObject: described => ('openapiObject' in described ? finished(described.openapiObject) : {})
  })
}

/** What `@fastify/swagger` made of the routes, with components. No body at all stands for `{}` where nothing is required. */
function finished<D extends object>(document: D): D {
  const { paths = {} } = document as { paths?: Record<string, Record<string, { requestBody?: RequestBody }>> }
  for (const { requestBody } of Object.values(paths).flatMap(item => Object.values(item))) {
    const schema = requestBody?.content['application/json'].schema
    if (requestBody !== undefined && schema?.required === undefined) requestBody.required = false
  }
  return hoistTitled(document)
}

interface RequestBody {
  required: boolean
  content: { 'application/json': { schema: { required?: string[] } } }
}

/** `GET /openapi.json`, and Swagger UI at `/docs` with nothing from other servers. Both are static and need no key. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', route => {
    if (route.url === '/docs' || route.url.startsWith('/docs/')) route.config = { ...route.config, auth: 'none' }
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    theme: { title: 'odoo-mcp' },
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true, displayRequestDuration: true }
  })
  app.get('/openapi.json', { config: { auth: 'none' } }, async () => app.swagger())
}

/** A tool as the operation of one of its paths and methods. */
export function toolOperation(tool: Tool, path: string, method: 'GET' | 'POST'): FastifySchema {
  return {
    operationId: operationId(tool, path, method),
    summary: tool.title,
    description: tool.description,
    tags: [tagOf[tool.access]],
    ...(method === 'POST' && {
      body: {
        title: `${pascal(tool.name)}Input`,
        ...withConfirm(published(tool.input), tool),
        examples: [tool.example]
      }
    }),
    response: {
      200: {
        description: 'Done.',
        content: {
          'application/json': {
            schema: { title: `${pascal(tool.name)}Output`, ...withStatus(published(tool.output)) }
          }
        }
      },
      ...problems(codesOf(tool.access))
    }
  }
}

/** `odoo_get_fields` is `GetFields`. */
function pascal(name: string): string {
  const words = name.replace(/^odoo_/, '').split('_')
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The tool's name, which is unique, with a suffix for every further path and method of the same tool. */
function operationId({ name, rest }: Tool, path: string, method: string): string {
  const byPath = path === rest.paths[0] ? name : `${name}_at${path.replace(/\W+/g, '_')}`
  return method === rest.methods[0] ? byPath : `${byPath}_${method.toLowerCase()}`
}

const tagOf = { session: 'Session', read: 'Read', write: 'Write', destructive: 'Write' } as const satisfies Record<
  Access,
  string
>

function codesOf(access: Access): readonly ErrorCode[] {
  return access === 'write' || access === 'destructive' ? [...readFailures, 'conflict'] : readFailures
}

/** Over REST a caller confirms in the body; where the server does not ask for that, it changes nothing. */
function withConfirm(input: Schema, { access }: Tool): Schema {
  if (access !== 'write' && access !== 'destructive') return input
  return { ...input, properties: { ...(input.properties as object), confirm } }
}

const confirm = {
  description:
    'The person you act for has been asked, and wants just this call. A server with `confirm_destructive` on refuses ' +
    'without it (`policy_denied`) what deletes records, and methods of which it does not know what they do.',
  type: 'boolean'
}

/** What a tool returns, as REST answers it. */
function withStatus(output: Schema): Schema {
  const status = { type: 'string', const: 'success' }
  if (output.type === 'object') {
    const required = ['status', ...((output.required as string[] | undefined) ?? [])]
    return { ...output, required, properties: { status, ...(output.properties as object) } }
  }
  if (Array.isArray(output.anyOf)) return { ...output, anyOf: output.anyOf.map(withStatus) }
  return { allOf: [{ type: 'object', required: ['status'], properties: { status } }, output] }
}

const description = [
  'Odoo for programs: search, read, write and call, as the Odoo user you connect as.',
  'Every route answers HTTP 200 with `"status": "success"` or a problem (`application/problem+json`) whose `code`',
  'says what to do next. Bodies are JSON objects. `X-Request-Id` is taken from the request or made, and is in every',
  'answer. A request that is refused before it reaches a tool is `invalid_input` too, also as HTTP 405, 413 or 415.',
  'The same tools are served over MCP (Streamable HTTP) at `/mcp`, which this document does not describe.'
].join('\n')

const bearerDescription = (connects: boolean) =>
  `An access key of this server${connects ? ', or the session that `/connect` answered' : ''}. A server that listens on ` +
  'loopback only may have no access keys and then asks for none.'
