import { serveMcpStdio } from '../../src/mcp/stdio.js'
import { FakeGateway } from './fake-gateway.js'

// The process that stdio tests start. stderr is ours to write to; what becomes of the calls is reported there.
const gateway = new FakeGateway()
const report = (_fields: object, message: string) => void process.stderr.write(`${message}\n`)
const log = { debug: () => {}, info: report, warn: report, error: report }

const { closed } = serveMcpStdio({ gateway, log, version: '0.0.0' })
gateway.until(({ calls }) => calls.some(call => call.tool === 'odoo_wait')).then(() => report({}, 'waiting'))
gateway.until(({ aborted }) => aborted.length > 0).then(() => report({}, 'aborted'))
closed.then(() => report({}, `released ${gateway.released.length}`))
