import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bareNode } from '../bare-node.js'

export const revisions = ['2025-11-25', '2026-07-28'] as const

/** Scenarios that the runner runs without letting them fail the run, and that need no fixture: we do let them. */
const alsoRequired = {
  '2025-11-25': ['server-session-lifecycle'],
  '2026-07-28': ['http-header-validation']
}

export interface ConformanceReport {
  /** 0 when every scenario passed but exactly those that the list of expected failures names. */
  code: number | null
  /** All that the runner printed. */
  output: string
  passed: string[]
  failed: string[]
  /** Generic scenarios that the runner does not score and that did not pass. */
  missed: string[]
}

/**
 * Runs the official runner's frozen requirements of one revision against a server. Which failures of the product are
 * expected, and why, is written in `conformance-<revision>.yml`; the runner also fails when a listed scenario passes.
 * Of the fixture, which has what the runner looks for, no failure is.
 */
export async function runConformance(
  url: URL,
  revision: (typeof revisions)[number],
  which: 'product' | 'fixture' = 'product'
): Promise<ConformanceReport> {
  const expected = fileURLToPath(new URL(`conformance-${revision}.yml`, import.meta.url))
  const options = ['--url', url.href, '--requirements', revision]
  if (which === 'product') options.push('--expected-failures', expected)
  // The runner leaves its results in the working directory.
  const cwd = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const { code, output } = await run([...nodeOptions(), runnerPath(), 'server', ...options], cwd)
    const { passed, failed } = summary(output)
    return { code, output, passed, failed, missed: alsoRequired[revision].filter(name => !passed.includes(name)) }
  } finally {
    await rm(cwd, { recursive: true })
  }
}

function runnerPath(): string {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')
  return join(dirname(manifest), 'dist', 'index.js')
}

/** The runner imports `globSync`, which Node has from 22 on; it does not call it for what we run. */
function nodeOptions(): string[] {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 22 ? [] : ['--import', new URL('conformance-on-node-20.mjs', import.meta.url).href]
}

function run(args: string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const bare = bareNode(args)
    const child = spawn(bare.command, bare.args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
  })
}

/** The runner's own summary: a line such as `✓ ping: 1 passed, 0 failed` for every scenario. */
function summary(output: string): Pick<ConformanceReport, 'passed' | 'failed'> {
  const lines = [...output.matchAll(/^([✓✗]) ([\w/-]+): /gm)]
  const marked = (mark: string) => lines.filter(line => line[1] === mark).map(line => line[2] ?? '')
  return { passed: marked('✓'), failed: marked('✗') }
}
