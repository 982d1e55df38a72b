import { Agent, type IncomingMessage, request } from 'node:http'
import { until } from '../contract/until.js'

interface Message {
  id?: number
  method?: string
  params?: { uri?: string }
  result?: Record<string, unknown>
  error?: { code: number; message: string }
}

/**
 * What the Python MCP SDK 2.3 sends in its handshake era, header by header and in its order: the stream of GET is opened
 * beside the requests, whose heads and bodies travel apart.
 */
export async function openPythonClient(t: { teardown(fn: () => unknown): void }, url: string) {
  const target = new URL(`${url}/mcp`)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const learnt: string[] = []
  const heard: string[] = []
  let id = 0

  async function send(method: 'POST' | 'GET', body?: string): Promise<IncomingMessage> {
    const always = [
      'Accept-Encoding',
      'gzip, deflate',
      'Connection',
      'keep-alive',
      'User-Agent',
      'python-httpx2/2.13.1'
    ]
    const caching = method === 'GET' ? ['Cache-Control', 'no-store'] : []
    const types = ['accept', 'application/json, text/event-stream', 'content-type', 'application/json']
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
    const headers = ['Host', target.host, ...always, ...caching, ...types, ...learnt, ...length]
    return new Promise((resolve, reject) => {
      const sent = request(target, { method, agent, headers: headers as never }, resolve)
      sent.on('error', reject)
      sent.flushHeaders()
      if (body !== undefined) sent.write(body)
      sent.end()
    })
  }

  async function ask(method: string, params?: object): Promise<Record<string, unknown>> {
    id += 1
    const own = id
    const answer = await send('POST', JSON.stringify({ jsonrpc: '2.0', id: own, method, params }))
    const session = answer.headers['mcp-session-id']
    if (method === 'initialize') learnt.push('mcp-session-id', String(session), 'mcp-protocol-version', '2025-11-25')
    const messages: Message[] = []
    read(answer, message => messages.push(message))
    const { result, error } = await until(`${method} is answered`, () => messages.find(message => message.id === own))
    if (error !== undefined) throw Object.assign(new Error(error.message), error)
    return result ?? {}
  }

  const clientInfo = { name: 'mcp', version: '0.1.0' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  const stream = send('GET')
  t.teardown(async () => (await stream).destroy())
  stream.then(answer => read(answer, ({ params }) => heard.push(String(params?.uri))))
  const initialized = await send('POST', JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  initialized.resume()
  return {
    name: 'the Python SDK',
    heard,
    subscribe: (uri: string) => ask('resources/subscribe', { uri }),
    unsubscribe: (uri: string) => ask('resources/unsubscribe', { uri }),
    read: async (uri: string) => (await ask('resources/read', { uri })) as { contents: object[] }
  }
}

/** The messages of an answer as they come. */
function read(answer: IncomingMessage, take: (message: Message) => void): void {
  let text = ''
  answer.setEncoding('utf8')
  answer.on('error', () => {})
  answer.on('data', (chunk: string) => {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data: {')) take(JSON.parse(line.slice(6)))
    }
  })
}
