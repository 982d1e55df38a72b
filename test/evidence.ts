import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// What the servers of all tests have logged, and every secret that the tests have used, are kept until the end of the
// run. There `scripts/check-logs.mjs` looks for each secret in each log.

const folder = fileURLToPath(new URL('../.tap/logs/', import.meta.url))
let count = 0

/** Keeps a log: whatever the function that it gives is called with, in a file of its own. */
export function keepLog(): (text: string) => void {
  mkdirSync(folder, { recursive: true })
  count += 1
  const file = join(folder, `${process.pid}-${count}.log`)
  // Left over from another run, if there is one.
  writeFileSync(file, '')
  return text => appendFileSync(file, text)
}

const kept = new Set<string>()

/** Keeps a secret, to be looked for in the logs of all tests. One under 16 characters might turn up by chance. */
export function keepSecret(secret: string): void {
  if (secret.length < 16 || kept.has(secret)) return
  kept.add(secret)
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, `${process.pid}.secrets`), `${JSON.stringify(secret)}\n`)
}
