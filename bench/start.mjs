// Cold start of `odoo-mcp stdio` to its first tools/list answer, beside `node -e 0`, in turns. Usage: node bench/start.mjs [runs]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { compare } from './compare.mjs'

const runs = Number(process.argv[2] ?? 15)
const messages = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } }
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' }
]

let bytes = 0

async function firstList() {
  const child = spawn(process.execPath, ['dist/cli.js', 'stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
  for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  for await (const line of createInterface({ input: child.stdout })) {
    if (JSON.parse(line).id !== 2) continue
    bytes = Buffer.byteLength(line)
    break
  }
  const answered = performance.now()
  child.stdin.end()
  await once(child, 'exit')
  return answered
}

async function nothing() {
  await once(spawn(process.execPath, ['-e', '0']), 'exit')
  return performance.now()
}

await compare('start', runs, { 'stdio to tools/list': firstList, 'node -e 0': nothing })
process.stdout.write(`The tools/list answer has ${bytes} bytes.\n`)
