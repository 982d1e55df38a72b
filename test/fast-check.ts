import fc from 'fast-check'
import t from 'tap'

/** What the random cases of a test file are made from: the same number, the same cases. */
export const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31)

// Twenty times as many cases, to look for rare ones: TEST_RUNS=20.
const factor = Number(process.env.TEST_RUNS ?? 1)

/** How many cases to make where `count` are enough for one run among many. */
export const runs = (count: number): number => Math.ceil(count * factor)

fc.configureGlobal({ seed, numRuns: runs(100) })
t.comment(`random cases, again with: TEST_SEED=${seed}`)

export default fc
