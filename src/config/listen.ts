import { isIP } from 'node:net'
import type { Setting } from './setting.js'
import type { Values } from './values.js'

export const listenSettings = {
  config_file: {
    kind: 'text',
    flag: 'config',
    never: 'yaml',
    description: 'YAML file with settings; default: `config.yaml`, else `config/config.yaml`, where one is'
  },
  connection_type: {
    kind: ['stdio', 'http', 'sse'],
    default: 'stdio',
    description: 'What `odoo-mcp` does without a command; `sse` means `http` on port 8080'
  },
  host: {
    kind: 'text',
    default: '127.0.0.1',
    description: 'Address to listen on; beyond loopback an access key is required'
  },
  port: {
    kind: 'integer',
    default: '8000',
    minimum: 0,
    maximum: 65535,
    description: 'Port to listen on; 0 takes a free one'
  },
  docs: { kind: 'boolean', default: 'true', description: 'Serve `/docs` and `/openapi.json`' },
  metrics: { kind: 'boolean', default: 'true', description: 'Serve `/metrics` for Prometheus' }
} as const satisfies Record<string, Setting>

/** What a process is started for; some defaults depend on it. */
export type Surface = 'http' | 'stdio'

export interface Listen {
  surface: Surface
  listen: { host: string; port: number; loopback: boolean }
  /** Names that this server answers to without being told. */
  ownHosts: readonly string[]
  docs: boolean
  metrics: boolean
}

/**
 * @param surface what the command asks for; undefined lets `connection_type` decide
 * @param platformHost the name that a hosting platform has given to this server
 */
export function listen(values: Values, surface: Surface | undefined, platformHost: string | undefined): Listen {
  const type = values.word<'stdio' | 'http' | 'sse'>('connection_type')
  if (type === 'sse') values.otherwise('port', '8080')
  const host = values.text('host') ?? ''
  if (!isHost(host)) values.report('host', 'expected a host name or an address without a port, such as 127.0.0.1')
  return {
    surface: surface ?? (type === 'stdio' ? 'stdio' : 'http'),
    listen: { host, port: values.integer('port'), loopback: isLoopback(host) },
    ownHosts: [...new Set(['localhost', '127.0.0.1', '::1', host, ...(platformHost ? [platformHost] : [])])],
    docs: values.boolean('docs'),
    metrics: values.boolean('metrics')
  }
}

function isHost(text: string): boolean {
  return isIP(text.replace(/%\w+$/, '')) !== 0 || /^[a-z\d]([\w.-]*[a-z\d])?$/i.test(text)
}

/** Names that stay on this machine. Anything else is reached from outside, or could be. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
