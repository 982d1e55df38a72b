import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { addCanary, assertNoCanary } from '../contract/canary.js'
import { until } from '../contract/until.js'
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

/** Starts `odoo-mcp serve` on a free port, and waits until it has said where. */
export async function serve(t: Test, args: string[] = [], env: Record<string, string> = {}) {
  const server = start(['serve', '--port=0', ...args], env)
  t.teardown(async () => {
    server.child.kill('SIGKILL')
    await server.ended
  })
  const [, url = ''] = await until('the server says where it listens', () =>
    /listens on (\S+)\n[\s\S]*Ctrl\+C/.exec(server.stderr())
  )
  return { ...server, url }
}

/** Runs the line as somebody does who pastes it into a shell. */
export async function paste(line: string, env: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { env: { PATH, HOME, ...env } })
  return JSON.parse(stdout)
}

/** The first line of a text that is a command to paste. */
export const curlIn = (text: string) => /^ +(curl .*)$/m.exec(text)?.[1] ?? 'no curl line'
