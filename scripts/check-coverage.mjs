// Fails unless the tests have run through every line of the folders where a mistake is a hole.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const complete = [/^src\/core\//, /^src\/odoo\/wires\//]

const summary = JSON.parse(readFileSync('.tap/report/coverage-summary.json', 'utf8'))
const files = Object.entries(summary)
  .filter(([file]) => file !== 'total')
  .map(([file, { lines }]) => ({ file: relative(process.cwd(), file), lines }))
const judged = files.filter(({ file }) => complete.some(pattern => pattern.test(file)))
const incomplete = judged.filter(({ lines }) => lines.covered < lines.total)

for (const { file, lines } of incomplete) {
  process.stderr.write(`${file}: ${lines.total - lines.covered} of ${lines.total} lines are never run by a test\n`)
}
if (judged.length === 0) process.stderr.write('No coverage was measured: run tap first.\n')
process.stdout.write(`Lines covered: ${summary.total.lines.pct} % of src, ${judged.length} files judged\n`)
process.exitCode = incomplete.length > 0 || judged.length === 0 ? 1 : 0
