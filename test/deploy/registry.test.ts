import t from 'tap'
import { commands } from '../../src/commands/help.js'
import { instruction, knownVariables, read } from './files.js'

interface Variable {
  name: string
  description: string
  isSecret?: boolean
}

const server = JSON.parse(read('server.json')) as {
  $schema: string
  name: string
  description: string
  version: string
  packages: {
    registryType: string
    identifier: string
    version: string
    transport: { type: string }
    packageArguments: { type: string; value: string }[]
    environmentVariables: Variable[]
  }[]
}
const own = JSON.parse(read('package.json')) as { name: string; version: string; mcpName: string }
const [entry, ...others] = server.packages

t.test('server.json names the npm package and its version, and both name the server alike', async t => {
  t.strictSame(others, [])
  t.match(entry, { registryType: 'npm', identifier: own.name, version: own.version })
  t.equal(server.version, own.version)
  // The registry compares them: only who publishes the package may publish the entry.
  t.equal(own.mcpName, server.name)
  t.match(instruction('LABEL'), `io.modelcontextprotocol.server.name="${server.name}"`)
})

t.test('server.json keeps to the limits of the registry', async t => {
  t.match(
    server.$schema,
    /^https:\/\/static\.modelcontextprotocol\.io\/schemas\/\d{4}-\d\d-\d\d\/server\.schema\.json$/
  )
  t.match(server.name, /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
  t.ok(server.description.length <= 100, `${server.description.length} characters`)
  t.notMatch(server.version, /[\^~*x<>=]/)
})

t.test('what server.json starts is a command, and its variables are settings; secrets are marked', async t => {
  t.match(entry, { transport: { type: 'stdio' }, packageArguments: [{ type: 'positional', value: 'stdio' }] })
  t.ok(Object.hasOwn(commands, 'stdio'))
  for (const { name, isSecret = false } of entry?.environmentVariables ?? []) {
    t.ok(knownVariables.has(name), name)
    t.equal(isSecret, knownVariables.get(name), name)
  }
})
