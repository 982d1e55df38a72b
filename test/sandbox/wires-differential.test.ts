import t from 'tap'
import type { Major } from '../../src/sandbox/release.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { post, sandboxFor } from './clients.js'
import { comparable } from './comparable.js'
import { type Ask, different, json2Requests, requests } from './wires-requests.js'

interface Place {
  url: string
  database: string
  username: string
  password: string
  key: string
}

const real = (await odoos()).filter(({ version, api_key }) => ['14', '17', '19'].includes(version) && api_key)
if (real.length === 0) t.test('the wires answer as those of a real Odoo', { skip: noOdoo }, async () => {})

for (const odoo of real) {
  const version = Number(odoo.version) as Major

  t.test(`as ${version}, the wires answer odd requests as those of a real Odoo`, async t => {
    const sandbox = await sandboxFor(t, { version })
    const places: [Place, Place] = [
      { ...odoo, key: odoo.api_key as string },
      { ...sandbox, ...sandbox.users.admin, key: sandbox.users.admin.apiKey }
    ]
    const all = [...requests, ...(version === 19 ? json2Requests : [])]
    for (const request of all) {
      const [wanted, found] = await both(places, request)
      t.strictSame(found, wanted, titleOf(request))
    }
    t.comment(`${all.length} requests`)
    for (const request of different.filter(({ only = version }) => only === version)) {
      const [wanted, found] = await both(places, request)
      t.not(JSON.stringify(found), JSON.stringify(wanted), `${titleOf(request)}: ${request.why}`)
    }
  })
}

function both(places: [Place, Place], request: Ask) {
  return Promise.all(places.map(place => ask(place, request)))
}

async function ask(place: Place, { method = 'POST', path, headers = {}, body = '' }: Ask) {
  const { url, database, key } = place
  const here = (text: string) => text.replaceAll('§db', database).replaceAll('§key', key)
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, here(value)]))
  // Not `fetch`, which puts a content type where none was meant.
  const answer = await post(url + path, here(body), { method, headers: named, agent: false })
  if (/Access ?Denied|"result": ?false|<boolean>0/.test(answer.text)) await logIn(place)
  return comparable(answer.status, answer.headers, answer.text.replaceAll(`'${database}'`, "'sandbox'"))
}

/** 14 locks everybody out who fails too often from one address, until somebody from there gets in. */
async function logIn({ url, database, username, password }: Place) {
  const params = { service: 'common', method: 'login', args: [database, username, password] }
  await post(`${url}/jsonrpc`, JSON.stringify({ params }))
}

function titleOf({ method = 'POST', path, body = '' }: Ask): string {
  return `${method} ${path} ${body}`.slice(0, 200)
}
