/** How the text of a setting is read. Durations are seconds in the settings and milliseconds in the code. */
export type SettingKind =
  | 'text'
  | 'secret'
  | 'url'
  | 'boolean'
  | 'integer'
  | 'seconds'
  | 'bytes'
  | 'list'
  | 'secrets'
  | readonly string[]

export interface Setting {
  kind: SettingKind
  /** Environment variables besides the upper-case name, the stronger first. */
  variables?: readonly string[]
  /** As people write it. */
  default?: string
  minimum?: number
  description: string
}

/**
 * Every setting: the flag is `--` and the name in kebab-case, the environment variable the name in upper case. The
 * tables of `--help` and of the README come from here.
 */
export const settings = {
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
  port: { kind: 'integer', default: '8000', minimum: 0, description: 'Port to listen on; 0 takes a free one' },
  odoo_url: { kind: 'url', description: 'Address of the default Odoo, such as `https://erp.example.com`' },
  database: { kind: 'text', variables: ['ODOO_DATABASE', 'ODOO_DB'], description: 'Database of the default Odoo' },
  username: {
    kind: 'text',
    variables: ['ODOO_USERNAME', 'ODOO_USER'],
    description: 'Login name of the default user; not needed with an API key on Odoo 19'
  },
  uid: { kind: 'integer', minimum: 1, description: 'User id, in place of the login name (flag only: shells set UID)' },
  password: { kind: 'secret', variables: ['ODOO_PASSWORD'], description: 'Password of the default user' },
  api_key: {
    kind: 'secret',
    variables: ['ODOO_API_KEY'],
    description: 'API key of the default user, better than a password'
  },
  protocol: {
    kind: ['auto', 'json2', 'jsonrpc', 'xmlrpc'],
    variables: ['ODOO_PROTOCOL'],
    default: 'auto',
    description:
      'Wire to Odoo; `auto`: JSON-2 with an API key alone (Odoo 19), else JSON-RPC, or XML-RPC where that is closed'
  },
  odoo_timeout: {
    kind: 'seconds',
    default: '30',
    minimum: 1,
    description: 'Time a read may take, queueing and retries included'
  },
  write_timeout: { kind: 'seconds', default: '120', minimum: 1, description: 'Time a write may take' },
  connect_timeout: { kind: 'seconds', default: '5', minimum: 1, description: 'Time to connect to Odoo' },
  retries: {
    kind: 'integer',
    default: '3',
    minimum: 0,
    description: 'How often a read is tried again when Odoo cannot be reached'
  },
  max_concurrency: { kind: 'integer', default: '8', minimum: 1, description: 'Requests at a time per Odoo' },
  max_response_bytes: {
    kind: 'bytes',
    default: '67108864',
    minimum: 1024,
    description: 'Largest answer taken from Odoo'
  },
  ssl_verify: {
    kind: 'boolean',
    variables: ['ODOO_SSL_VERIFY'],
    default: 'true',
    description: 'Check the certificate of Odoo; false logs a warning at every start'
  },
  ca_file: { kind: 'text', description: 'PEM file of certificate authorities to trust besides the usual ones' },
  default_limit: {
    kind: 'integer',
    variables: ['ODOO_DEFAULT_LIMIT'],
    default: '100',
    minimum: 1,
    description: 'Records of a search that names no limit'
  },
  max_limit: { kind: 'integer', default: '1000', minimum: 1, description: 'Most records that one search may ask for' },
  max_result_bytes: {
    kind: 'bytes',
    default: '100000',
    minimum: 1000,
    description: 'Largest answer over MCP; a larger one is cut between records, and says so'
  },
  access_keys: {
    kind: 'secrets',
    variables: ['MCP_API_KEY'],
    description: 'Keys that let programs in, `name=secret` with 32 characters or more'
  },
  allow_connect: {
    kind: 'boolean',
    description: 'Whether callers may log in themselves; default: over HTTP, and on stdio without a default Odoo'
  },
  session_idle: { kind: 'seconds', default: '1800', minimum: 1, description: 'A session unused for so long ends' },
  session_max: {
    kind: 'seconds',
    default: '43200',
    minimum: 1,
    description: 'A session ends after so long in any case'
  },
  max_sessions: { kind: 'integer', default: '10000', minimum: 1, description: 'Sessions at a time' },
  max_sessions_per_principal: {
    kind: 'integer',
    default: '1000',
    minimum: 1,
    description: 'Sessions at a time per access key'
  },
  allowed_odoo_hosts: {
    kind: 'list',
    description: 'Hosts that callers may connect to; default: that of the default Odoo, without one on loopback any'
  },
  allowed_origins: { kind: 'list', description: 'Origins of web pages that may call, besides our own' },
  allowed_hosts: { kind: 'list', description: 'Host names that this server answers to, besides its own' },
  trust_proxy: { kind: 'integer', default: '0', minimum: 0, description: 'Number of proxies in front of this server' },
  read_only: { kind: 'boolean', default: 'false', description: 'Refuse everything that may change something in Odoo' },
  allowed_models: {
    kind: 'list',
    description: 'Models that may be used, such as `sale.*`; default: all but the denied'
  },
  denied_models: { kind: 'list', description: 'Models to deny besides the default ones; `!pattern` lifts a default' },
  denied_methods: { kind: 'list', description: 'Methods to deny besides the default ones; `!pattern` lifts a default' },
  sse_queue_maxsize: {
    kind: 'integer',
    default: '1000',
    minimum: 1,
    description: 'Updates that wait for a slow client of `/events`; those of one URI collapse to the newest'
  },
  max_streams_per_principal: {
    kind: 'integer',
    default: '100',
    minimum: 1,
    description: 'Streams of `/events` at a time per access key'
  },
  poll_interval: {
    kind: 'seconds',
    default: '2',
    minimum: 0.1,
    description: 'How often Odoo is asked for changes of what is subscribed; less often while nothing changes'
  },
  bus: {
    kind: ['auto', 'off'],
    default: 'auto',
    description: 'Whether to listen on the bus of Odoo, where `odoo-mcp live install` has been run; `off`: poll alone'
  },
  live_channel: {
    kind: 'secret',
    description: 'Channel of the bus that tells of changes, as `odoo-mcp live install` prints it'
  },
  live_models: {
    kind: 'list',
    description: 'Models whose changes it tells of, as `odoo-mcp live install` prints them'
  },
  bus_url: {
    kind: 'url',
    description: 'Where the bus of Odoo is reached, if not at odoo_url: the gevent or longpolling port'
  },
  metrics: { kind: 'boolean', default: 'true', description: 'Serve `/metrics` for Prometheus' },
  log_level: {
    kind: ['debug', 'info', 'warn', 'warning', 'error', 'critical', 'silent'],
    default: 'info',
    description: 'Least severe lines to log, on stderr'
  },
  log_format: { kind: ['json', 'pretty'], description: 'Default: pretty on a terminal, else json' },
  docs: { kind: 'boolean', default: 'true', description: 'Serve `/docs` and `/openapi.json`' }
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

/** The flag of a setting: `odoo_url` is `--odoo-url`. */
export function flagOf(name: string): string {
  return name.replaceAll('_', '-')
}

/** The environment variables of a setting, the stronger first. */
export function variablesOf(name: SettingName): string[] {
  const { kind, variables = [] } = settings[name] as Setting
  const names = [...variables, name.toUpperCase()]
  return kind === 'secret' || kind === 'secrets' ? names.flatMap(variable => [variable, `${variable}_FILE`]) : names
}
