// Fails if a secret of the tests shows in anything that the servers of the tests have logged: all logs of the run against
// all secrets of the run, as test/evidence.ts has kept them. `--forget` removes what another run has left.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Fewer than these, and the tests do not keep their logs any more: then it means nothing that no secret was found. */
const least = { logs: 100, lines: 2000, secrets: 10 }

/** Our own secrets, of sessions and of tickets, are known by their form. */
const ours = /om[st]_[A-Za-z0-9_-]{24,}/

/**
 * What was kept in a folder, and where a secret shows: file and line, without the secret.
 * @param {string} folder
 */
export function checkLogs(folder) {
  const files = existsSync(folder) ? readdirSync(folder).sort() : []
  const read = (/** @type {string} */ file) => readFileSync(join(folder, file), 'utf8')
  const logs = files.filter(file => file.endsWith('.log'))
  const secrets = new Set(
    files.filter(file => file.endsWith('.secrets')).flatMap(file => linesOf(read(file)).map(line => JSON.parse(line)))
  )
  const forms = [...new Set([...secrets].flatMap(formsOf))]
  let lines = 0
  const found = logs.flatMap(file => {
    const text = read(file)
    lines += linesOf(text).length
    const shown = [...forms.filter(form => text.includes(form)), ...(text.match(new RegExp(ours, 'g')) ?? [])]
    return shown.length === 0 ? [] : linesOf(text).flatMap((line, index) => hit(file, index, line, shown))
  })
  return { logs: logs.length, lines, secrets: secrets.size, found }
}

/**
 * @param {string} file @param {number} index @param {string} line @param {string[]} shown
 * @returns {string[]}
 */
function hit(file, index, line, shown) {
  const here = shown.filter(secret => line.includes(secret))
  if (here.length === 0) return []
  const masked = here.reduce((text, secret) => text.replaceAll(secret, '…'), line)
  return [`${file}:${index + 1}: ${masked.slice(0, 300)}`]
}

/** A secret as it is, in JSON, and in an address. @param {string} secret */
function formsOf(secret) {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
}

/** @param {string} text */
function linesOf(text) {
  return text.split('\n').filter(line => line !== '')
}

/** @param {string[]} args @param {string} folder */
function main([flag], folder) {
  if (flag === '--forget') return rmSync(folder, { recursive: true, force: true })
  const { found, ...counts } = checkLogs(folder)
  for (const line of found) process.stderr.write(`A secret of the tests shows in a log: ${line}\n`)
  const few = Object.entries(least).filter(
    ([what, number]) => counts[/** @type {keyof typeof least} */ (what)] < number
  )
  for (const [what, number] of few) process.stderr.write(`Only few ${what} were kept; expected ${number} or more.\n`)
  const { logs, lines, secrets } = counts
  process.stdout.write(`Logs of the tests: ${lines} lines in ${logs} logs, searched for ${secrets} secrets\n`)
  process.exitCode = found.length + few.length > 0 ? 1 : 0
}

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) main(process.argv.slice(2), fileURLToPath(new URL('../.tap/logs/', import.meta.url)))
