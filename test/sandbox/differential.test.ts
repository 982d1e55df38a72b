import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { differ } from './differential.js'
import { isKnown, knownDifferences } from './known-differences.js'
import { differences, figures } from './report.js'
import type { Outcome } from './run.js'

// The same number, the same cases. Others for a while: TEST_SEED=2.
const seed = Number(process.env.TEST_SEED ?? 1)
/** `DIFFERENCES_TO=folder` writes all differences there; `DIFFERENCES_OF=domain,read` runs only some kinds of cases. */
const { DIFFERENCES_TO: folder, DIFFERENCES_OF: kinds, DIFFERENCES_IN: versions = '14,19' } = process.env

for (const version of versions.split(',') as ('14' | '19')[]) {
  const real = (await odoos()).find(odoo => odoo.version === version)
  if (real === undefined) t.pass(`Odoo ${version}`, { skip: noOdoo })
  else await t.test(`the sandbox answers as Odoo ${version} does`, t => testVersion(t, real))
}

async function testVersion(t: Test, real: LabOdoo): Promise<void> {
  const { version } = real
  const sandbox = await startSandbox({ version: Number(version) as 14 | 19 })
  t.teardown(() => sandbox.close())
  const { username, password, apiKey } = sandbox.users.admin
  const { url, database } = sandbox
  const odoo = { name: `sandbox ${version}`, version, url, database, username, password, api_key: apiKey }
  const outcomes = await differ(real, odoo, seed, kinds?.split(','))

  t.comment([`Odoo ${version}, seed ${seed}`, ...figures(outcomes)].join('\n'))
  if (folder !== undefined) await writeFile(join(folder, `differences-${version}.txt`), differences(outcomes))
  if (kinds === undefined) testOutcomes(t, version, outcomes)
}

function testOutcomes(t: Test, version: string, outcomes: Outcome[]): void {
  const different = outcomes.filter(({ verdict, codesDiffer }) => verdict !== 'same' || codesDiffer)
  const known = knownDifferences.filter(({ versions }) => versions?.includes(version) ?? true)
  const ofKind = (kind: string) => different.filter(outcome => outcome.kind === kind && outcome.verdict === 'DIFFERENT')

  t.ok(outcomes.length >= 600, `${outcomes.length} cases are enough`)
  t.ok(different.length <= 0.02 * outcomes.length, `98 % agree: ${different.length} of ${outcomes.length} differ`)
  t.strictSame(calls(different.filter(({ codesDiffer }) => codesDiffer)), [], 'every error has the same code')
  t.strictSame(calls(ofKind('domain')), [], 'every domain finds the same')
  t.strictSame(calls(ofKind('state')), [], 'every write leaves the same behind')
  const unknown = different.filter(outcome => !known.some(one => isKnown(one, outcome)))
  t.strictSame(calls(unknown), [], 'every difference has a reason')
  for (const one of known) {
    t.ok(
      different.some(outcome => isKnown(one, outcome)),
      `still differs: ${one.reason}`
    )
  }
}

/** The first of them, to be read in a report. */
function calls(outcomes: Outcome[]): string[] {
  const shown = outcomes.slice(0, 20).map(({ kind, call }) => `${kind}: ${call}`)
  return outcomes.length > 20 ? [...shown, `and ${outcomes.length - 20} more`] : shown
}
