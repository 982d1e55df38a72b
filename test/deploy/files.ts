import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import { type Config, loadConfig } from '../../src/config/config.js'
import { type SettingName, settings, variablesOf } from '../../src/config/settings.js'

/** The text of a file, by its path from the root of the repository. */
export const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

export interface Health {
  test: string[]
  interval: string
  timeout: string
  retries: number
}

/** A service of compose.yaml, as far as tests look at it. */
export interface Service {
  image: string
  build?: string
  ports?: string[]
  environment: Record<string, string>
  secrets: string[]
  volumes: string[]
  networks: string[]
  healthcheck: Health
  labels?: Record<string, string>
  read_only?: boolean
  tmpfs?: string[]
  cap_drop?: string[]
  security_opt: string[]
  stop_grace_period?: string
  deploy: { resources: { limits: { memory: string } } }
}

export const compose = parse(read('compose.yaml')) as {
  services: Record<'mcp-server' | 'odoo' | 'db', Service>
  networks: Record<string, unknown>
  volumes: Record<string, unknown>
  secrets: Record<string, { file: string }>
}

export const render = parse(read('render.yaml')) as {
  services: {
    type: string
    runtime: string
    dockerfilePath: string
    numInstances: number
    healthCheckPath: string
    maxShutdownDelaySeconds: number
    envVars: { key: string; value?: string; generateValue?: boolean; sync?: boolean }[]
  }[]
}

interface Probe {
  httpGet: { path: string; port: string }
}

export interface Container {
  args: string[]
  env: { name: string; value: string }[]
  ports: { name: string; containerPort: number }[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  securityContext: object
  volumeMounts: { name: string; mountPath: string }[]
}

interface Pod {
  securityContext: { runAsUser: number; runAsGroup: number }
  containers: [Container]
  volumes: { name: string }[]
  terminationGracePeriodSeconds: number
}

interface KubernetesObject {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  spec?: object
}

export const kubernetes = parseAllDocuments(read('deploy/kubernetes.yaml')).map(
  document => document.toJS() as KubernetesObject
)

const deployment = kubernetes.find(({ kind }) => kind === 'Deployment') as { spec: { template: { spec: Pod } } }

export const pod = deployment.spec.template.spec

/** The instructions of the Dockerfile's last stage, in order; lines that go on are joined. */
export const dockerfile = read('Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter(line => line.trim() !== '')
  .map(line => /^(\S+)\s+(.*)$/.exec(line) as unknown as [string, string, string])
  .map(([, instruction, rest]) => ({ instruction, rest }))

const lastStage = dockerfile.slice(dockerfile.findLastIndex(({ instruction }) => instruction === 'FROM'))

/** What an instruction of the image says. Throws when it is not there. */
export function instruction(name: string): string {
  const found = lastStage.find(({ instruction }) => instruction === name)
  if (found === undefined) throw new Error(`the Dockerfile has no ${name}`)
  return found.rest
}

/** The variables that the image sets. */
export const imageEnv = Object.fromEntries(
  instruction('ENV')
    .split(/\s+/)
    .map(pair => pair.split('=') as [string, string])
)

/** Every variable that this server reads as a setting, and whether it holds a secret in plain text. */
export const knownVariables = new Map(
  (Object.keys(settings) as SettingName[]).flatMap(name =>
    variablesOf(name).map(variable => {
      const { kind } = settings[name]
      return [variable, (kind === 'secret' || kind === 'secrets') && !variable.endsWith('_FILE')] as const
    })
  )
)

/** What compose makes of `${NAME:-default}` where NAME is not set. */
export const withDefaults = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')

export const aSecret = 'a-secret-of-more-than-thirty-two-characters'

/** The settings of a server started in the image with these variables and files besides. Throws when it would not start. */
export function settingsIn(env: Record<string, string>, files: Record<string, string> = {}): Config {
  return loadConfig('http', {
    flags: {},
    env: { ...imageEnv, ...env },
    readFile(path) {
      const text = files[path.replace(/^\.\//, '')]
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return text
    }
  })
}
