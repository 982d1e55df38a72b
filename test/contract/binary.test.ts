import { createHash } from 'node:crypto'
import http from 'node:http'
import t, { type Test } from 'tap'
import type { Problem } from '../../src/core/errors.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type People, people } from '../lab/people.js'
import type { DirectOdoo } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { addCanary } from './canary.js'
import { attach, files, png } from './files.js'
import { connectionFlags, type Flags, startServer, type TestServer } from './server.js'
import { mcpHttp, modern } from './surfaces.js'

const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex')
const decoded = (data: string) => Buffer.from(data, 'base64')

/** A server whose default connection logs in with the password, which opens a web session too. */
function withPassword({ url, database, username, password }: LabOdoo): Flags {
  return { 'odoo-url': url, database, username, password }
}

async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem
}

/** Requests of Odoo's web server that the log of ours tells of. */
function calls(server: TestServer) {
  return server.log.filter(({ msg, tool }) => msg === 'call' && tool === 'odoo_binary')
}

for (const odoo of await witnesses()) {
  t.test(odoo.name, async t => {
    const everybody = await people(odoo)
    const { admin } = everybody
    const given = await attach(admin, files)
    const partner = await admin.call<number>('res.partner', 'create', [{ name: 'Ada', image_1920: png }])
    t.teardown(async () => {
      await given.remove()
      await admin.call('res.partner', 'unlink', [[partner]])
    })
    const ways: [name: string, flags: Flags][] = [['a password', withPassword(odoo)]]
    if (odoo.api_key !== undefined) ways.push(['an API key', connectionFlags(odoo)])
    const protocols = odoo.version === '19' ? ['xmlrpc', 'json2'] : ['xmlrpc']
    await t.test('over the other wires', async t => {
      for (const protocol of protocols) await servesOver(t, { ...connectionFlags(odoo), protocol }, given.ids, partner)
    })
    for (const [name, flags] of ways) {
      await t.test(`with ${name}`, async t => {
        const server = await startServer(flags)
        t.teardown(() => server.close())
        await servesFiles(t, server, given.ids)
        await servesResources(t, server, given.ids)
        await servesImages(t, server, odoo, partner)
        await refuses(t, server, admin, partner)
      })
    }
    await t.test('a session of somebody else', async t => refusesOthers(t, odoo, everybody, partner))
    await t.test('large files', async t => servesLarge(t, odoo, admin))
  })
}

async function servesFiles(t: Test, server: TestServer, ids: ReadonlyMap<string, number>): Promise<void> {
  for (const { name, datas, served, shown } of files) {
    await t.test(`${JSON.stringify(name)} comes as ${served}`, async t => {
      const bytes = decoded(datas)
      const url = `${server.url}/binary/ir.attachment/datas/${ids.get(name)}`
      const response = await fetch(url)
      t.equal(response.status, 200)
      t.strictSame(Buffer.from(await response.arrayBuffer()), bytes)
      const { headers } = response
      t.equal(headers.get('content-type'), served)
      t.equal(headers.get('content-length'), String(bytes.length))
      t.equal(headers.get('x-content-type-options'), 'nosniff')
      t.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'")
      t.equal(headers.get('cache-control'), 'private, no-cache')
      t.equal(headers.get('etag'), `"${sha1(bytes)}"`)
      t.equal(headers.get('x-evil'), null)
      t.match(headers.get('content-disposition'), shown ? /^inline; filename=/ : /^attachment; filename=/)

      const head = await fetch(url, { method: 'HEAD' })
      t.equal(await head.text(), '')
      for (const header of ['content-type', 'content-length', 'etag', 'content-disposition']) {
        t.equal(head.headers.get(header), headers.get(header), `HEAD has the same ${header}`)
      }
      const again = await fetch(url, { headers: { 'if-none-match': `W/"other", ${headers.get('etag')}` } })
      t.equal(again.status, 304)
      t.equal(await again.text(), '')
      t.equal(again.headers.get('etag'), headers.get('etag'))
      const other = await fetch(url, { headers: { 'if-none-match': '"other"' } })
      t.strictSame(Buffer.from(await other.arrayBuffer()), bytes)
    })
  }
  await t.test('a name with everything in it is one name', async t => {
    const { name } = files[6] as (typeof files)[number]
    const response = await fetch(`${server.url}/binary/ir.attachment/raw/${ids.get(name)}`)
    t.equal(await response.text(), 'hello there')
    const disposition = response.headers.get('content-disposition') ?? ''
    t.match(disposition, /filename="\?bersicht \\"neu\\"_X-Evil: 1\.txt"/)
    t.match(disposition, /filename\*=UTF-8''%C3%9Cbersicht%20%22neu%22_X-Evil%3A%201\.txt/)
  })
}

async function servesOver(t: Test, flags: Flags, ids: ReadonlyMap<string, number>, partner: number): Promise<void> {
  const server = await startServer(flags)
  t.teardown(() => server.close())
  for (const path of [`ir.attachment/datas/${ids.get('pixel.png')}`, `res.partner/image_1920/${partner}`]) {
    const response = await fetch(`${server.url}/binary/${path}`)
    t.equal(response.headers.get('content-type'), 'image/png')
    t.strictSame(Buffer.from(await response.arrayBuffer()), decoded(png), `${path} over ${flags.protocol}`)
  }
  const missing = await problemOf(await fetch(`${server.url}/binary/res.partner/image_1920/2147483000`))
  t.equal(missing.code, 'not_found')
}

async function servesResources(t: Test, server: TestServer, ids: ReadonlyMap<string, number>): Promise<void> {
  const { client, close } = await mcpHttp(server.url, modern)
  t.teardown(close)
  for (const { name, datas, real } of files) {
    await t.test(`${JSON.stringify(name)} is a resource of type ${JSON.stringify(real)}`, async t => {
      const uri = `odoo://ir.attachment/binary/datas/${ids.get(name)}`
      const { contents } = await client.readResource({ uri })
      t.match(contents, [{ uri, mimeType: real, blob: datas }])
    })
  }
}

async function servesImages(t: Test, server: TestServer, odoo: LabOdoo, partner: number): Promise<void> {
  await t.test('an image of a record is shown, with a name of its own', async t => {
    const response = await fetch(`${server.url}/binary/res.partner/image_1920/${partner}`)
    t.strictSame(Buffer.from(await response.arrayBuffer()), decoded(png))
    t.equal(response.headers.get('content-type'), 'image/png')
    t.equal(response.headers.get('content-disposition'), `inline; filename=res.partner-${partner}-image_1920.png`)
  })
  await t.test('HEAD tells what only the content tells', async t => {
    const response = await fetch(`${server.url}/binary/res.partner/image_128/${partner}`, { method: 'HEAD' })
    t.equal(response.status, 200)
    t.equal(response.headers.get('content-type'), 'image/png')
    t.equal(await response.text(), '')
  })
  if (odoo.version === '14') return
  await t.test('a computed image comes as well', async t => {
    const response = await fetch(`${server.url}/binary/res.partner/avatar_128/${partner}`)
    t.equal(response.status, 200)
    t.ok((await response.arrayBuffer()).byteLength > 0)
  })
}

async function refuses(t: Test, server: TestServer, admin: DirectOdoo, partner: number): Promise<void> {
  const empty = await admin.call<number>('res.partner', 'create', [{ name: 'Nobody' }])
  t.teardown(() => admin.call('res.partner', 'unlink', [[empty]]))
  const link = await admin.call<number>('ir.attachment', 'create', [
    { name: 'link', type: 'url', url: 'http://127.0.0.1:1/' }
  ])
  t.teardown(() => admin.call('ir.attachment', 'unlink', [[link]]))
  const cases: [path: string, code: string, detail: RegExp][] = [
    [`res.partner/image_1920/${empty}`, 'not_found', /is empty/],
    ['res.partner/image_1920/2147483000', 'not_found', /does not exist, or/],
    [`ir.attachment/datas/${link}`, 'not_found', /is a link/],
    [`res.partner/image_1290/${partner}`, 'invalid_input', /unknown field "image_1290".*Did you mean "image_1920"/],
    [`res.partner/name/${partner}`, 'invalid_input', /is of type char; expected a field of type binary/],
    ['res.partner/image_1920/0', 'invalid_input', /^id: /],
    ['res.partner/image_1920/one', 'invalid_input', /^id: /],
    ['res.partner/image_1920/9999999999', 'invalid_input', /^id: /],
    [`res.partner/image_1920/${partner}?download=1`, 'invalid_input', /^download: /],
    ['res.parnter/image_1920/1', 'not_found', /res\.parnter/],
    ['payment.token/image/1', 'policy_denied', /payment\.token/]
  ]
  for (const [path, code, detail] of cases) {
    await t.test(`${path.replace(/\d{3,}/, 'n')} is ${code}`, async t => {
      const problem = await problemOf(await fetch(`${server.url}/binary/${path}`))
      t.equal(problem.code, code)
      t.match(problem.detail, detail)
    })
  }
}

async function refusesOthers(t: Test, odoo: LabOdoo, { admin, sales }: People, partner: number): Promise<void> {
  const { username, password } = sales
  addCanary(password)
  const server = await startServer({ ...withPassword(odoo), username, password })
  t.teardown(() => server.close())
  // Salespeople see the leads of others not at all, nor what is attached to them.
  const [own, foreign] = await admin.call<number[]>('crm.lead', 'create', [
    [
      { name: 'Own', user_id: sales.uid },
      { name: 'Foreign', user_id: admin.uid }
    ]
  ])
  t.teardown(() => admin.call('crm.lead', 'unlink', [[own as number, foreign as number]]))
  const seen = await attach(admin, files.slice(0, 1), { res_model: 'crm.lead', res_id: own as number })
  const hidden = await attach(admin, files.slice(0, 1), { res_model: 'crm.lead', res_id: foreign as number })
  t.teardown(() => Promise.all([seen.remove(), hidden.remove()]))
  const idOf = ({ ids }: typeof seen) => ids.get('pixel.png')

  for (const path of [`res.partner/image_1920/${partner}`, `ir.attachment/datas/${idOf(seen)}`]) {
    const response = await fetch(`${server.url}/binary/${path}`)
    t.equal(response.status, 200, 'the control: what this user may see comes')
    t.strictSame(Buffer.from(await response.arrayBuffer()), decoded(png))
  }
  const path = `${server.url}/binary/ir.attachment/datas/${idOf(hidden)}`
  const problem = await problemOf(await fetch(path))
  t.match(problem.code, /^(not_found|access_denied)$/)
  const head = await fetch(path, { method: 'HEAD', headers: { 'if-none-match': `"${sha1(decoded(png))}"` } })
  t.match(head.status, /40[34]/, 'not even that it is there')
}

async function servesLarge(t: Test, odoo: LabOdoo, admin: DirectOdoo): Promise<void> {
  const bytes = Buffer.alloc(17 * 1024 * 1024, 'odoo-mcp 17 MiB ')
  const id = await admin.call<number>('ir.attachment', 'create', [
    { name: 'large.bin', datas: bytes.toString('base64'), mimetype: 'application/octet-stream' }
  ])
  t.teardown(() => admin.call('ir.attachment', 'unlink', [[id]]))
  const server = await startServer(withPassword(odoo))
  t.teardown(() => server.close())
  const path = `${server.url}/binary/ir.attachment/datas/${id}`

  await t.test('streams what is larger than memory should hold', async t => {
    const response = await fetch(path)
    t.equal(response.status, 200)
    t.equal(response.headers.get('content-length'), String(bytes.length))
    t.equal(sha1(Buffer.from(await response.arrayBuffer())), sha1(bytes))
  })
  await t.test('a part of it', async t => {
    const response = await fetch(path, { headers: { range: 'bytes=16777216-16777223' } })
    const text = await response.text()
    // Odoo 14 sends the whole.
    if (odoo.version === '14') return t.equal(response.status, 200)
    t.equal(response.status, 206)
    t.equal(response.headers.get('content-range'), `bytes 16777216-16777223/${bytes.length}`)
    t.equal(text, 'odoo-mcp')
    const beyond = await fetch(path, { headers: { range: 'bytes=99999999-' } })
    t.equal(beyond.status, 416)
    t.equal((await problemOf(beyond)).code, 'invalid_input')
    const changed = await fetch(path, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } })
    t.equal(changed.status, 200, 'of another content nobody gets a part')
    await changed.body?.cancel()
  })
  await t.test('a caller who leaves in the middle frees the way', async t => {
    for (let n = 0; n < 20; n++) await leaveInTheMiddle(path)
    const response = await fetch(path)
    t.equal((await response.arrayBuffer()).byteLength, bytes.length)
    t.ok(calls(server).length >= 21)
  })
  if (odoo.api_key === undefined) return
  await t.test('is too large over RPC', async t => {
    const keyed = await startServer(connectionFlags(odoo))
    t.teardown(() => keyed.close())
    const problem = await problemOf(await fetch(`${keyed.url}/binary/ir.attachment/datas/${id}`))
    t.equal(problem.code, 'invalid_input')
    t.match(problem.detail, /has 17\.00 MiB; expected at most 16 MiB/)
    const head = await fetch(`${keyed.url}/binary/ir.attachment/datas/${id}`, { method: 'HEAD' })
    t.match(head.status, /200|400/)
  })
}

/** Reads a little and cuts the connection. */
async function leaveInTheMiddle(url: string): Promise<void> {
  let read = 0
  await new Promise<void>((resolve, reject) => {
    const request = http.get(url, response => {
      response.on('error', () => {})
      response.on('data', chunk => {
        read += (chunk as Buffer).length
        request.destroy()
        resolve()
      })
    })
    request.on('error', error => (read > 0 ? resolve() : reject(error)))
  })
}
