import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { errorCodes } from '../../src/core/errors.js'
import { openapiDocument, openapiText } from '../../src/http/document.js'
import type { HttpMetrics } from '../../src/http/metrics.js'
import { hoistTitled } from '../../src/rest/components.js'
import { toolOperation } from '../../src/rest/openapi.js'
import { tools } from '../../src/tools/index.js'
import { fakeTools, options, serverOf } from '../http/fake-gateway.js'

interface Operation {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security?: object[]
  requestBody?: { required: boolean; content: Record<string, { schema: Schema; example: object }> }
  responses: Record<string, { description: string; headers?: object; content: Record<string, { schema: Schema }> }>
}

interface Schema {
  $ref?: string
  required?: string[]
  properties?: Record<string, object>
  allOf?: [{ $ref: string }, { properties: { status: { const: number }; code: { enum: string[] } } }]
}

interface Document {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; securitySchemes: object }
  security: object[]
}

const silentMetrics: HttpMetrics = { answered() {}, contentType: 'text/plain', text: async () => '' }

const document = (await openapiDocument(fakeTools, '1.2.3')) as unknown as Document
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation }))
)

/** A schema of the document, which must stand among the components under a name of its own. */
function component(t: Test, schema: Schema | undefined): Schema {
  const name = schema?.$ref?.replace('#/components/schemas/', '') ?? ''
  t.match(name, /^[A-Z][A-Za-z]+$/)
  return document.components.schemas[name] ?? {}
}

t.test('the document is OpenAPI 3.1 of this version with a bearer scheme that is not always needed', async t => {
  t.equal(document.openapi, '3.1.0')
  t.equal(document.info.version, '1.2.3')
  t.match(document.components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } })
  t.strictSame(document.security, [{ bearer: [] }, {}])
})

t.test('every route is described once, and nothing else', async t => {
  t.strictSame(operations.map(({ path, method }) => `${method} ${path}`).sort(), [
    'get /',
    'get /binary/{model}/{field}/{id}',
    'get /events',
    'get /health',
    'get /metrics',
    'get /ready',
    'get /session',
    'post /call',
    'post /connect',
    'post /create',
    'post /events/ticket',
    'post /search',
    'post /search_read',
    'post /session',
    'post /subscribe',
    'post /unsubscribe'
  ])
})

t.test('an operation is named after its tool, and no two alike', async t => {
  const ids = Object.fromEntries(
    operations.map(({ path, method, operation }) => [`${method} ${path}`, operation.operationId])
  )
  t.match(ids, {
    'post /search': 'odoo_search',
    'post /search_read': 'odoo_search_at_search_read',
    'post /session': 'odoo_session',
    'get /session': 'odoo_session_get'
  })
  t.equal(new Set(Object.values(ids)).size, operations.length)
})

for (const { path, method, operation } of operations) {
  t.test(`${method} ${path} says what it does, what it takes and how it fails`, async t => {
    t.ok(operation.summary)
    t.ok(operation.description)
    t.equal(operation.tags.length, 1)
    const body = operation.requestBody?.content['application/json']
    if (path === '/subscribe' || path === '/unsubscribe') t.match(body?.example, { client_id: String, uri: String })
    else if (method === 'post' && path !== '/events/ticket') t.strictSame(body?.example, { model: 'res.partner' })
    else t.equal(body, undefined)

    const { 200: success, ...others } = operation.responses
    const failures = Object.fromEntries(Object.entries(others).filter(([status]) => Number(status) >= 400))
    if (path.startsWith('/binary/')) t.match(success?.content, { '*/*': { schema: { type: 'string' } } })
    else if (path === '/metrics') t.match(success?.content, { 'text/plain': { schema: { type: 'string' } } })
    else if (path === '/events') t.match(success?.content, { 'text/event-stream': { schema: { type: 'string' } } })
    else t.ok(component(t, success?.content['application/json']?.schema).required?.includes('status'))
    t.ok(Object.keys(failures).length > 0)
    for (const [status, { content, headers }] of Object.entries(failures)) {
      const [shared, own] = component(t, content['application/problem+json']?.schema).allOf ?? []
      t.equal(shared?.$ref, '#/components/schemas/Problem')
      t.equal(own?.properties.status.const, Number(status))
      const codes = own?.properties.code.enum ?? []
      t.ok(codes.length > 0)
      for (const code of codes) t.equal(String(errorCodes[code as keyof typeof errorCodes].status), status)
      if (status === '401') t.match(headers, { 'WWW-Authenticate': Object })
      if (status === '429' || status === '503') t.match(headers, { 'Retry-After': Object })
    }
  })
}

t.test('a write can conflict, a read cannot', async t => {
  t.ok(document.paths['/create']?.post?.responses['409'])
  t.notOk(document.paths['/search']?.post?.responses['409'])
})

t.test('every reference leads somewhere', async t => {
  const references = JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g) ?? []
  t.ok(references.length > 0)
  for (const reference of new Set(references)) {
    const name = reference.replace('#/components/schemas/', '')
    t.ok(document.components.schemas[name], reference)
  }
})

t.test('the shared Problem knows every code', async t => {
  t.match(document.components.schemas.Problem, { properties: { code: { enum: Object.keys(errorCodes) } } })
})

t.test('what an operation takes and gives is named after its tool, however many routes it has', async t => {
  const of = (path: string, method: string) => document.paths[path]?.[method]
  const input = (path: string) => of(path, 'post')?.requestBody?.content['application/json']?.schema
  const output = (path: string, method: string) => of(path, method)?.responses[200]?.content['application/json']?.schema
  t.strictSame(input('/search'), { $ref: '#/components/schemas/SearchInput' })
  t.strictSame(input('/search_read'), input('/search'))
  t.strictSame(output('/session', 'get'), { $ref: '#/components/schemas/SessionOutput' })
  t.strictSame(output('/session', 'post'), output('/session', 'get'))
})

t.test('a body may be left out where nothing is required', async t => {
  const described = (await openapiDocument(tools, '1.2.3')) as unknown as Document
  t.equal(described.paths['/session']?.post?.requestBody?.required, false)
  t.equal(described.paths['/search']?.post?.requestBody?.required, true)
})

t.test('what tools share is described once, and objects that hold anything say so', async t => {
  const { schemas } = ((await openapiDocument(tools, '1.2.3')) as unknown as Document).components
  t.match(schemas.SearchInput, {
    properties: { domain: { $ref: '#/components/schemas/Domain' }, context: { $ref: '#/components/schemas/Context' } }
  })
  t.match(schemas.CreateInput, {
    properties: { values: { anyOf: [{ $ref: '#/components/schemas/Values' }, { type: 'array' }] } }
  })
  for (const name of ['Values', 'OdooRecord', 'Context']) t.match(schemas[name], { additionalProperties: true })
  t.match(schemas.GetFieldsOutput, {
    properties: { fields: { additionalProperties: { type: 'object', additionalProperties: true } } }
  })
  t.strictSame(schemas.DisconnectInput, { type: 'object', additionalProperties: false, properties: {} })
  t.notMatch(JSON.stringify(schemas), /patternProperties/)
})

t.test('two schemas that differ under one title are refused', async t => {
  const paths = { a: { title: 'Same', type: 'string' }, b: { title: 'Same', type: 'integer' } }
  t.throws(() => hoistTitled({ paths }), /two schemas are called Same/)
})

t.test('a title in data is no title of a schema', async t => {
  const paths = { example: { title: 'Mister', type: 'x' }, properties: { title: { type: 'string' } } }
  t.strictSame(hoistTitled({ paths }), { paths, components: { schemas: {} } })
})

t.test('a server answers the same document, and its docs read it', async t => {
  const app = await serverOf(t, options({ metrics: silentMetrics }))
  const served = await app.inject('/openapi.json')
  t.strictSame(served.json(), document)
  t.strictSame((await app.inject('/docs/json')).json(), document)
})

t.test('the text is the same every time, so that it can be committed', async t => {
  t.equal(await openapiText(fakeTools, '1.2.3'), await openapiText(fakeTools, '1.2.3'))
  t.match(await openapiText(fakeTools, '1.2.3'), /^\{\n {2}"openapi": "3\.1\.0",\n[\s\S]*\}\n$/)
})

t.test('Swagger UI loads nothing from elsewhere and may not be framed', async t => {
  const app = await serverOf(t, options({ metrics: silentMetrics }))
  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-security-policy'], /^default-src 'none';.*frame-ancestors 'none'$/)
  for (const [, url = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
    t.match(url, /^\/docs\/static\//)
    t.equal((await app.inject(url)).statusCode, 200, url)
  }
})

const [sample] = fakeTools
for (const [name, output, schema] of [
  [
    'one object',
    Type.Object({ id: Type.Integer() }),
    {
      type: 'object',
      required: ['status', 'id'],
      properties: { status: { const: 'success' }, id: { type: 'integer' } }
    }
  ],
  [
    'one of two objects',
    Type.Union([Type.Object({ id: Type.Integer() }), Type.Object({ ids: Type.Array(Type.Integer()) })]),
    { anyOf: [{ required: ['status', 'id'] }, { required: ['status', 'ids'] }] }
  ],
  ['anything at all', Type.Any(), { allOf: [{ required: ['status'] }, Object] }]
] as const) {
  t.test(`an output that is ${name} is described with its status`, async t => {
    if (sample === undefined) throw new Error('no tool')
    const { response } = toolOperation({ ...sample, output }, '/connect', 'POST') as {
      response: { 200: { content: object } }
    }
    t.match(response[200].content, { 'application/json': { schema } })
  })
}

t.test('describing a tool leaves its own schemas alone', async t => {
  const before = JSON.stringify(fakeTools)
  await openapiDocument(fakeTools, '1.2.3')
  t.equal(JSON.stringify(fakeTools), before)
})
