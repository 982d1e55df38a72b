import { execFile } from 'node:child_process'
import { accessSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'

/** What an image says about the containers that are made of it. */
export interface ImageConfig {
  Entrypoint: string[]
  Cmd: string[]
  Env: string[]
  User: string
  WorkingDir: string
  StopSignal: string
  Labels: Record<string, string>
  ExposedPorts: Record<string, object>
  Healthcheck: { Test: [string, string]; Interval: number; Timeout: number; Retries: number }
}

export interface Image {
  config: ImageConfig
  /** Its files, mounted for as long as the test runs. */
  rootfs: string
  /** As buildah tells them, such as `281 MB`. */
  size: string
  baseSize: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const base = 'localhost/odoo-mcp-base:24'
const tools = ['buildah', 'crun', 'debootstrap', 'ip', 'unshare']

/** Why no image can be built and run here; undefined where it can. */
export function cannotBuild(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'BUILDING AN IMAGE NEEDS root ON Linux'
  const missing = tools.filter(tool => !isInstalled(tool))
  return missing.length === 0 ? undefined : `BUILDING AN IMAGE NEEDS ${missing.join(', ')} (Debian's packages)`
}

function isInstalled(tool: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some(folder => {
    try {
      accessSync(join(folder, tool))
      return true
    } catch {
      return false
    }
  })
}

/**
 * Builds the Dockerfile from this checkout, on ODOO_MCP_TEST_BASE_IMAGE or a base made of Debian's packages, which is
 * kept in ODOO_MCP_TEST_IMAGES (/var/tmp/odoo-mcp-images).
 */
export async function buildImage(t: Test): Promise<Image> {
  const driver = /\boverlay\b/.test(readFileSync('/proc/filesystems', 'utf8')) ? 'overlay' : 'vfs'
  const store = join(process.env.ODOO_MCP_TEST_IMAGES || '/var/tmp/odoo-mcp-images', driver)
  const storage = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', driver]
  // Of the ways to keep a build apart, the one that needs no rights over cgroups.
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' }
  const run = async (command: string, ...args: string[]) =>
    (await promisify(execFile)(command, args, { env, cwd: root, maxBuffer: 1e8 })).stdout.trim()
  const buildah = (...args: string[]) => run('buildah', ...storage, ...args)

  let from = process.env.ODOO_MCP_TEST_BASE_IMAGE
  if (!from) {
    from = base
    await run('bash', join(root, 'test/deploy/base.sh'), base, 'buildah', ...storage)
  }
  const image = `localhost/odoo-mcp-test:${process.pid}`
  const cache = `${join(homedir(), '.npm')}:/root/.npm`
  // HEALTHCHECK is Docker's: images in the format of OCI have none.
  await buildah('bud', '--format=docker', `--build-arg=BASE=${from}`, `--volume=${cache}`, `--tag=${image}`, '.')
  t.teardown(() => buildah('rmi', image))
  const container = await buildah('from', image)
  t.teardown(() => buildah('rm', container))
  const sizes = JSON.parse(await buildah('images', '--json')) as { names: string[] | null; size: string }[]
  const sizeOf = (name: string) => sizes.find(({ names }) => names?.includes(name))?.size ?? 'unknown'
  const { Docker } = JSON.parse(await buildah('inspect', '--type=image', image))
  return {
    config: Docker.config,
    rootfs: await buildah('mount', container),
    size: sizeOf(image),
    baseSize: sizeOf(from)
  }
}

/** A folder that is gone after the test. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'odoo-mcp-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
