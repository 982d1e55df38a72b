import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { Protocol } from '../../src/core/ports/odoo.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { type Access, type End, type FaultCase, faultCases } from './fault-cases.js'
import { startServer, type TestServer } from './server.js'
import { mcpHttp, modern, type Reply, rest, type Surface } from './surfaces.js'
import { until } from './until.js'

// Every fault of the sandbox, at a read and at a write, over every wire, through the whole server.

const protocols: Protocol[] = ['jsonrpc', 'json2', 'xmlrpc']
const accesses: Access[] = ['read', 'write']
const flags = { retries: '1', 'max-response-bytes': '1000000', 'connect-timeout': '5' }
/** Some cases over MCP as well: what they show is beneath the surfaces. */
const overMcp = /^(hang|reset, always|status 429|none|truncate in)/

t.test('the fault matrix', async t => {
  const patient = await startServer(flags)
  // For the cases in which a deadline passes; the others must not fail where the machine is slow.
  const impatient = await startServer({ ...flags, 'odoo-timeout': '4', 'write-timeout': '4' })
  t.teardown(() => Promise.all([patient.close(), impatient.close()]))
  const runs = protocols.flatMap(protocol =>
    accesses.flatMap(access =>
      faultCases.flatMap(fault =>
        ways(fault).map(way => ({ protocol, access, fault, way, server: waits(fault, access) ? impatient : patient }))
      )
    )
  )
  const seen: string[] = []
  const together = protocols.flatMap(protocol =>
    (['REST', 'MCP'] as const).map(way =>
      runs.filter(run => run.server === patient && run.protocol === protocol && run.way === way)
    )
  )
  // An Odoo that hangs has its places taken for long: each of these has its own.
  const alone = runs.filter(run => run.server === impatient).map(run => [run])
  const test = async (some: Run[]) => seen.push(...(await checkInTurn(t, some)))
  await several(together, 6, test)
  await several(alone, 9, test)
  t.equal(seen.length, runs.length)
  const bugs = [patient, impatient].flatMap(({ log }) => log.filter(({ level }) => level === 'error' || level === 50))
  t.strictSame(bugs, [], 'nothing of it is a bug of ours')
  t.comment(`fault matrix: ${seen.length} cases`)
  for (const [what, count] of tally(seen)) t.comment(`  ${what}: ${count}`)
})

interface Run {
  protocol: Protocol
  access: Access
  fault: FaultCase
  way: 'REST' | 'MCP'
  server: TestServer
}

/** Cases of one wire and surface, with an Odoo and a session of their own. */
async function checkInTurn(t: Test, runs: Run[]): Promise<string[]> {
  const bench = await open(runs[0] as Run)
  try {
    const ends: string[] = []
    for (const run of runs) ends.push(await check(t, run, bench))
    return ends
  } finally {
    await bench.close()
  }
}

async function check(t: Test, { protocol, access, fault, way }: Run, bench: Bench): Promise<string> {
  const title = `${fault.name} × ${access} × ${protocol} × ${way}`
  const { sandbox, surface, direct } = bench
  const rows = ['fault', 'other'].map(name => ({ name, city: 'before' }))
  const [id = 0, other = 0] = await direct.call<number[]>('res.partner', 'create', [rows])
  sandbox.counts.reset()
  const call: Call = access === 'read' ? readOf(id) : writeOf(id)
  // Metadata and the like: only the call itself is to meet the fault.
  await until('it reads', async () => (await surface.call(...readOf(other))).output)
  const method = access
  const when = { model: 'res.partner', method: fault.before ? 'read' : method }
  sandbox.faults.add({ ...fault.effect, when, ...(!fault.always && { times: 1 }) })
  if (fault.before) await surface.call(...readOf(other))
  const before = sandbox.counts.calls({ model: 'res.partner', method })
  const reply = await surface.call(...call)
  const requests = sandbox.counts.calls({ model: 'res.partner', method }) - before
  const writes = sandbox.counts.writes
  sandbox.faults.clear()

  const { city = null } = await partner(direct, id)
  const changed = city === 'changed'
  const expected = fault[access]
  const end = endOf(expected.end, protocol)
  const after = await next(bench, fault, { id, other, city })
  t.match(
    { ...described(reply), changed, writes, ...after, lies: liesIn(reply, access, changed) },
    {
      ...(end === 'ok' ? { code: 'ok' } : end),
      ...(expected.warning && { warning: /unknown/ }),
      changed: expected.applied ?? false,
      writes: expected.applied ? 1 : 0,
      nextRead: 'works',
      nextWrite: 'works',
      lies: []
    },
    title
  )
  t.ok([expected.requests].flat().includes(requests), `${title}: Odoo saw ${requests} requests`)
  return `${access} ${end === 'ok' ? 'ok' : `${end.code}${end.outcome ? ` (${end.outcome})` : ''}`}`
}

/** What comes after the fault: a read of the same record and a write of another. */
async function next({ surface, direct }: Bench, fault: FaultCase, { id, other, city }: { [key: string]: Json }) {
  // Nobody can tell a connection that is silently dead from an Odoo that takes its time: one read pays for all.
  if (fault.silent) await surface.call(...readOf(id as number))
  const read = await surface.call(...readOf(id as number))
  const write = { model: 'res.partner', ids: [other as number], values: { city: 'next' } }
  const written = await surface.call('odoo_write', write)
  const { records } = (read.output ?? {}) as { records?: JsonObject[] }
  return {
    nextRead: records?.[0]?.city === city ? 'works' : described(read),
    nextWrite: (await partner(direct, other as number)).city === 'next' ? 'works' : described(written)
  }
}

/** What is said of a write must be true, whatever the table above expects. */
function liesIn({ output, problem }: Reply, access: Access, changed: boolean): string[] {
  if (access === 'read') return problem?.outcome === undefined ? [] : ['a read has an outcome']
  if (output !== undefined) return changed ? [] : ['called done, and is not']
  if (problem.outcome === 'not_applied') return changed ? ['called not applied, and is'] : []
  return [
    ...(problem.outcome === 'unknown' ? [] : ['a failed write says nothing of what is known']),
    ...(problem.retryable ? ['called good to send again'] : []),
    ...(problem.hint ? [] : ['no next step'])
  ]
}

type Call = [tool: string, input: JsonObject]
type Bench = Awaited<ReturnType<typeof open>>

const readOf = (id: number): Call => ['odoo_read', { model: 'res.partner', ids: [id], fields: ['city'] }]
const writeOf = (id: number): Call => ['odoo_write', { model: 'res.partner', ids: [id], values: { city: 'changed' } }]

async function open({ protocol, server, way }: Run) {
  const sandbox = await startSandbox()
  const { url, database, users } = sandbox
  const { username, password, apiKey } = users.admin
  const direct = await logInDirectly({ url, database, username, password })
  const secret = protocol === 'json2' ? { api_key: apiKey } : { password }
  const surface = await surfaceOf(server, way, { url, database, username, ...secret, protocol })
  const close = async () => {
    await surface.close()
    await sandbox.close()
  }
  return { sandbox, surface, direct, close }
}

/** A session of its own: over REST a bearer, over MCP a handle that every call takes along. */
async function surfaceOf(server: TestServer, way: Run['way'], connection: JsonObject): Promise<Surface> {
  const entry = way === 'REST' ? rest(server.url) : await mcpHttp(server.url, modern)
  // On a machine that is busy the deadline of the impatient may pass before.
  const session = await until('it is connected', async () => {
    const { output } = await entry.call('odoo_connect', connection)
    return output?.session as string | undefined
  })
  if (way === 'REST') return rest(server.url, { bearer: session })
  return { ...entry, call: (tool, input = {}) => entry.call(tool, { ...(input as object), session }) }
}

async function partner(direct: DirectOdoo, id: number): Promise<JsonObject> {
  const [row = {}] = await direct.call<JsonObject[]>('res.partner', 'read', [[id], ['city']])
  return row
}

function described({ output, problem }: Reply): JsonObject {
  if (problem === undefined) return { code: 'ok', warning: output?.warning ?? null }
  const { code, outcome, retry_after_s } = problem
  return { code, ...(outcome && { outcome }), ...(retry_after_s !== undefined && { retry_after_s }) }
}

function endOf(end: FaultCase['read']['end'], protocol: Protocol): End {
  return end === 'ok' || 'code' in end ? end : end[protocol]
}

function waits(fault: FaultCase, access: Access): boolean {
  if (fault.silent) return true
  const { end } = fault[access]
  return end !== 'ok' && 'code' in end && end.code === 'timeout'
}

const ways = ({ name }: FaultCase): Run['way'][] => (overMcp.test(name) ? ['REST', 'MCP'] : ['REST'])

/** Runs so many at a time. */
async function several<T>(items: T[], most: number, run: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item)
  }
  await Promise.all(Array.from({ length: most }, worker))
}

function tally(seen: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const what of seen.sort()) counts.set(what, (counts.get(what) ?? 0) + 1)
  return counts
}
