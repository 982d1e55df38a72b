import { serveMcpStdio } from '../../src/mcp/stdio.js'
import { FakeGateway } from './fake-gateway.js'

// The process that a stdio test starts. Its log goes to stderr, as any server's must.
const gateway = new FakeGateway()
const toStderr = (_fields: object, message: string) => void process.stderr.write(`${message}\n`)
const log = { debug: toStderr, info: toStderr, warn: toStderr, error: toStderr }

await serveMcpStdio({ gateway, log, version: '0.0.0', maxResultBytes: 100_000 }).closed
toStderr({}, `released ${gateway.released.length}`)
