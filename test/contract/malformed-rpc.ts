import fc from 'fast-check'

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

function message(
  name: string,
  value: fc.Arbitrary<unknown>,
  headers: Record<string, string> = {}
): fc.Arbitrary<RpcMessage> {
  const toBody = (made: unknown) => Buffer.from(typeof made === 'string' ? made : JSON.stringify(made))
  return value.map(made => ({ name, body: toBody(made), headers }))
}

/** Messages to /mcp that are not JSON, or JSON that is no request, or a request that contradicts itself. */
export const rpcMessages: fc.Arbitrary<RpcMessage> = fc.oneof(
  message(
    'no JSON',
    fc.stringMatching(/^[{}[\]",:a-z]{1,40}$/).filter(text => !isJson(text))
  ),
  message(
    'half of a message',
    fc
      .nat(60)
      .map(length => JSON.stringify(call({})).slice(0, length))
      .filter(text => text !== '')
  ),
  message('nothing', fc.constantFrom('', ' ', '\n')),
  message(
    'JSON that is no object',
    notAnObject.map(value => JSON.stringify(value)).filter(text => text !== '[]')
  ),
  message('an empty batch', fc.constant('[]')),
  message('a batch of rubbish', fc.array(notAnObject, { minLength: 1, maxLength: 20 })),
  message(
    'a batch of requests',
    fc.integer({ min: 1, max: 50 }).map(size => Array(size).fill(call({}))),
    modern('tools/list')
  ),
  message('an object that is no message', fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), json)),
  message(
    'too deep',
    fc.integer({ min: 33, max: 20_000 }).map(depth => '['.repeat(depth) + ']'.repeat(depth))
  ),
  message(
    'too deep inside',
    fc
      .integer({ min: 33, max: 5000 })
      .map(
        depth => `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
      )
  ),
  message(
    'a prototype',
    fc
      .constantFrom('__proto__', 'constructor')
      .map(
        name =>
          `{"jsonrpc":"2.0","id":1,"method":"tools/call","${name}":{"prototype":{"polluted":1},"polluted":1},"params":{"${name}":{"prototype":{"polluted":1}}}}`
      )
  ),
  message(
    'another version of JSON-RPC',
    json.filter(value => value !== '2.0').map(jsonrpc => call({ jsonrpc })),
    modern('tools/list')
  ),
  message(
    'another version in the dialect',
    json.filter(value => value !== '2.0').map(jsonrpc => ({ jsonrpc, id: 1, method: 'list_tools' }))
  ),
  message(
    'an id that is none',
    fc.constantFrom({}, [], true, false, [1], { id: 1 }).map(id => call({ id })),
    modern('tools/list')
  ),
  message(
    'an id of the dialect that is none',
    fc.constantFrom({}, [], true, [1]).map(id => ({ jsonrpc: '2.0', id, method: 'list_tools' }))
  ),
  message(
    'a method that is none',
    notText.map(method => call({ method })),
    modern('tools/list')
  ),
  message(
    'a method that nobody knows',
    fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/).map(method => call({ method })),
    modern('tools/list')
  ),
  message(
    'a method of the dialect that nobody knows',
    fc
      .stringMatching(/^[a-z_]{1,12}$/)
      .filter(name => name !== 'ping' && name !== 'initialize')
      .map(method => ({ jsonrpc: '2.0', id: 1, method }))
  ),
  message(
    'params that are none',
    notAnObject.filter(value => value !== null).map(params => call({ params })),
    modern('tools/list')
  ),
  message(
    'params of the dialect that are none',
    notAnObject.filter(value => value !== null).map(params => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params }))
  ),
  message(
    'a tool that is none',
    notText.map(name => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params: { name } }))
  ),
  message(
    'arguments that are none',
    notAnObject
      .filter(value => value !== null)
      .map(value => ({ jsonrpc: '2.0', id: 1, method: 'call_tool', params: { name: 'odoo_count', arguments: value } }))
  ),
  message(
    'a header that names another method',
    fc.constantFrom('tools/call', 'resources/read', 'x', '').map(() => call({})),
    modern('tools/call')
  ),
  message('a header that names another version', fc.constant(call({})), modern('tools/list', '2025-11-25')),
  message(
    'a version that nobody knows',
    fc
      .stringMatching(/^[0-9a-z-]{1,12}$/)
      .map(version => call({ params: { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': version } } })),
    modern('tools/list', '2099-01-01')
  ),
  message('no header of the method', fc.constant(call({})), { 'mcp-protocol-version': '2026-07-28' }),
  message(
    'an envelope that is none',
    notAnObject.map(value => call({ params: { _meta: value } })),
    modern('tools/list')
  ),
  message(
    'a session that is none',
    fc.uuid().map(() => ({ jsonrpc: '2.0', id: 1, method: 'tools/list' })),
    { 'mcp-session-id': 'nobody', 'mcp-protocol-version': '2025-11-25' }
  ),
  message(
    'no session',
    fc
      .constantFrom('tools/list', 'tools/call', 'resources/list', 'ping')
      .map(method => ({ jsonrpc: '2.0', id: 1, method })),
    { 'mcp-protocol-version': '2025-11-25' }
  ),
  message(
    'an initialize that is none',
    notAnObject.map(params => ({ jsonrpc: '2.0', id: 1, method: 'initialize', params }))
  ),
  message(
    'an answer that nobody asked for',
    json.map(result => ({ jsonrpc: '2.0', id: 1, result }))
  ),
  message(
    'an Accept that fits nothing',
    fc.constant({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
    }),
    { accept: 'image/png' }
  )
)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
