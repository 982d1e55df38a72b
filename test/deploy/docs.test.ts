import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { commands } from '../../src/commands/help.js'
import { defaultLimits } from '../../src/http/limits.js'
import { aSecret, compose, knownVariables, read, settingsIn } from './files.js'

const page = read('docs/deployment.md')

/** The examples of one language, in order. */
const examples = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text as string)

const [unit = ''] = examples('ini')
const credentials = [...unit.matchAll(/^LoadCredential=([\w.]+):\/etc\/odoo-mcp\/\1$/gm)].map(
  ([, name]) => name as string
)

t.test('every variable that docs/deployment.md sets is a setting', async t => {
  const lines = [...examples('sh'), unit].join('\n')
  const set = [...lines.matchAll(/(?:^|[\s=])([A-Z][A-Z_]{3,})=/gm)].map(([, name]) => name as string)
  t.ok(set.includes('ODOO_URL') && set.includes('TRUST_PROXY') && set.includes('CONFIG_FILE'))
  for (const name of set) t.ok(knownVariables.has(name), name)
})

t.test('every command of odoo-mcp in it exists', async t => {
  const called = [...page.matchAll(/(?:odoo-mcp|ExecStart=\S+ odoo-mcp) (serve|stdio|doctor|config)\b/g)]
  t.ok(called.length > 3)
  for (const [, command = ''] of called) t.ok(Object.hasOwn(commands, command), command)
})

t.test('the server starts with what the unit for systemd gives it', async t => {
  const [, text = ''] = /^Environment=(.*)$/m.exec(unit) ?? []
  const env = Object.fromEntries(text.split(' ').map(pair => pair.replaceAll('%d', '/cred').split('=')))
  const config = examples('yaml').find(example => example.includes('/etc/odoo-mcp/config.yaml')) as string
  const contents = (name: string) => (name === 'config.yaml' ? config : aSecret)
  const files = Object.fromEntries(credentials.map(name => [`/cred/${name}`, contents(name)]))
  t.equal(Object.keys(files).length, 3)
  t.match(settingsIn({ ...env, HOST: '' }, files), {
    listen: { host: '127.0.0.1', port: 8000, loopback: true },
    odoo: { url: 'https://erp.example.com', secret: aSecret },
    accessKeys: [{ secret: aSecret }]
  })
})

t.test('the proxies in it stream, and take bodies as large as the server does', async t => {
  const [nginx = ''] = examples('nginx')
  t.match(nginx, 'proxy_buffering off;')
  t.match(nginx, `client_max_body_size ${defaultLimits.bodyBytes / 1024 / 1024}m;`)
  t.match(nginx, 'X-Forwarded-For $proxy_add_x_forwarded_for;')
  t.match(examples('caddyfile')[0], 'flush_interval -1')
})

t.test('its examples in YAML are YAML, and name what compose.yaml has', async t => {
  const [prometheus, ...others] = examples('yaml').map(text => parse(text))
  const [target] = prometheus.scrape_configs[0].static_configs[0].targets
  t.equal(target, `mcp-server:${compose.services['mcp-server'].labels?.['prometheus.port']}`)
  t.equal(others.length, 2)
  for (const name of Object.keys(compose.secrets)) t.match(page, `secrets/${name}`)
})

t.test('its links lead somewhere', async t => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, text]) => text?.toLowerCase().replaceAll(' ', '-'))
  const links = [...page.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link as string)
  for (const link of links) {
    if (link.startsWith('#')) t.ok(headings.includes(link.slice(1)), link)
    else t.ok(existsSync(fileURLToPath(new URL(`../../docs/${link}`, import.meta.url))), link)
  }
})
