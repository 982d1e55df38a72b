import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { Kind, type TObject, Type } from '@sinclair/typebox'
import { composeCore, composeHttp } from '../../src/compose.js'
import { loadConfig } from '../../src/config/config.js'
import { createGateway } from '../../src/core/door.js'
import { GatewayError } from '../../src/core/errors.js'
import { createPolicy } from '../../src/core/policy.js'
import type { Tool } from '../../src/core/ports/gateway.js'
import { defineTool } from '../../src/core/tool.js'
import { contents } from './conformance-fixture-contents.js'
import { questions } from './conformance-fixture-questions.js'

// What the conformance runner wants to find by name, on our own registry, door and HTTP stack. Never in the product.

const Text = Type.Object({ text: Type.String() })
const nothing = Type.Object({}, { additionalProperties: false })

/** The schema that the runner wants to read back word for word. */
const draft2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } }
    }
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' }
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false
}

/** Tools that give plain data go through the registry and the door, like those of the product. */
const tools: Tool[] = [
  tool('test_simple_text', nothing, () => 'This is a simple text response for testing.'),
  tool('test_streaming_elicitation', nothing, () => 'Nothing is asked.'),
  tool('test_error_handling', nothing, () => {
    throw new GatewayError('validation', 'This tool intentionally returns an error for testing')
  }),
  // TypeBox checks that it is an object; the rest is for the runner to read.
  tool(
    'json_schema_2020_12_tool',
    Type.Unsafe({ [Kind]: 'JsonObject', type: 'object', ...draft2020 }) as unknown as TObject,
    () => 'called'
  )
]

function tool(name: string, input: TObject, text: () => string): Tool {
  return defineTool({
    name,
    title: name,
    description: `A tool of the conformance runner: ${name}.`,
    // Needs no Odoo.
    access: 'session',
    input,
    output: Text,
    rest: { paths: [`/${name}`] },
    example: {},
    run: async () => ({ text: text() })
  })
}

/** Starts the server of the product with the fixture in place of the tools for Odoo. */
export async function startFixture() {
  const config = loadConfig('http', { flags: { port: '0', 'log-level': 'silent' }, env: {}, readFile: () => '' })
  const core = composeCore(config)
  const { sessions, log } = core
  const policy = createPolicy(config.policy)
  const { limits, timeouts } = config
  const gateway = createGateway({ tools, sessions, policy, limits, timeouts, log, clock: Date.now })
  const bus = new InMemoryServerEventBus()
  const server = await composeHttp({ ...core, gateway }, { providers: [contents(bus), questions()], bus })
  return { url: await server.listen(), close: () => server.close(500) }
}
