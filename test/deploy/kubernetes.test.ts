import t from 'tap'
import { commands } from '../../src/commands/help.js'
import { aSecret, imageEnv, instruction, knownVariables, kubernetes, pod, settingsIn } from './files.js'

const [container] = pod.containers
const named = (kind: string) => kubernetes.find(one => one.kind === kind)

t.test('deploy/kubernetes.yaml has a ConfigMap, one pod at a time, and a Service for it', async t => {
  t.strictSame(
    kubernetes.map(({ kind }) => kind),
    ['ConfigMap', 'Deployment', 'Service']
  )
  const labels = { 'app.kubernetes.io/name': 'odoo-mcp' }
  t.match(named('Deployment')?.spec, {
    replicas: 1,
    strategy: { type: 'Recreate' },
    selector: { matchLabels: labels },
    template: { metadata: { labels } }
  })
  t.match(named('Service')?.spec, { selector: labels, ports: [{ port: 8000, targetPort: 'http' }] })
})

t.test('the server starts with the variables and files that its pod has', async t => {
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
  const secrets = Object.fromEntries(Object.values(env).map(path => [path, aSecret]))
  const yaml = named('ConfigMap')?.data?.['config.yaml'] as string
  const config = settingsIn(env, { ...secrets, 'config/config.yaml': yaml })
  t.match(config, {
    listen: { host: '0.0.0.0', port: container.ports[0]?.containerPort },
    odoo: { url: 'https://erp.example.com', database: 'prod', username: 'ada@example.com', secret: aSecret },
    accessKeys: [{ secret: aSecret }],
    trustProxyHops: 1
  })
  t.throws(() => settingsIn(env, secrets), /odoo_url/, 'control: it does read the ConfigMap')
  for (const variable of Object.keys(env)) {
    t.ok(knownVariables.has(variable), variable)
    t.notOk(knownVariables.get(variable), `${variable} holds no secret in plain text`)
  }
})

t.test('ports, commands, users and folders are those of the image', async t => {
  t.match(container.ports, [{ name: 'http', containerPort: Number(imageEnv.PORT) }])
  t.ok(Object.hasOwn(commands, container.args[0] as string))
  const { runAsUser, runAsGroup } = pod.securityContext
  t.equal(instruction('USER'), `${runAsUser}:${runAsGroup}`)
  t.ok(runAsUser > 0)
  t.equal(instruction('WORKDIR'), '/app')
  const mounts = Object.fromEntries(container.volumeMounts.map(({ name, mountPath }) => [name, mountPath]))
  t.match(mounts, { config: '/app/config', tmp: '/tmp' })
  t.strictSame(Object.keys(mounts).sort(), pod.volumes.map(({ name }) => name).sort())
  for (const { value } of container.env) t.ok(value.startsWith(`${mounts.secrets}/`), value)
})

t.test('liveness asks /health, which Odoo cannot fail; readiness asks /ready', async t => {
  const { livenessProbe, readinessProbe, startupProbe } = container
  t.match(livenessProbe, { httpGet: { path: '/health', port: 'http' } })
  t.match(readinessProbe, { httpGet: { path: '/ready', port: 'http' } })
  t.match(startupProbe, { httpGet: { path: '/ready', port: 'http' } })
})

t.test('the pod is held in', async t => {
  t.match(pod, {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }
  })
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] }
  })
})
