import type { Setting } from '../config/setting.js'
import { flagOf, settings } from '../config/settings.js'
import { version } from '../version.js'
import { configFlags } from './config-flags.js'
import { liveFlags } from './live-wish.js'
import { sandboxFlags } from './sandbox-flags.js'
import { serveFlags } from './serve-flags.js'

export const commands = {
  serve: 'REST and MCP over HTTP',
  stdio: 'MCP for one client on the standard streams',
  sandbox: 'an embedded Odoo with demo data alone, for trying and testing',
  config: 'show every setting and where it comes from; ask nobody anything',
  doctor: 'check the connection to Odoo, and say what is wrong',
  live: 'install, status or uninstall: rules by which Odoo itself tells of changes',
  openapi: 'write the OpenAPI document of the REST routes'
} as const

export type Command = keyof typeof commands

/** `odoo-mcp --help`. */
export function helpText(): string {
  return `odoo-mcp ${version}: Odoo for AI assistants and programs, over MCP and REST

Usage: odoo-mcp [command] [flags]

Commands:
${table(Object.entries(commands))}
  Without a command, --connection-type decides; it is stdio unless said.

Settings, by flag, environment (--odoo-url is ODOO_URL), file .env or YAML file (odoo_url):
${table(Object.entries(settings).map(([name, setting]) => [`--${flagOf(name)}`, describe(setting)]))}

In containers:
${table(Object.entries(serveFlags).map(([name, { description }]) => [`--${name}`, description]))}

The embedded Odoo:
${table(Object.entries(sandboxFlags).map(([name, { description }]) => [`--${name}`, description]))}

The command config:
${table(Object.entries(configFlags).map(([name, { description }]) => [`--${name}`, description]))}

Live updates:
${table(Object.entries(liveFlags).map(([name, { description }]) => [`--${name}`, description]))}

${table([
  ['--help', 'Show this text'],
  ['--version', 'Show the version']
])}

Examples:
  odoo-mcp serve --sandbox
  ODOO_URL=https://erp.example.com ODOO_DATABASE=prod ODOO_USERNAME=ada@example.com ODOO_API_KEY=… odoo-mcp doctor
  odoo-mcp serve --port 8000
  odoo-mcp live install --models res.partner,sale.order
`
}

function describe({ description, default: byDefault }: Setting): string {
  return description.replaceAll('`', '') + (byDefault === undefined ? '' : ` [${byDefault}]`)
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length), 28)
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n')
}
