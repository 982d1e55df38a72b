import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type Person, people } from '../lab/people.js'
import { logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { addCanary } from './canary.js'
import { connectionFlags, startServer } from './server.js'
import { mcpHttp, modern, rest, type Surface } from './surfaces.js'

const callers = 64
const calls = 5000

/** Somebody and the leads that are theirs. */
interface Owner {
  person: Person
  leads: number[]
}

/** A caller with a session of its own. */
interface Member {
  surface: Surface
  /** The session, where it is an argument. */
  session: JsonObject
  owner: Owner
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: two users, ${callers} callers at once: nobody sees the rows of the other`, async t => {
    const { admin, sales, rival } = await people(odoo)
    for (const { password } of [sales, rival]) addCanary(password)
    const name = `crowd-${randomUUID()}`
    const lead = (person: Person) => ({ name, type: 'opportunity', user_id: person.uid })
    const ids = await admin.call<number[]>('crm.lead', 'create', [
      Array.from({ length: 6 }, (_, index) => lead(index % 2 === 0 ? sales : rival))
    ])
    t.teardown(() => admin.call('crm.lead', 'unlink', [ids]))
    const owners: [Owner, Owner] = [
      { person: sales, leads: ids.filter((_, index) => index % 2 === 0) },
      { person: rival, leads: ids.filter((_, index) => index % 2 === 1) }
    ]
    await control(t, odoo, name, ids, owners)

    // The default connection is the administrator's: whoever fell back to it would see everything.
    const server = await startServer({
      ...connectionFlags(odoo),
      'allow-connect': true,
      'log-level': 'warn'
    })
    t.teardown(() => server.close())
    const crowd: Member[] = []
    // Four at a time: a login costs Odoo 19 a third of a second of computing.
    while (crowd.length < callers) {
      const four = [0, 1, 2, 3].map(n => join(server.url, odoo, owners[n % 2] as Owner, n < 2 ? 'REST' : 'MCP'))
      crowd.push(...(await Promise.all(four)))
    }
    t.teardown(() => Promise.all(crowd.map(({ surface }) => surface.close())))

    const wrong: string[] = []
    let left = calls
    let rows = 0
    const work = async (member: Member) => {
      while (left > 0) {
        left -= 1
        const { answered, seen } = await ask(member, questions[left % questions.length] as Question, name, ids)
        rows += seen.length
        const complaint = complain(member.owner, seen)
        if (complaint !== undefined || !answered) wrong.push(`${member.surface.name}: ${complaint ?? 'no answer'}`)
      }
    }
    await Promise.all(crowd.map(work))
    t.same(wrong.slice(0, 5), [], `${wrong.length} of ${calls} answers were wrong`)
    t.equal(rows, calls * 3, 'every answer was complete')
  })
}
if ((await odoos()).length === 0) t.pass('a crowd', { skip: noOdoo })

/** Without us: the administrator sees both, and Odoo itself keeps the two apart. */
async function control(t: Test, odoo: LabOdoo, name: string, ids: number[], owners: Owner[]): Promise<void> {
  const mine = [['name', '=', name]]
  const admin = await logInDirectly(odoo)
  t.same(await admin.call('crm.lead', 'search', [mine], { order: 'id' }), ids, 'control: the administrator sees both')
  for (const { person, leads } of owners) {
    const direct = await logInDirectly({ ...odoo, ...person })
    t.same(await direct.call('crm.lead', 'search', [mine], { order: 'id' }), leads, `control: ${person.username}`)
  }
}

async function join(url: string, odoo: LabOdoo, owner: Owner, over: 'REST' | 'MCP'): Promise<Member> {
  const { username, password } = owner.person
  const login = { url: odoo.url, database: odoo.database, username, password }
  const door = over === 'REST' ? rest(url) : await mcpHttp(url, modern)
  const { output, problem } = await door.call('odoo_connect', login)
  if (problem !== undefined) throw new Error(`${username} cannot connect: ${problem.detail}`)
  const session = output.session as string
  if (over === 'MCP') return { surface: door, session: { session }, owner }
  return { surface: rest(url, { bearer: session }), session: {}, owner }
}

interface Row {
  id: number
}

/** One way to ask for one's leads; gives the rows that came. */
type Question = (name: string, ids: number[]) => { tool: string; input: JsonObject; rows(output: JsonObject): unknown }

const search: Question = name => ({
  tool: 'odoo_search',
  input: { model: 'crm.lead', domain: [['name', '=', name]], fields: ['name'] },
  rows: output => output.records
})
const page: Question = name => ({
  tool: 'odoo_search',
  input: { model: 'crm.lead', domain: [['name', '=', name]], fields: ['name'], limit: 4, order: 'name desc' },
  rows: output => (output.total === 3 ? output.records : [])
})
const method: Question = name => ({
  tool: 'odoo_call',
  input: {
    model: 'crm.lead',
    method: 'search_read',
    kwargs: { domain: [['name', '=', name]], fields: ['name'], order: 'id' }
  },
  rows: output => output.result
})
/** Names the rows of the other, too. */
const read: Question = (_name, ids) => ({
  tool: 'odoo_read',
  input: { model: 'crm.lead', ids, fields: ['name'] },
  rows: output => output.records
})
const questions = [search, page, method, search, page, method, search, read]

async function ask({ surface, session }: Member, question: Question, name: string, ids: number[]) {
  const { tool, input, rows } = question(name, ids)
  const { output } = await surface.call(tool, { ...input, ...session })
  return { answered: output !== undefined, seen: output === undefined ? [] : (rows(output) as Row[]) }
}

/** What is wrong with the rows that somebody got; undefined when they are all theirs, and all of theirs. */
function complain({ person, leads }: Owner, seen: Row[]): string | undefined {
  const got = seen.map(({ id }) => id).sort((a, b) => a - b)
  return got.join() === leads.join() ? undefined : `${person.username} saw ${got.join()} instead of ${leads.join()}`
}
