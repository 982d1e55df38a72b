#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { endWhenNobodyReads } from './commands/broken-pipe.js'
import { configFlags } from './commands/config-flags.js'
import { endOnSignalsAsFirstProcess } from './commands/first-process.js'
import { type Command, commands, helpText } from './commands/help.js'
import { type LiveWish, liveFlags, liveWish } from './commands/live-wish.js'
import {
  connection,
  refuseConnection,
  refuseWithoutSandbox,
  sandboxFlags,
  sandboxWish,
  splitFlags
} from './commands/sandbox-flags.js'
import { serveFlags, splitServeFlags, withGeneratedKey } from './commands/serve-flags.js'
import { sourcesOf } from './commands/sources.js'
import { ConfigError, loadConfig, type Surface } from './config/config.js'
import { flagOf, settings } from './config/settings.js'
import type { Sources } from './config/sources.js'
import { nearest } from './core/nearest.js'
import type { Sandbox } from './sandbox/sandbox.js'
import { version } from './version.js'

/** Runs one command and gives the exit code: 0 done, 1 failed, 2 used wrongly. */
async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options, strict: false, allowPositionals: true })
  const { help, version: asked, ...flags } = values as Record<string, string | boolean | undefined>
  if (help || asked || positionals.some(word => printing.has(word))) endWhenNobodyReads()
  if (help) return print(helpText())
  if (asked) return print(`${version}\n`)
  // The word after an unknown flag is its value, and may be a secret: the settings name the flag, the real mistake.
  const isSpelt = Object.keys(flags).every(flag => Object.hasOwn(options, flag))
  const [command, ...more] = isSpelt ? positionals : fromCommand(positionals)
  if (command !== undefined && !isCommand(command)) return fail(unknownCommand(command))
  if (more.length > 0 && isSpelt && command !== 'live')
    return fail(
      `"${more.join(' ')}" is not understood; expected one command and flags, such as --read-only or --docs=false.`
    )
  // Each command loads only what it needs: an MCP client waits for `stdio` to start.
  if (command === 'openapi') {
    if (Object.keys(flags).length > 0) return fail('The command openapi takes no flags.')
    await (await import('./commands/openapi.js')).openapi()
    return 0
  }
  if (command === 'live') {
    const { models, ...others } = flags
    const sources = sourcesOf(others, Object.keys(liveFlags))
    // Throws, as above: what looks like an action may be the value of an unknown flag.
    if (!isSpelt) loadConfig('stdio', sources)
    return runLive(liveWish(more, models), sources)
  }
  if (command === 'config') {
    const { json, ...others } = flags
    const sources = sourcesOf(others, Object.keys(configFlags))
    return (await import('./commands/config.js')).showConfig(sources, json === true) ? 0 : 2
  }
  const { generateKey, rest: others } = splitServeFlags(flags, command)
  const { own, rest } = splitFlags(others)
  if (command === 'sandbox') {
    const { port, ...refused } = rest
    refuseSettings(Object.keys(refused))
    await (await import('./commands/sandbox.js')).sandbox(sandboxWish(own), port)
    return 0
  }
  const given = sourcesOf(rest, Object.keys({ ...sandboxFlags, ...serveFlags }))
  const { sources, secret } = generateKey ? withGeneratedKey(given) : { sources: given }
  if (own.sandbox !== true) {
    refuseWithoutSandbox(own)
    return runWith(command, sources, secret)
  }
  refuseConnection(rest)
  const { startSandbox } = await import('./sandbox/sandbox.js')
  const sandbox = await startSandbox(sandboxWish(own))
  try {
    return await runWith(command, onSandbox(sources, sandbox), secret)
  } finally {
    await sandbox.close()
  }
}

/** Runs a command with the settings of these sources, which may hold an access key made for this start. */
async function runWith(command: Command | undefined, sources: Sources, generated?: string): Promise<number> {
  const config = loadConfig(command === undefined ? undefined : surfaces[command], sources)
  if (command === 'doctor') return (await (await import('./commands/doctor.js')).doctor(config)) ? 0 : 1
  if (config.surface === 'http') await (await import('./commands/serve.js')).serve(config, generated)
  else await (await import('./commands/stdio.js')).stdio(config)
  return 0
}

/** Changes Odoo, not this server: no setting of the surfaces matters. */
async function runLive(wish: LiveWish, sources: Sources): Promise<number> {
  return (await (await import('./commands/live.js')).live(loadConfig('stdio', sources), wish)) ? 0 : 1
}

/** The same sources, with the embedded Odoo as the default connection instead of whatever else was set. */
function onSandbox(sources: Sources, { url, database, users }: Sandbox): Sources {
  const { username, apiKey } = users.admin
  return {
    ...sources,
    flags: { ...sources.flags, 'odoo-url': url, database, username, 'api-key': apiKey },
    flagsOnly: connection
  }
}

/** The embedded Odoo alone has no settings but its port. */
function refuseSettings(flags: string[]): void {
  if (flags.length === 0) return
  const known = ['port', ...Object.keys(sandboxFlags)].map(flag => `--${flag}`).join(', ')
  throw new ConfigError(flags.map(flag => `--${flag}: not a flag of the command sandbox; expected one of ${known}`))
}

/** Booleans may stand alone, `--read-only`; everything else takes a value. */
const options = {
  ...Object.fromEntries(
    Object.entries(settings).map(([name, { kind }]) => [
      flagOf(name),
      { type: kind === 'boolean' ? ('boolean' as const) : ('string' as const) }
    ])
  ),
  ...serveFlags,
  ...sandboxFlags,
  ...liveFlags,
  ...configFlags,
  help: { type: 'boolean' as const, short: 'h' },
  version: { type: 'boolean' as const, short: 'v' }
}

/** The doctor listens nowhere: what guards a listener is no matter of its own. */
const surfaces: Partial<Record<Command, Surface>> = { serve: 'http', stdio: 'stdio', doctor: 'stdio' }

/** These write to stdout and end. A server over stdio minds its reader itself. */
const printing: ReadonlySet<string> = new Set<Command>(['config', 'doctor', 'live', 'openapi'])

function fromCommand(words: string[]): string[] {
  const start = words.findIndex(isCommand)
  return start === -1 ? [] : words.slice(start)
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(commands, word)
}

function unknownCommand(command: string): string {
  const near = nearest(command, Object.keys(commands))
  return `"${command}" is not a command${near === undefined ? '.' : `; did you mean ${near}?`} odoo-mcp --help lists them.`
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

function fail(message: string, code = 2): number {
  process.stderr.write(`${message}\n`)
  return code
}

/** What Node says as `listen EADDRINUSE: address already in use 127.0.0.1:8000`, for people. */
function cannotListen(error: unknown): string | undefined {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${address} is in use: stop what listens there, or choose another with --port.`
  if (syscall === 'listen')
    return `Cannot listen on ${address} port ${port} (${code}): choose others with --host and --port.`
  if (syscall === 'getaddrinfo') return `The host to listen on is not known (${code}): choose another with --host.`
  return undefined
}

endOnSignalsAsFirstProcess()
main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code
  },
  (error: unknown) => {
    // The settings explain themselves, and so does an address that cannot be had; anything else that gets here is a bug.
    if (error instanceof ConfigError) process.exitCode = fail(error.message)
    else process.exitCode = fail(cannotListen(error) ?? String((error as Error).stack), 1)
  }
)
