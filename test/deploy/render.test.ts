import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import t from 'tap'
import { curlIn, paste, serve } from '../cli/cli.js'
import { imageEnv, knownVariables, render } from './files.js'

const [service, ...others] = render.services
const variables = service?.envVars ?? []

/** What Render itself sets in every web service. */
const platform = {
  RENDER: 'true',
  RENDER_SERVICE_TYPE: 'web',
  RENDER_SERVICE_NAME: 'odoo-mcp',
  RENDER_EXTERNAL_HOSTNAME: 'odoo-mcp-x1y2.onrender.com',
  RENDER_EXTERNAL_URL: 'https://odoo-mcp-x1y2.onrender.com',
  IS_PULL_REQUEST: 'false'
}

t.test('render.yaml has one web service, built from the Dockerfile, and one instance of it', async t => {
  t.strictSame(others, [])
  t.match(service, {
    type: 'web',
    runtime: 'docker',
    dockerfilePath: './Dockerfile',
    numInstances: 1,
    healthCheckPath: '/health'
  })
})

t.test('every variable of render.yaml is a setting; Render makes or asks for the secrets', async t => {
  for (const { key, value } of variables) {
    t.ok(knownVariables.has(key), key)
    t.ok(value === undefined || !knownVariables.get(key), `${key} holds no secret in plain text`)
  }
  t.match(
    variables.filter(({ key }) => knownVariables.get(key)),
    [
      { key: 'MCP_API_KEY', generateValue: true },
      { key: 'ODOO_API_KEY', sync: false }
    ]
  )
})

t.test('started as Render starts it, the server answers on the port and to the host name of Render', async t => {
  const key = randomBytes(32).toString('base64')
  const given = Object.fromEntries(
    variables.map(({ key: name, value }) => [name, value ?? (name === 'MCP_API_KEY' ? key : 'x')])
  )
  t.equal(given.PORT, '10000')
  const port = await freePort(10_000)
  const env = { ...imageEnv, ...given, ...platform, PORT: String(port), ODOO_URL: 'http://127.0.0.1:9' }
  const { url, stderr } = await serve(t, [`--port=${port}`, '--generate-access-key'], env)
  t.equal(url, `http://127.0.0.1:${port}`)
  t.notOk(stderr().includes(key))

  const { RENDER_EXTERNAL_HOSTNAME: host } = platform
  const asked = (path: string, headers: Record<string, string> = {}) => get(port, path, { host, ...headers })
  // Render's own check comes with another Host.
  t.match(await get(port, service?.healthCheckPath as string, { host: '10.0.0.7:10000' }), { status: 200 })
  t.match(await asked('/'), { status: 401 })
  const authorization = `Bearer ${key}`
  t.match(await asked('/', { authorization }), { status: 200, body: /"service":"odoo-mcp"/ })
  t.match(await asked('/', { authorization, origin: `https://${host}` }), { status: 200 }, 'a page of its own')
  t.match(await asked('/', { authorization, origin: 'https://evil.example' }), { status: 403 }, 'control')
  t.match(await asked('/metrics', { authorization }), { status: 200 })
  t.match(await paste(curlIn(stderr()), { MCP_API_KEY: key }), { code: 'odoo_unavailable' })
})

/** The port, or where somebody has it, another that is free. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  const listening = (port: number) =>
    new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(port, '0.0.0.0', () => resolve(true))
    })
  if (!(await listening(wanted))) await listening(0)
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** A request with any Host, which fetch would not send. */
function get(port: number, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, async answer => {
      answer.setEncoding('utf8')
      let body = ''
      for await (const chunk of answer) body += chunk
      resolve({ status: answer.statusCode ?? 0, body })
    })
    sent.on('error', reject).end()
  })
}
