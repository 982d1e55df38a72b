import t from 'tap'
import { graceMs } from '../../src/compose.js'
import {
  aSecret,
  compose,
  imageEnv,
  instruction,
  knownVariables,
  pod,
  read,
  render,
  settingsIn,
  withDefaults
} from './files.js'

const server = compose.services['mcp-server']
const services = Object.entries(compose.services)

t.test('compose.yaml has the server, an Odoo 18 and its database, in one network', async t => {
  t.strictSame(Object.keys(compose.services), ['mcp-server', 'odoo', 'db'])
  t.equal(compose.services.odoo.image, 'odoo:18')
  t.match(compose.services.db.image, /^postgres:\d+$/)
  t.strictSame(Object.keys(compose.networks), ['odoo-network'])
  for (const [name, { networks }] of services) t.strictSame(networks, ['odoo-network'], name)
})

t.test('the server starts with what compose.yaml gives it, on the port that is published', async t => {
  const env = Object.fromEntries(Object.entries(server.environment).map(([name, value]) => [name, withDefaults(value)]))
  const files = Object.fromEntries(server.secrets.map(name => [`/run/secrets/${name}`, aSecret]))
  const config = settingsIn(env, files)
  t.match(config, {
    listen: { host: '0.0.0.0', port: 8000 },
    odoo: { url: 'http://odoo:8069', database: 'odoo', username: 'admin', secret: aSecret },
    accessKeys: [{ secret: aSecret }]
  })
  t.throws(() => settingsIn(env), /_FILE: the file .* cannot be read/, 'control: it does read the secrets')
  t.throws(() => settingsIn({ ...env, MCP_API_KEY_FILE: '' }, files), /no access key is set/, 'control: it needs a key')
  t.strictSame(server.ports, ['127.0.0.1:8000:8000'])
  t.equal(instruction('EXPOSE'), imageEnv.PORT)
})

t.test('every variable of the server is a setting, and every secret comes from a file', async t => {
  for (const variable of Object.keys(server.environment)) {
    t.ok(knownVariables.has(variable), variable)
    t.notOk(knownVariables.get(variable), `${variable} holds no secret in plain text`)
  }
  // Those that the images of Odoo and PostgreSQL document.
  t.strictSame(Object.keys(compose.services.odoo.environment), ['HOST', 'USER', 'PASSWORD_FILE'])
  t.strictSame(Object.keys(compose.services.db.environment), ['POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD_FILE'])
  for (const [name, { environment, secrets }] of services) {
    const named = Object.values(environment).flatMap(value => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? [])
    t.strictSame(named.sort(), [...secrets].sort(), `${name} reads the secrets that it is given`)
    for (const secret of secrets) t.equal(compose.secrets[secret]?.file, `./secrets/${secret}`)
  }
})

t.test('the health checks of compose.yaml and of the image ask the same', async t => {
  const { test, ...times } = server.healthcheck
  t.match(times, { interval: '30s', timeout: '10s', retries: 3 })
  t.match(instruction('HEALTHCHECK'), /^--interval=30s --timeout=10s --retries=3 /)
  t.equal(test.at(-1), `http://127.0.0.1:${imageEnv.PORT}/health`)
  t.match(instruction('HEALTHCHECK'), 'curl -fsS -o /dev/null --max-time 9 "http://127.0.0.1:$PORT/health"')
  t.strictSame(test.slice(0, 2), ['CMD', 'curl'])
})

t.test('every file gives the server the time that it takes at most to stop', async t => {
  // Past twice the grace it ends itself.
  const needed = (2 * graceMs) / 1000
  t.ok(Number.parseInt(server.stop_grace_period as string, 10) > needed)
  t.ok(pod.terminationGracePeriodSeconds > needed)
  t.ok((render.services[0]?.maxShutdownDelaySeconds ?? 0) > needed)
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(read('docs/deployment.md')) ?? []
  t.ok(Number(seconds) > needed)
})

t.test('Prometheus finds the server by its labels', async t => {
  t.strictSame(server.labels, {
    'prometheus.enable': 'true',
    'prometheus.port': imageEnv.PORT,
    'prometheus.path': '/metrics'
  })
})

t.test('the server is held in: nothing to write but logs, no rights, no more memory than it needs', async t => {
  t.equal(server.read_only, true)
  t.strictSame(server.tmpfs, ['/tmp'])
  t.strictSame(server.cap_drop, ['ALL'])
  t.strictSame(server.volumes, ['./config:/app/config:ro', './logs:/app/logs'])
  t.match(compose.services.odoo.volumes, ['odoo-data:/var/lib/odoo'])
  for (const [name, { security_opt, deploy }] of services) {
    t.strictSame(security_opt, ['no-new-privileges:true'], name)
    t.match(deploy.resources.limits.memory, /^\d+[MG]$/, name)
  }
  for (const [name, { volumes }] of services)
    for (const volume of volumes.filter(text => !text.startsWith('.')))
      t.ok(Object.hasOwn(compose.volumes, volume.split(':')[0] as string), `${name}: ${volume}`)
})
