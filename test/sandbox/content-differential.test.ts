import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'
import { post } from './clients.js'

const real = (await odoos()).filter(({ version }) => version === '14' || version === '19')
if (real.length === 0) t.test('downloads are those of a real Odoo', { skip: noOdoo }, async () => {})

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const text = Buffer.from('hello wörld, this is text')
const etag = '76260925218704cb7ee68b5be97a4671c0580450'

for (const odoo of real) {
  t.test(`as ${odoo.version}, files are downloaded as from a real Odoo`, async t => {
    const sandbox = await sandboxAs(Number(odoo.version) as 14 | 19)
    const [wanted, found] = [await downloads(t, odoo), await downloads(t, sandbox)]
    t.ok(wanted.filter(({ status }) => status === 200).length > 5)
    for (const [index, answer] of wanted.entries()) t.strictSame(found[index], answer, answer.title)
  })
}

/** Answers to requests for files, some by who is logged in and some by nobody. */
async function downloads(t: Test, odoo: LabOdoo) {
  const admin = await logInDirectly(odoo)
  const make = async (model: string, values: JsonObject) => {
    const id = await admin.call<number>(model, 'create', [values])
    t.teardown(() => admin.call(model, 'unlink', [[id]]))
    return id
  }
  const file = await make('ir.attachment', {
    name: 's hälö.txt',
    mimetype: 'text/plain',
    datas: text.toString('base64')
  })
  const link = await make('ir.attachment', { name: 'link', type: 'url', url: 'https://example.com/x' })
  const empty = await make('ir.attachment', { name: 'empty.txt' })
  const [pictured, plain] = [
    await make('res.partner', { name: 'content', image_1920: pixel }),
    await make('res.partner', { name: 'content' })
  ]
  const [token] = await admin.call<string[]>('ir.attachment', 'generate_access_token', [[file]])
  const cookie = await logIn(odoo)
  const here = `/web/content/${file}`
  const quoted = odoo.version === '14' ? etag : `"${etag}"`
  const requests: [path: string, headers?: Record<string, string>, method?: string][] = [
    ...['', '?download=true', '/other.txt'].map((more): [string] => [here + more]),
    [here, { 'if-none-match': quoted }],
    ...['3-7', '-4', '5-', '900-'].map((range): [string, Record<string, string>] => [
      here,
      { range: `bytes=${range}` }
    ]),
    [here, {}, 'HEAD'],
    [here, {}, 'POST'],
    [here, { cookie: '' }],
    [`${here}?access_token=${token}`, { cookie: '' }],
    [`${here}?access_token=nope`, { cookie: '' }],
    [here, { cookie: '', authorization: `Bearer ${odoo.api_key}` }],
    [`/web/content?id=${file}`],
    [`/web/content?model=ir.attachment&id=${file}&field=datas&filename=x.y`],
    [`/web/content/ir.attachment/${file}/datas`],
    [`/web/content/ir.attachment/${file}/raw`],
    [`/web/content/${link}`],
    [`/web/content/${empty}`],
    ...[pictured, plain, 99_999_999].map((id): [string] => [`/web/content/res.partner/${id}/image_1920`]),
    [`/web/content/res.partner/${pictured}/image_1920?download=true`],
    [`/web/content/res.partner/${pictured}/image_1920`, { cookie: '' }],
    [`/web/content/res.partner/${pictured}/nope`],
    [`/web/content/res.nope/${pictured}/name`],
    ['/web/content/99999999']
  ]
  const answers = []
  for (const [path, headers = {}, method = 'GET'] of requests) {
    const { status, headers: sent, text } = await post(odoo.url + path, '', { method, headers: { cookie, ...headers } })
    const title = `${method} ${path.replace(String(token), 'T').replace(/\d{1,8}/g, 'N')}`
    const { range = '' } = headers
    answers.push({ title, range, status, ...shown(sent), length: Buffer.byteLength(status < 300 ? text : '') })
  }
  return answers
}

/** The headers that say something about a file. */
function shown(headers: Record<string, unknown>) {
  const names = ['content-type', 'content-disposition', 'content-range', 'etag', 'location', 'cache-control']
  return Object.fromEntries(names.map(name => [name, headers[name]]))
}

async function logIn({ url, database, username, password }: LabOdoo): Promise<string> {
  const params = { db: database, login: username, password }
  const { headers } = await post(`${url}/web/session/authenticate`, JSON.stringify({ params }))
  return String(headers['set-cookie']?.find(line => line.startsWith('session_id='))?.split(';')[0])
}
