import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { addCanary, assertNoCanary } from '../contract/canary.js'
import type { LabOdoo } from '../lab/odoos.js'

/** The built program, as users run it. */
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcessByStdio<Writable, Readable, Readable>
  /** What it has written so far. */
  stdout(): string
  stderr(): string
  ended: Promise<Ended>
}

/** Starts `odoo-mcp` in a folder without a `.env`, with nothing of our own environment but PATH and HOME. */
export function start(args: string[], env: Record<string, string> = {}): Started {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [cli, ...args], { cwd: tmpdir(), env: { PATH, HOME, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
  })
  child.stderr.on('data', chunk => {
    stderr += String(chunk)
  })
  const ended = once(child, 'close').then(([code]) => {
    assertNoCanary('the output of a process', stdout + stderr)
    return { code: code as number | null, stdout, stderr }
  })
  return { child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Runs `odoo-mcp` to its end; its stdin is empty. */
export function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = start(args, env)
  child.stdin.end()
  return ended
}

/** The variables that make a real Odoo the default connection. */
export function connectionOf({ url, database, username, password, api_key }: LabOdoo): Record<string, string> {
  if (api_key !== undefined) addCanary(api_key)
  const secret: Record<string, string> = api_key === undefined ? { ODOO_PASSWORD: password } : { ODOO_API_KEY: api_key }
  return { ODOO_URL: url, ODOO_DATABASE: database, ODOO_USERNAME: username, ...secret }
}
