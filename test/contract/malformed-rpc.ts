import fc from '../fast-check.js'
import type { Messages } from './malformed-messages.js'

export interface RpcMessage {
  name: string
  body: Buffer
  headers: Record<string, string>
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {}
}

const json = fc.jsonValue({ maxDepth: 3 })
/** Values that are not the one that belongs there. */
const notText = json.filter(value => typeof value !== 'string')
const notAnObject = json.filter(value => typeof value !== 'object' || value === null || Array.isArray(value))

const call = (more: object) => ({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta }, ...more })
const modern = (method: string, version = '2026-07-28') => ({ 'mcp-protocol-version': version, 'mcp-method': method })

type Headers = RpcMessage['headers']

function toMessage(name: string, made: unknown, headers: Headers): RpcMessage {
  return { name, body: Buffer.from(typeof made === 'string' ? made : JSON.stringify(made)), headers }
}

/** Messages to /mcp that are not JSON, or JSON that is no request, or a request that contradicts itself. */
export function rpcMessages(): Messages<RpcMessage> {
  const listed: RpcMessage[] = []
  const list = (name: string, values: unknown[], headers: Headers = {}) =>
    listed.push(...values.map(value => toMessage(name, value, headers)))
  const made: fc.Arbitrary<RpcMessage>[] = []
  const make = (name: string, value: fc.Arbitrary<unknown>, headers: Headers = {}) =>
    made.push(value.map(one => toMessage(name, one, headers)))

  make(
    'no JSON',
    fc.stringMatching(/^[{}[\]",:a-z]{1,40}$/).filter(text => !isJson(text))
  )
  make(
    'half of a message',
    fc
      .nat(60)
      .map(length => JSON.stringify(call({})).slice(0, length))
      .filter(text => text !== '')
  )
  list('nothing', ['', ' ', '\n'])
  make(
    'JSON that is no object',
    notAnObject.map(value => JSON.stringify(value)).filter(text => text !== '[]')
  )
  list('an empty batch', ['[]'])
  make('a batch of rubbish', fc.array(notAnObject, { minLength: 1, maxLength: 20 }))
  make(
    'a batch of requests',
    fc.integer({ min: 1, max: 50 }).map(size => Array(size).fill(call({}))),
    modern('tools/list')
  )
  make('an object that is no message', fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), json))
  make(
    'too deep',
    fc.integer({ min: 33, max: 20_000 }).map(depth => '['.repeat(depth) + ']'.repeat(depth))
  )
  make(
    'too deep inside',
    fc
      .integer({ min: 33, max: 5000 })
      .map(
        depth => `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
      )
  )
  list(
    'a prototype',
    ['__proto__', 'constructor'].map(
      name =>
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","${name}":{"prototype":{"polluted":1},"polluted":1},"params":{"${name}":{"prototype":{"polluted":1}}}}`
    )
  )
  make(
    'another version of JSON-RPC',
    json.filter(value => value !== '2.0').map(jsonrpc => call({ jsonrpc })),
    modern('tools/list')
  )
  make(
    'another version in the dialect',
    json.filter(value => value !== '2.0').map(jsonrpc => ({ jsonrpc, id: 1, method: 'list_tools' }))
  )
  list(
    'an id that is none',
    [{}, [], true, false, [1], { id: 1 }].map(id => call({ id })),
    modern('tools/list')
  )
  list(
    'an id of the dialect that is none',
    [{}, [], true, false, [1], { id: 1 }].map(id => ({ jsonrpc: '2.0', id, method: 'list_tools' }))
  )
  make(
    'a method that is none',
    notText.map(method => call({ method })),
    modern('tools/list')
  )
  make(
    'a method that nobody knows',
    fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/).map(method => call({ method })),
    modern('tools/list')
  )
  make(
    'a method of the dialect that nobody knows',
    fc
      .stringMatching(/^[a-z_]{1,12}$/)
      .filter(name => name !== 'ping' && name !== 'initialize')
      .map(method => ({ jsonrpc: '2.0', id: 1, method }))
  )
  make(
    'params that are none',
    notAnObject.filter(value => value !== null).map(params => call({ params })),
    modern('tools/list')
  )
  make(
    'params of the dialect that are none',
    notAnObject.filter(value => value !== null).map(params => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params }))
  )
  make(
    'a tool that is none',
    notText.map(name => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params: { name } }))
  )
  make(
    'arguments that are none',
    notAnObject
      .filter(value => value !== null)
      .map(value => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params: { name: 'odoo_count', arguments: value } }))
  )
  for (const method of ['tools/call', 'resources/read', 'x', '']) {
    list('a header that names another method', [call({})], modern(method))
  }
  list('a header that names another version', [call({})], modern('tools/list', '2025-11-25'))
  make(
    'a version that nobody knows',
    fc
      .stringMatching(/^[0-9a-z-]{1,12}$/)
      .map(version => call({ params: { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': version } } })),
    modern('tools/list', '2099-01-01')
  )
  list('no header of the method', [call({})], { 'mcp-protocol-version': '2026-07-28' })
  make(
    'an envelope that is none',
    notAnObject.map(value => call({ params: { _meta: value } })),
    modern('tools/list')
  )
  for (const session of ['nobody', '', '00000000-0000-4000-8000-000000000000']) {
    list('a session that is none', [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }], {
      'mcp-session-id': session,
      'mcp-protocol-version': '2025-11-25'
    })
  }
  list(
    'no session',
    ['tools/list', 'tools/call', 'resources/list', 'ping'].map(method => ({ jsonrpc: '2.0', id: 1, method })),
    { 'mcp-protocol-version': '2025-11-25' }
  )
  make(
    'an initialize that is none',
    notAnObject.map(params => ({ jsonrpc: '2.0', id: 1, method: 'initialize', params }))
  )
  make(
    'an answer that nobody asked for',
    json.map(result => ({ jsonrpc: '2.0', id: 1, result }))
  )
  const clientInfo = { name: 'raw', version: '1' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  list('an Accept that fits nothing', [{ jsonrpc: '2.0', id: 1, method: 'initialize', params }], {
    accept: 'image/png'
  })

  return { listed, made }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
