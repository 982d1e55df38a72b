// Times two ways of doing a thing in turns, so that whatever else the machine does falls on both, and prints the ratio.
import { mkdirSync, writeFileSync } from 'node:fs'

/**
 * @param {string} name of the file that the figures are written to, bench/results/<name>.json
 * @param {number} runs of each
 * @param {Record<string, () => Promise<number>>} ways each gives the time at which it was done (performance.now())
 */
export async function compare(name, runs, ways) {
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(ways).map(way => [way, []]))
  for (let run = -2; run < runs; run++) {
    for (const [way, act] of Object.entries(ways)) {
      const started = performance.now()
      const took = (await act()) - started
      // The first two rounds warm up.
      if (run >= 0) times.get(way)?.push(took)
    }
  }
  const rows = [...times].map(([way, list]) => {
    const sorted = list.toSorted((a, b) => a - b)
    const at = (/** @type {number} */ share) => round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN)
    return { way, runs, p50_ms: at(0.5), p95_ms: at(0.95), min_ms: at(0) }
  })
  const [first, second] = rows
  const ratio = first && second ? round(first.p50_ms / second.p50_ms) : Number.NaN
  console.table(rows)
  process.stdout.write(`${first?.way} takes ${ratio} times as long as ${second?.way} (p50).\n`)
  mkdirSync('bench/results', { recursive: true })
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify({ name, rows, ratio }, null, 2)}\n`)
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100
}
