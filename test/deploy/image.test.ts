import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { until } from '../contract/until.js'
import { type ContainerOptions, makeNetwork, type Network, startContainer } from './container.js'
import { buildImage, cannotBuild, type Image, temporaryFolder } from './image.js'

const odoo = await startSandbox()
t.teardown(() => odoo.close())

const obstacle = cannotBuild()
const required = process.env.CI_REQUIRE_ODOO === '1' && !process.env.GITHUB_ACTIONS

if (obstacle !== undefined) {
  if (required) t.fail(obstacle)
  else t.pass('the image', { skip: obstacle })
} else {
  await withImage(await buildImage(t))
}

async function withImage(image: Image) {
  t.comment(`image: ${image.size}, of which ${image.baseSize} are its base`)

  t.test('the image says what it is started as', async t => {
    t.match(image.config, {
      Entrypoint: ['node', '/app/dist/cli.js'],
      Cmd: ['serve', '--generate-access-key'],
      User: '1000:1000',
      WorkingDir: '/app',
      StopSignal: 'SIGTERM',
      ExposedPorts: { '8000/tcp': {} },
      Healthcheck: { Interval: 30e9, Timeout: 10e9, Retries: 3 }
    })
    const { mcpName } = JSON.parse(await readFile(join(image.rootfs, 'app/package.json'), 'utf8'))
    t.equal(image.config.Labels['io.modelcontextprotocol.server.name'], mcpName)
  })

  t.test('it holds the program and what that needs, and nothing of its making', async t => {
    const list = async (...args: string[]) =>
      (await promisify(execFile)('find', args, { cwd: join(image.rootfs, 'app') })).stdout.trim().split('\n').sort()
    const top = ['LICENSE', 'config', 'dist', 'logs', 'node_modules', 'package.json']
    t.strictSame(await list('.', '-mindepth', '1', '-maxdepth', '1', '-printf', '%f\n'), top)
    t.strictSame(await list('node_modules', '-maxdepth', '1', '-name', 'typescript'), [''])
    t.strictSame(await list('dist', '-not', '-name', '*.js', '-type', 'f'), [''])
    t.strictSame(await list('.', '(', '-user', '1000', '-o', '-perm', '-o+w', '!', '-type', 'l', ')'), ['./logs'])
  })

  t.test('docker run as the early server is documented answers from outside the container', async t => {
    const { container, ask } = await serving(t, image)
    t.match(await ask('/health'), { status: 'healthy' })
    t.match(await ask('/search', { model: 'res.partner', limit: 1 }), { code: 'auth_required' }, 'strangers stay out')
    const [, line = 'none'] = /^ +(curl .*)$/m.exec(container.stderr()) ?? []
    t.match(line, '//127.0.0.1:8000/')
    const { address } = container.network
    const { stdout } = await promisify(execFile)('sh', ['-c', line.replace('127.0.0.1', address)])
    t.match(JSON.parse(stdout), { status: 'success', records: [{ id: Number, name: String }] })
  })

  t.test('listening on loopback it is not reached from outside: HOST in the image is needed', async t => {
    const network = await makeNetwork(t)
    const env = { ...(await variablesFor(t, network)), HOST: '127.0.0.1' }
    const container = await startContainer(t, image, { network, env })
    await until('it listens', () => /listens on/.test(container.stderr()) || undefined)
    await t.rejects(connected(network.address, 8000), { code: 'ECONNREFUSED' })
  })

  t.test('it runs as user 1000 without any right, as process 1, on a file system that it cannot write to', async t => {
    const { container } = await serving(t, image)
    const status = await container.exec('cat', '/proc/1/status')
    t.match(await container.exec('cat', '/proc/1/cmdline'), /^node\0\/app\/dist\/cli\.js\0/)
    t.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m)
    t.match(status, /^CapEff:\t0{16}$/m)
    t.match(status, /^NoNewPrivs:\t1$/m)
    for (const path of ['/app/x', '/app/dist/cli.js', '/app/logs/x', '/etc/x'])
      await t.rejects(container.exec('sh', '-c', `: > ${path}`), /Read-only file system/, path)
    await container.exec('sh', '-c', ': > /tmp/x')
  })

  t.test('its health check passes while it serves, on whatever port, and fails when nothing does', async t => {
    const [kind, command] = image.config.Healthcheck.Test
    t.equal(kind, 'CMD-SHELL')
    for (const PORT of ['8000', '10000']) {
      const { container } = await serving(t, image, { env: { PORT } })
      t.equal(await container.exec('sh', '-c', command), '')
      await t.rejects(container.exec('sh', '-c', `PORT=1; ${command}`), { code: 1 })
    }
  })

  t.test('it stops within five seconds of its signal, with exit code 0, though clients hold connections', async t => {
    const { container } = await serving(t, image)
    const silent = await connected(container.network.address, 8000)
    t.teardown(() => silent.destroy())
    const asked = Date.now()
    process.kill(await container.pid(), image.config.StopSignal as NodeJS.Signals)
    t.equal(await container.ended, 0)
    const took = Date.now() - asked
    t.comment(`stopped after ${took} ms`)
    t.ok(took < 5000, `${took} ms`)
  })

  t.test('a command that minds no signals ends on one all the same, though it is process 1', async t => {
    const network = await makeNetwork(t)
    const silent = createServer()
    await new Promise<void>(resolve => silent.listen(0, network.host, resolve))
    t.teardown(() => silent.close())
    const { port } = silent.address() as AddressInfo
    const env = {
      ODOO_URL: `http://${network.host}:${port}`,
      ODOO_DATABASE: 'x',
      ODOO_USERNAME: 'x',
      ODOO_API_KEY: 'x'
    }
    const asked = once(silent, 'connection')
    const container = await startContainer(t, image, { network, env, args: ['doctor'] })
    const early = container.ended.then(code => {
      throw new Error(`it ended with ${code} before it asked: ${container.stdout()}${container.stderr()}`)
    })
    const [socket] = (await Promise.race([asked, early])) as [Socket]
    early.catch(() => undefined)
    t.teardown(() => socket.destroy())
    process.kill(await container.pid(), 'SIGTERM')
    t.equal(await container.ended, 143)
  })

  t.test('config/config.yaml is read, logs can be written to, and secrets come from files', async t => {
    const folder = await temporaryFolder(t)
    await chmod(folder, 0o755)
    const [config, logs, secrets] = ['config', 'logs', 'secrets'].map(name => join(folder, name)) as [
      string,
      string,
      string
    ]
    for (const path of [config, logs, secrets]) await mkdir(path)
    await chown(logs, 1000, 1000)
    const key = 'k'.repeat(40)
    await writeFile(join(secrets, 'mcp_api_key'), `${key}\n`)
    await writeFile(join(secrets, 'odoo_api_key'), `${odoo.users.admin.apiKey}\n`)
    const handlers = [{ type: 'FileHandler', filename: '/app/logs/server.log', level: 'INFO' }]
    await writeFile(join(config, 'config.yaml'), JSON.stringify({ read_only: true, port: 9, logging: { handlers } }))
    const mounts = { '/app/config': config, '/app/logs': logs, '/run/secrets': secrets }
    const { container, ask } = await serving(t, image, {
      mounts,
      env: {
        MCP_API_KEY_FILE: '/run/secrets/mcp_api_key',
        ODOO_API_KEY_FILE: '/run/secrets/odoo_api_key',
        ODOO_PASSWORD: ''
      }
    })
    const authorization = `Bearer ${key}`
    const create = { model: 'res.partner', values: { name: 'x' } }
    t.match(await ask('/create', create, { authorization }), { code: 'policy_denied' }, 'the file says read_only')
    t.match(await ask('/count', { model: 'res.partner' }, { authorization }), { status: 'success' })
    const log = () => readFile(join(logs, 'server.log'), 'utf8').catch(() => '')
    await until('the log is in the folder of the host', async () => /odoo_count/.test(await log()))
    t.notOk(container.stderr().includes(key))
  })

  t.test('other commands are arguments: stdio serves one client, --version tells the version', async t => {
    const version = await startContainer(t, image, { args: ['--version'] })
    t.equal(await version.ended, 0)
    t.match(version.stdout(), /^\d+\.\d+\.\d+\n$/)
    const stdio = await startContainer(t, image, { args: ['stdio', '--sandbox'] })
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    stdio.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`)
    const answer = await until('it answers', () => /^.*\n/.exec(stdio.stdout())?.[0])
    t.match(JSON.parse(answer), { id: 1, result: { serverInfo: { name: 'odoo-mcp' } } })
    stdio.stdin.end()
    t.equal(await stdio.ended, 0)
  })

  t.test('figures: from the start of a container to ready, beside one that does nothing', async t => {
    const bare = await times(3, async () => {
      const container = await startContainer(t, image, { entrypoint: ['node', '-e', '0'], args: [] })
      t.equal(await container.ended, 0)
    })
    const ready = await times(3, async () => void (await serving(t, image)))
    t.comment(`ready after ${ready} ms; node -e 0 takes ${bare} ms (medians of 3)`)
  })
}

/** The median of some runs, in ms. */
async function times(count: number, run: () => Promise<void>): Promise<number> {
  const taken: number[] = []
  for (let index = 0; index < count; index++) {
    const start = performance.now()
    await run()
    taken.push(performance.now() - start)
  }
  return Math.round(taken.sort((a, b) => a - b)[count >> 1] as number)
}

/** A container that serves an embedded Odoo, given the variables of the early server, and has said that it is ready. */
async function serving(t: Test, image: Image, options: ContainerOptions = {}) {
  const network = await makeNetwork(t)
  const env: Record<string, string> = { ...(await variablesFor(t, network)), ...options.env }
  const container = await startContainer(t, image, { ...options, network, env })
  const ask = (path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`http://${network.address}:${env.PORT ?? '8000'}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...headers }
    }).then(answer => answer.json() as Promise<{ status?: string }>)
  await until('it is ready', async () => {
    const answer = await ask('/ready').catch(() => undefined)
    return answer?.status === 'ready' || undefined
  })
  return { container, ask }
}

/** The embedded Odoo stays on loopback; from a network its port is passed on. */
async function variablesFor(t: Test, { host }: Network): Promise<Record<string, string>> {
  const relay = createServer(socket => {
    const behind = connect(Number(new URL(odoo.url).port), '127.0.0.1')
    socket.pipe(behind).pipe(socket)
    for (const one of [socket, behind]) one.on('error', () => one.destroy())
  })
  await new Promise<void>(resolve => relay.listen(0, host, resolve))
  t.teardown(() => relay.close())
  const { port } = relay.address() as AddressInfo
  const { username, password } = odoo.users.admin
  const url = `http://${host}:${port}`
  return { ODOO_URL: url, ODOO_DATABASE: odoo.database, ODOO_USERNAME: username, ODOO_PASSWORD: password }
}

/** A connection, once it stands. Rejects when nobody listens. */
async function connected(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  return socket
}
