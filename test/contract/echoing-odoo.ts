import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An Odoo that repeats a secret that it is sent, wherever an Odoo can say something of an error. */
export interface EchoingOdoo {
  url: string
  /** From when on it does so, and how: as a fault of Odoo's, as a redirect, or as the page of a proxy. */
  echo: 'fault' | 'redirect' | 'page' | undefined
  /** How often it has. */
  echoed: number
  close(): Promise<void>
}

/** @param target the honest Odoo that answers everything else */
export async function startEchoingOdoo(target: string, secret: string): Promise<EchoingOdoo> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const { url: path = '', method = 'GET', headers } = request
    // What was asked without the secret cannot repeat it.
    const isTold = body.includes(secret) || headers.authorization?.includes(secret)
    if (odoo.echo === undefined || !isTold) {
      const answer = await fetch(target + path, passedOn(method, headers, body))
      const type = answer.headers.get('content-type') ?? 'text/plain'
      response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()))
      return
    }
    odoo.echoed += 1
    if (odoo.echo === 'redirect') {
      response.writeHead(302, { location: `https://elsewhere.example.com/?key=${secret}` }).end(`moved to ${secret}`)
    } else if (odoo.echo === 'page') {
      response.writeHead(502, { 'content-type': 'text/html', 'x-leak': secret }).end(`<h1>${secret}</h1>`)
    } else {
      const { status, type, text } = faultFor(path, secret)
      response.writeHead(status, { 'content-type': type }).end(text)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const odoo: EchoingOdoo = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    echo: undefined,
    echoed: 0,
    async close() {
      server.closeAllConnections()
      server.close()
    }
  }
  return odoo
}

function passedOn(method: string, headers: IncomingHttpHeaders, body: Buffer): RequestInit {
  const sent = Object.entries(headers).filter(([name]) =>
    ['authorization', 'content-type', 'x-odoo-database'].includes(name)
  )
  return { method, headers: Object.fromEntries(sent) as Record<string, string>, ...(body.length > 0 && { body }) }
}

/** A ValueError with the secret in its message, its arguments and its traceback, as each wire has it. */
function faultFor(path: string, secret: string): { status: number; type: string; text: string } {
  const message = `bad login ${secret} in the query`
  const debug = `Traceback (most recent call last):\n  File "/opt/odoo/x.py", line 1, in f\n    f("${secret}")\nValueError: ${message}`
  const exception = { name: 'builtins.ValueError', message, arguments: [message, secret], context: { secret }, debug }
  if (path.startsWith('/xmlrpc')) {
    const parts = `<member><name>faultCode</name><value><int>1</int></value></member><member><name>faultString</name><value><string>${debug}</string></value></member>`
    return {
      status: 200,
      type: 'text/xml',
      text: `<?xml version='1.0'?>\n<methodResponse><fault><value><struct>${parts}</struct></value></fault></methodResponse>`
    }
  }
  if (path.startsWith('/json/2')) return { status: 500, type: 'application/json', text: JSON.stringify(exception) }
  const error = { code: 200, message: `Odoo Server Error ${secret}`, data: exception }
  return { status: 200, type: 'application/json', text: JSON.stringify({ jsonrpc: '2.0', id: null, error }) }
}
