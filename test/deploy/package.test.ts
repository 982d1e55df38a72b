import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import t from 'tap'
import { version } from '../../src/version.js'
import { until } from '../contract/until.js'
import { besides, install, modules, pack } from './package.js'

const run = promisify(execFile)
const { PATH = '', HOME = '' } = process.env
const env = { PATH, HOME }

const folder = await mkdtemp(join(tmpdir(), 'odoo-mcp-package-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
const tarball = await pack(folder)
const installed = await install(folder, tarball)

t.test('npm pack holds the program, its licence and what explains it, and nothing else', async t => {
  t.comment(`${tarball.size} bytes packed, ${tarball.unpackedSize} unpacked`)
  t.ok(modules.length > 100)
  t.strictSame(
    tarball.files.map(({ path }) => path).sort(),
    ['package.json', 'README.md', 'LICENSE', ...besides, ...modules.map(path => `dist/${path}`)].sort()
  )
})

t.test('control: what only development needs is not installed', async t => {
  const load = (name: string) => run('node', ['-e', `require.resolve('${name}')`], { cwd: installed, env })
  await load('fastify')
  await t.rejects(load('typescript'), /Cannot find module/)
})

t.test('npx odoo-mcp runs from the tarball, as a command and as an MCP server', async t => {
  t.match(await run('npx', ['--no', '--', 'odoo-mcp', '--version'], { cwd: installed, env }), {
    stdout: `${version}\n`
  })
  const client = new Client({ name: 'test', version: '1' })
  const args = ['--no', '--', 'odoo-mcp', 'stdio', '--sandbox']
  await client.connect(new StdioClientTransport({ command: 'npx', args, cwd: installed, env }))
  t.teardown(() => client.close())
  const answer = await client.callTool({ name: 'odoo_count', arguments: { model: 'res.partner' } })
  t.match(answer, { structuredContent: { model: 'res.partner', count: Number } })
})

t.test('so does the server, with all its pages', async t => {
  const bin = join(installed, 'node_modules/.bin/odoo-mcp')
  const server = execFile(bin, ['serve', '--sandbox', '--port=0'], { cwd: installed, env })
  const ended = once(server, 'close')
  t.teardown(async () => {
    server.kill('SIGTERM')
    await ended
  })
  let stderr = ''
  server.stderr?.on('data', chunk => {
    stderr += chunk
  })
  const [, url] = await until('it says where it listens', () => /listens on (\S+)\n/.exec(stderr) ?? undefined)
  const headers = { accept: 'text/html' }
  for (const path of ['/', '/health', '/ready', '/docs', '/openapi.json', '/metrics'])
    t.equal((await fetch(url + path, { headers })).status, 200, path)
})
