import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { type ErrorCode, errorCodes } from '../core/errors.js'
import type { Access, Tool } from '../core/ports.js'
import './route-config.js'

/**
 * Describes the routes that are registered after this, as OpenAPI 3.1. Routes without a tag are left out.
 * @param connects whether `/connect` is one of them
 */
export async function describeRoutes(app: FastifyInstance, version: string, connects: boolean): Promise<void> {
  app.addSchema(ProblemSchema)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'odoo-mcp', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Session', description: 'Log in to an Odoo, and out of it.' },
        { name: 'Read', description: 'Changes nothing.' },
        { name: 'Write', description: 'Changes records. A problem of these says in `outcome` whether it did.' },
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
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) }
  })
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
    // A copy, so that the tool's own schema does not get the example of REST.
    ...(method === 'POST' && { body: { ...tool.input, examples: [tool.example] } }),
    response: { 200: { description: 'Done.', ...withStatus(tool.output) }, ...problems(codesOf(tool.access)) }
  }
}

/** The responses of a route that can fail with these codes. */
export function problems(codes: readonly ErrorCode[]): Record<number, unknown> {
  const responses: Record<number, unknown> = {}
  for (const status of new Set(codes.map(code => errorCodes[code].status))) {
    const here = codes.filter(code => errorCodes[code].status === status)
    responses[status] = problemResponse(here, here.map(code => `\`${code}\`: ${errorCodes[code].title}.`).join(' '))
  }
  return responses
}

function problemResponse(codes: readonly ErrorCode[], description: string): object {
  const code = { type: 'object', properties: { code: { type: 'string', enum: codes } } }
  const schema = { allOf: [{ $ref: 'Problem#' }, code] }
  return { description, ...headersOf(codes), content: { 'application/problem+json': { schema } } }
}

function headersOf(codes: readonly ErrorCode[]): { headers?: object } {
  if (codes.includes('auth_required')) return { headers: { 'WWW-Authenticate': { type: 'string', const: 'Bearer' } } }
  if (codes.includes('rate_limited') || codes.includes('busy')) {
    return { headers: { 'Retry-After': { type: 'string', description: 'Seconds to wait.' } } }
  }
  return {}
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

/** Not `cancelled`: who could see it has gone. */
function codesOf(access: Access): ErrorCode[] {
  const writes: ErrorCode[] = access === 'write' || access === 'destructive' ? ['conflict'] : []
  return [
    'invalid_input',
    'auth_required',
    'auth_failed',
    'access_denied',
    'policy_denied',
    'not_found',
    ...writes,
    'validation',
    'rate_limited',
    'internal',
    'odoo_unavailable',
    'odoo_error',
    'busy',
    'timeout'
  ]
}

/** What a tool returns, as REST answers it. */
function withStatus(output: TSchema): object {
  const status = { type: 'string', const: 'success' }
  if (output.type === 'object') {
    const required = ['status', ...(output.required ?? [])]
    return { ...output, required, properties: { status, ...output.properties } }
  }
  if (Array.isArray(output.anyOf)) return { ...output, anyOf: output.anyOf.map(withStatus) }
  return { allOf: [{ type: 'object', required: ['status'], properties: { status } }, output] }
}

const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'A URN that ends with the code.' }),
    title: Type.String(),
    status: Type.Integer({ description: 'The HTTP status again.' }),
    detail: Type.String({ description: 'What is wrong with this very request. For people.' }),
    code: Type.String({ enum: Object.keys(errorCodes), description: 'What programs branch on. The list is closed.' }),
    request_id: Type.String({ description: 'Finds the request in the log of the server.' }),
    hint: Type.Optional(Type.String({ description: 'The next step.' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), detail: Type.String() }), {
        description: 'The single problems of an input that has more than one.',
        maxItems: 5
      })
    ),
    outcome: Type.Optional(
      Type.String({
        enum: ['not_applied', 'unknown'],
        description: 'Of a failed write: `not_applied` is certain, `unknown` means that Odoo may have done it.'
      })
    ),
    retry_after_s: Type.Optional(Type.Number({ description: 'Seconds to wait before trying again.' })),
    retryable: Type.Optional(Type.Boolean({ description: 'The same request can succeed if it is sent again.' }))
  },
  { $id: 'Problem', description: 'Problem details (RFC 9457).' }
)

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
