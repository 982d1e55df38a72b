import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { addCanary, assertNoCanary } from '../contract/canary.js'
import { until } from '../contract/until.js'
import { keepLog, keepSecret } from '../evidence.js'
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

/** Starts `odoo-mcp`, unless said in a folder without settings, with nothing of our own environment but PATH and HOME. */
export function start(args: string[], env: Record<string, string> = {}, cwd = tmpdir()): Started {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: { PATH, HOME, ...env } })
  let stdout = ''
  let stderr = ''
  for (const secret of secretsIn(args, env)) keepSecret(secret)
  // The embedded Odoo alone says how to log in to it.
  const keep = args[0] === 'sandbox' ? () => {} : keepLog()
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
  })
  child.stderr.on('data', chunk => {
    keep(String(chunk))
    stderr += String(chunk)
  })
  const ended = once(child, 'close').then(([code]) => {
    assertNoCanary('the output of a process', stdout + stderr)
    return { code: code as number | null, stdout, stderr }
  })
  return { child, stdout: () => stdout, stderr: () => stderr, ended }
}

/** What a process is given to keep to itself. */
function secretsIn(args: string[], env: Record<string, string>): string[] {
  const flags = args.flatMap(arg => /^--(?:password|api-key|access-keys|live-channel)=(.*)$/.exec(arg)?.[1] ?? [])
  const variables = ['ODOO_PASSWORD', 'ODOO_API_KEY', 'MCP_API_KEY', 'LIVE_CHANNEL'].flatMap(name => env[name] ?? [])
  // Several access keys, with their names.
  return [...flags, ...variables].flatMap(value => value.split(',')).map(value => value.replace(/^[\w-]+=/, ''))
}

/** Runs `odoo-mcp` to its end; its stdin is empty. */
export function run(args: string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const { child, ended } = start(args, env, cwd)
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
