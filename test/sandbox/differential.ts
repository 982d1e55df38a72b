import { randomBytes } from 'node:crypto'
import type { LabOdoo } from '../lab/odoos.js'
import type { Call, Case } from './calls.js'
import { type Catalogue, createCatalogue } from './catalogue.js'
import { createData, deleteData, readBack } from './differential-data.js'
import { domainCases, equalFields } from './differential-domains.js'
import { faultCases } from './differential-faults.js'
import { groupCases } from './differential-groups.js'
import { nameCases } from './differential-names.js'
import { readCases } from './differential-reads.js'
import { rightsCases } from './differential-rights.js'
import { runWires } from './differential-wires.js'
import { writeCases } from './differential-writes.js'
import { createRandom } from './random.js'
import { type Outcome, runCases } from './run.js'
import { openSide, type Side } from './sides.js'

/** The kinds of cases to run; default all. `wires` stands for those that are about one wire. */
export type Kinds = string[] | undefined

/** Creates the same data in both, sends both the same cases, compares, and deletes the data of the real one. */
export async function differ(real: LabOdoo, sandbox: LabOdoo, seed: number, kinds: Kinds): Promise<Outcome[]> {
  const [a, b] = (await Promise.all([real, sandbox].map(odoo => openSide(odoo, newMark())))) as [Side, Side]
  try {
    await Promise.all([a, b].map(createData))
    const catalogue = await createCatalogue(a, b)
    const cases = allCases(a, b, catalogue, seed).filter(({ kind }) => kinds?.includes(kind) ?? true)
    // What writes comes after everything that looks at the data, over whatever wire.
    const [reading, writing] = [cases.filter(isReading), cases.filter(one => !isReading(one))]
    const outcomes = await runCases(reading, a, b, catalogue)
    if (kinds?.includes('wires') ?? true) {
      outcomes.push(...(await runWires(agreedCalls(reading, outcomes), a, b, catalogue)))
    }
    return [...outcomes, ...(await runCases(writing, a, b, catalogue))]
  } finally {
    // The sandbox goes away with its data.
    await deleteData(a)
  }
}

function isReading({ kind, calls }: Case): boolean {
  return kind !== 'state' && calls.length === 1
}

/** Calls that agree over JSON-RPC: what differs on another wire is then that wire's. */
function agreedCalls(cases: Case[], outcomes: Outcome[]): Call[] {
  const agreed = cases.filter((_, index) => outcomes[index]?.verdict === 'same')
  return agreed.flatMap(({ calls }) => calls).filter(({ as = 'admin' }) => as === 'admin')
}

/** Letters that no case looks for one by one. */
function newMark(): string {
  return `q${[...randomBytes(8)].map(byte => 'jqvwz'[byte % 5]).join('')}q`
}

function allCases(real: Side, sandbox: Side, catalogue: Catalogue, seed: number): Case[] {
  const { version } = real
  const known = (label: string) => sandbox.labels.idOf(label) !== undefined
  const labels = { ...real.labels, names: (model: string) => real.labels.names(model).filter(known) }
  // One source of chance for each kind: more cases of one leave the others as they are.
  const random = (n: number) => createRandom(seed * 1000 + n)
  return [
    ...readBack(real, model => equalFields(catalogue, model)).map((call): Case => ({ kind: 'data', calls: [call] })),
    ...domainCases(catalogue, labels, random(1), 500),
    ...readCases(catalogue, labels, random(2), 120),
    ...nameCases(version),
    ...groupCases(catalogue, version, random(3), 80),
    ...faultCases(),
    ...rightsCases(version),
    ...writeCases()
  ]
}
