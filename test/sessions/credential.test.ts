import t from 'tap'
import type { Credential } from '../../src/core/ports/odoo.js'
import type { ConnectRequest } from '../../src/core/ports/sessions.js'
import { chooseCredential } from '../../src/sessions/credential.js'
import { configured } from './fake-login.js'

const { url, database } = configured
const own = { url: 'https://other.example.com', database: 'lab', username: 'eve', password: 'pw' }

const toDefault: [title: string, request: ConnectRequest][] = [
  ['nothing', {}],
  ['the same url', { url }],
  ['the same url in another spelling', { url: 'HTTPS://ERP.example.com:443/' }],
  ['the same url, database and user', { url, database, username: 'ada' }]
]
for (const [title, request] of toDefault) {
  t.test(`a connect with ${title} logs in with what is configured`, async t => {
    t.strictSame(chooseCredential(request, configured), configured)
  })
}

t.test('a connect may ask for another wire to the configured Odoo', async t => {
  t.match(chooseCredential({ protocol: 'jsonrpc' }, configured), { ...configured, protocol: 'jsonrpc' })
})

const differing: [part: string, request: ConnectRequest][] = [
  ['url', { url: 'https://evil.example.com' }],
  ['url', { url: 'https://erp.example.com:8443' }],
  ['url', { url: 'http://erp.example.com' }],
  ['url', { url: 'https://erp.example.com/proxy' }],
  ['database', { database: 'lab' }],
  ['database', { url, database: 'lab', username: 'ada' }],
  ['username', { username: 'admin' }],
  ['url', { url: 'https://evil.example.com', database, username: 'ada' }]
]
for (const [part, request] of differing) {
  t.test(`the configured secret does not go to ${JSON.stringify(request)}`, async t => {
    t.throws(() => chooseCredential(request, configured), {
      code: 'invalid_input',
      detail: new RegExp(`^${part}: differs from the default connection`)
    })
    const withSecret = { ...request, password: 'pw', username: 'eve' }
    t.match(chooseCredential(withSecret, configured), { secret: 'pw' })
  })
}

const ownLogins: [title: string, request: ConnectRequest, settings: Credential | undefined, credential: Credential][] =
  [
    ['everything', own, configured, { url: own.url, database: 'lab', username: 'eve', secret: 'pw', protocol: 'auto' }],
    [
      'everything, where nothing is configured',
      { ...own, url: 'https://OTHER.example.com/', protocol: 'jsonrpc' },
      undefined,
      { url: own.url, database: 'lab', username: 'eve', secret: 'pw', protocol: 'jsonrpc' }
    ],
    [
      'an API key',
      { url: own.url, database: 'lab', username: 'eve', api_key: 'key' },
      configured,
      { url: own.url, database: 'lab', username: 'eve', secret: 'key', isKey: true, protocol: 'auto' }
    ],
    [
      'an API key alone',
      { url: own.url, database: 'lab', api_key: 'key' },
      configured,
      { url: own.url, database: 'lab', secret: 'key', isKey: true, protocol: 'auto' }
    ],
    [
      'a password for the configured user',
      { password: 'pw' },
      configured,
      { url, database, username: 'ada', secret: 'pw', protocol: 'auto' }
    ]
  ]
for (const [title, request, settings, credential] of ownLogins) {
  t.test(`a connect with ${title} logs in with that and not with the configured secret`, async t => {
    t.strictSame(chooseCredential(request, settings), credential)
  })
}

const incomplete: [request: ConnectRequest, settings: Credential | undefined, detail: RegExp][] = [
  [{}, undefined, /^url: missing/],
  [{ url: own.url }, undefined, /^database: missing/],
  [{ url: own.url, database: 'lab' }, undefined, /^password: missing/],
  [{ password: 'pw' }, undefined, /^url: missing/],
  [{ url: own.url, password: 'pw' }, undefined, /^database: missing/],
  [{ url: own.url, database: 'lab', password: 'pw' }, undefined, /^username: missing/],
  [{ url: own.url, password: 'pw' }, configured, /^username: missing/],
  [{ database: 'lab', password: 'pw' }, configured, /^username: missing/],
  [{ ...own, api_key: 'key' }, configured, /^api_key: given together with password/]
]
for (const [request, settings, detail] of incomplete) {
  t.test(
    `a connect with ${JSON.stringify(request)} ${settings ? 'beside a default' : 'without a default'} is refused`,
    async t => {
      t.throws(() => chooseCredential(request, settings), {
        code: 'invalid_input',
        detail,
        extra: { hint: /^odoo_connect takes nothing/ }
      })
    }
  )
}

t.test('what is no address of an Odoo is refused with and without a credential', async t => {
  t.throws(() => chooseCredential({ ...own, url: 'ftp://x' }, configured), {
    code: 'invalid_input',
    message: /url: is not http or https/
  })
  t.throws(() => chooseCredential({ url: 'x' }, configured), {
    code: 'invalid_input',
    message: /url: is not an address/
  })
})
