import { readFileSync } from 'node:fs'
import t from 'tap'
import { flagOf, settingNames, variablesOf } from '../../src/config/settings.js'

const doc = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  [...doc.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text as string)

interface Server {
  type?: string
  command?: string
  args?: string[]
  env?: Record<string, string>
  url?: string
  serverUrl?: string
  headers?: Record<string, string>
}

const variables = new Set(settingNames.flatMap(variablesOf))
const flags = new Set(settingNames.map(flagOf))

/** What is wrong with how a snippet starts or reaches the server. */
function mistakes({ type, command, args = [], env = {}, url, serverUrl, headers = {} }: Server): string[] {
  const address = url ?? serverUrl
  if (command !== undefined) {
    const [yes, name, mode, ...rest] = args
    return [
      ...(command === 'npx' && yes === '-y' && name === 'odoo-mcp' && mode === 'stdio' ? [] : [`command ${command}`]),
      ...rest.filter(arg => !flags.has(arg.replace(/=.*/, ''))).map(arg => `flag ${arg}`),
      ...Object.keys(env)
        .filter(name => !variables.has(name))
        .map(name => `variable ${name}`),
      ...(type === undefined || type === 'stdio' ? [] : [`type ${type}`])
    ]
  }
  return [
    ...(address !== undefined && /^https:\/\/[^/]+\/mcp$/.test(address) ? [] : [`address ${address}`]),
    ...(/^Bearer \$\{[\w:-]+\}$/.test(headers.Authorization ?? '') ? [] : ['no access key']),
    ...(type === undefined || type === 'http' ? [] : [`type ${type}`])
  ]
}

t.test('every configuration of a client parses, and starts or reaches this server', async t => {
  const snippets = blocks('json').map(text => JSON.parse(text) as Record<string, unknown>)
  t.equal(snippets.length, 6)
  for (const [index, snippet] of snippets.entries()) {
    const servers = (snippet.mcpServers ?? snippet.servers) as Record<string, Server>
    t.strictSame(Object.keys(servers), ['odoo'])
    t.strictSame(mistakes(servers.odoo as Server), [], `snippet ${index + 1}`)
    const asked = [...JSON.stringify(servers).matchAll(/\$\{input:([\w-]+)\}/g)].map(([, id]) => id)
    const inputs = ((snippet.inputs as { id: string }[] | undefined) ?? []).map(({ id }) => id)
    t.strictSame(inputs, asked, 'what is asked for is used')
  }
  t.strictSame(mistakes({ command: 'npx', args: ['-y', 'odoo-mcp'], env: { ODOO_PASWORD: '' } }), [
    'command npx',
    'variable ODOO_PASWORD'
  ])
})

t.test('every command line names what exists', async t => {
  const lines = blocks('sh')
  t.equal(lines.length, 2)
  for (const line of lines) {
    for (const [, name = ''] of line.matchAll(/--env (\w+)=/g)) t.ok(variables.has(name), name)
    t.notMatch(line, /--env \S+[\s\\]+(?!--)\w/, 'an --env takes the name right behind it for a variable')
    for (const [, name = ''] of line.matchAll(/\$(\w+)/g)) t.ok(variables.has(name), name)
    t.match(line, /-- npx -y odoo-mcp stdio\n$|https:\/\/mcp\.example\.com\/mcp --header "Authorization: Bearer /)
  }
  for (const toml of blocks('toml')) {
    t.ok(variables.has(/bearer_token_env_var = "(\w+)"/.exec(toml)?.[1] ?? ''))
  }
})
