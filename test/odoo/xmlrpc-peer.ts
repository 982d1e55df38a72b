import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Json } from '../../src/core/json.js'

/** What Python's xmlrpc.client makes of a document. */
export interface Read {
  params?: Json[]
  method?: string
  error?: [string, string]
}

export interface Peer {
  /** Reads a call. */
  loads(document: string): Promise<Read>
  /** Writes a reply as Odoo does: without None. */
  dumps(value: Json): Promise<string>
}

/** Python's xmlrpc.client in a process of its own: what Odoo reads and writes with. Ends with the test. */
export function python(t: Test): Peer {
  const script = fileURLToPath(new URL('xmlrpc_peer.py', import.meta.url))
  const process = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => process.kill())
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
  // One question at a time: the answers come in order.
  const ask = async (question: object) => {
    process.stdin.write(`${JSON.stringify(question)}\n`)
    const { value } = await lines.next()
    return JSON.parse(String(value))
  }
  return { loads: document => ask({ loads: document }), dumps: value => ask({ dumps: [value] }) }
}
