import type { Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { Identity, OpenOdoo } from '../../src/core/ports/odoo.js'
import { createOdoo, type OdooOptions } from '../../src/odoo/open.js'
import { asOdoo, serveHttp, silentLog } from './servers.js'

export interface Call {
  uid: number
  secret: string
  model: string
  method: string
  args: Json[]
  kwargs: JsonObject
}

/** What the wire answers: a result, nothing at all, or an exception. */
export type Answer = { result?: Json } | { error: JsonObject }

export interface FakeOdoo {
  url: string
  /** All calls of methods of models, in order. */
  calls: Call[]
  /** What each method of a model answers. */
  methods: Record<string, (call: Call) => Answer>
  version: string
}

export const user = {
  id: 2,
  login: 'admin',
  name: 'Mitchell Admin',
  lang: 'en_US',
  tz: 'Europe/Brussels',
  company_id: [1, 'YourCompany'],
  company_ids: [1]
}

export function raise(name: string, message = 'no'): Answer {
  return {
    error: { code: 200, message: 'Odoo Server Error', data: { name, message, debug: 'Traceback …', arguments: [] } }
  }
}

export const missing = raise('odoo.exceptions.MissingError', 'Record does not exist or has been deleted.')
export const denied = raise('odoo.exceptions.AccessError', 'You are not allowed')

/** Speaks JSON-RPC as Odoo does, with the user admin, password "admin password". */
export async function fakeOdoo(t: Test, methods: FakeOdoo['methods'] = {}): Promise<FakeOdoo> {
  const fake: FakeOdoo = {
    url: '',
    calls: [],
    methods: { 'res.users.read': () => ({ result: [user] }), ...methods },
    version: '19.0'
  }
  fake.url = await serveHttp(
    t,
    asOdoo(({ service, method, args }) => {
      if (service === 'common' && method === 'version') return { result: { server_version: fake.version } }
      if (service === 'common') return { result: args[1] === 'admin' && args[2] === 'admin password' ? 2 : false }
      const [, uid, secret, model, name, positional, kwargs] = args as [
        string,
        number,
        string,
        string,
        string,
        Json[],
        JsonObject
      ]
      const call = { uid, secret, model, method: name, args: positional, kwargs }
      fake.calls.push(call)
      const answer = fake.methods[`${model}.${name}`]
      if (answer === undefined) return raise('builtins.AttributeError', `The method '${model}.${name}' does not exist`)
      return answer(call)
    })
  )
  return fake
}

export function adapter(t: Test, more: Partial<OdooOptions> = {}): OpenOdoo {
  const odoo = createOdoo({
    connectTimeoutMs: 5000,
    maxConcurrency: 8,
    maxQueue: 256,
    maxResponseBytes: 100_000,
    retries: 0,
    tls: { verify: true },
    guard: { allowedHosts: null },
    log: silentLog,
    clock: Date.now,
    ...more
  })
  t.teardown(() => odoo.close())
  return odoo
}

export function credential(fake: FakeOdoo) {
  return { url: fake.url, database: 'lab', username: 'admin', secret: 'admin password', protocol: 'auto' as const }
}

export function identity(url: string, more: Partial<Identity> = {}): Identity {
  return {
    url,
    database: 'lab',
    uid: 2,
    username: 'admin',
    lang: 'en_US',
    tz: 'Europe/Brussels',
    company: { id: 1, name: 'YourCompany' },
    companies: [{ id: 1, name: 'YourCompany' }],
    server_version: '19.0',
    major: 19,
    protocol: 'jsonrpc',
    ...more
  }
}
