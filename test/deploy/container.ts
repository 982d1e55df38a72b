import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { until } from '../contract/until.js'
import { type Image, temporaryFolder } from './image.js'

/** A network of a container's own. */
export interface Network {
  namespace: string
  /** The address that this host has in it, and that of the container. */
  host: string
  address: string
}

export interface ContainerOptions {
  /** Made where none is given. */
  network?: Network
  /** What stands after the name of the image in `docker run`: in place of its CMD. */
  args?: string[]
  /** In place of its ENTRYPOINT. */
  entrypoint?: string[]
  env?: Record<string, string>
  /** Folders and files of the host, by their path inside. */
  mounts?: Record<string, string>
}

export interface Container {
  network: Network
  stdout(): string
  stderr(): string
  stdin: NodeJS.WritableStream
  /** What the host calls its process 1. */
  pid(): Promise<number>
  /** Runs a command in it, and gives what that writes; rejects when it fails. */
  exec(...args: string[]): Promise<string>
  ended: Promise<number | null>
}

let made = 0

/**
 * Starts a container as `docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges` would, with
 * the variables, command, user and folder that the image names: process 1 of its own, in a network of its own.
 */
export async function startContainer(t: Test, image: Image, options: ContainerOptions = {}): Promise<Container> {
  const bundle = await temporaryFolder(t)
  const network = options.network ?? (await makeNetwork(t))
  const id = network.namespace
  await writeFile(join(bundle, 'config.json'), JSON.stringify(specOf(image, network.namespace, options)))
  const runtime = ['crun', '--root', join(bundle, 'state'), '--cgroup-manager=disabled']
  await mkdir(join(bundle, 'state'))
  const pidFile = join(bundle, 'pid')
  const child = spawn('unshare', unshared([...runtime, 'run', '--pid-file', pidFile, '--bundle', bundle, id]))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
  })
  child.stderr.on('data', chunk => {
    stderr += String(chunk)
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const pid = () =>
    until('the container has a process', async () => Number(await readFile(pidFile, 'utf8').catch(() => '0')))
  t.teardown(async () => {
    if (child.exitCode === null) process.kill(await pid(), 'SIGKILL')
    await ended
  })
  const exec = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('unshare', unshared([...runtime, 'exec', id, ...args]))
    return stdout
  }
  return { network, stdout: () => stdout, stderr: () => stderr, stdin: child.stdin, pid, exec, ended }
}

/** A runtime of containers refuses machines that have both versions of cgroups, and needs neither here. */
function unshared(command: string[]): string[] {
  return ['--mount', 'sh', '-c', 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"', 'sh', ...command]
}

/** A network for one container; it is gone after the test. */
export async function makeNetwork(t: Test): Promise<Network> {
  const namespace = `odoo-mcp-${process.pid}-${++made}`
  const ip = (...args: string[]) => promisify(execFile)('ip', args)
  // Interfaces have short names; a /30 of 10.231.0.0/16 for each container of each process.
  const number = (process.pid * 8 + made) % 16384
  const [host, address] = [1, 2].map(last => `10.231.${number >> 6}.${((number & 63) << 2) + last}`) as [string, string]
  const [outer, inner] = [`om${number}h`, `om${number}c`]
  await ip('netns', 'add', namespace)
  t.teardown(() => ip('netns', 'delete', namespace))
  await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace)
  await ip('address', 'add', `${host}/30`, 'dev', outer)
  await ip('link', 'set', outer, 'up')
  await ip('-n', namespace, 'address', 'add', `${address}/30`, 'dev', inner)
  for (const link of [inner, 'lo']) await ip('-n', namespace, 'link', 'set', link, 'up')
  return { namespace, host, address }
}

/** What the OCI runtime specification calls `config.json`. */
function specOf({ config, rootfs }: Image, network: string, options: ContainerOptions): object {
  const { args = config.Cmd, entrypoint = config.Entrypoint, env = {}, mounts = {} } = options
  const [uid, gid] = config.User.split(':').map(Number)
  const noRights = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] }
  const binds = Object.entries(mounts).map(([destination, source]) => ({
    destination,
    source,
    type: 'bind',
    options: ['rbind', 'rw']
  }))
  const mount = (destination: string, type: string, options: string[] = []) => ({
    destination,
    type,
    source: type,
    options: ['nosuid', ...options]
  })
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid, gid },
      args: [...entrypoint, ...args],
      env: [...config.Env, ...Object.entries(env).map(pair => pair.join('='))],
      cwd: config.WorkingDir,
      capabilities: noRights,
      noNewPrivileges: true
    },
    root: { path: rootfs, readonly: true },
    mounts: [
      mount('/proc', 'proc'),
      mount('/dev', 'tmpfs', ['mode=755']),
      mount('/tmp', 'tmpfs', ['mode=1777']),
      ...binds
    ],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount'].map(type => ({ type })),
        { type: 'network', path: `/var/run/netns/${network}` }
      ]
    }
  }
}
