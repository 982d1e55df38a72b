import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Tarball {
  filename: string
  /** Bytes. */
  size: number
  unpackedSize: number
  files: { path: string }[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

/** The sources as dist has them, `core/door.js`. */
export const modules = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(path => /(?<!\.d)\.[jt]s$/.test(path))
  .map(path => path.replace(/\.ts$/, '.js'))

/** What package.json says is packed besides the program. */
export const besides = ((await readJson(join(root, 'package.json'))) as { files: string[] }).files.filter(
  path => !path.startsWith('dist/')
)

/** Packs, into a folder, a checkout as `npm run build` leaves it when it begins with nothing. */
export async function pack(folder: string): Promise<Tarball> {
  const checkout = join(folder, 'checkout')
  for (const path of ['package.json', 'README.md', 'LICENSE', '.npmrc', '.gitignore', 'src', 'docs', ...besides])
    await cp(join(root, path), join(checkout, path), { recursive: true })
  for (const path of modules.flatMap(path => [path, `${path}.map`, path.replace(/js$/, 'd.ts')])) {
    await mkdir(dirname(join(checkout, 'dist', path)), { recursive: true })
    await cp(join(root, 'dist', path), join(checkout, 'dist', path))
  }
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const [tarball] = JSON.parse((await run('npm', args, { cwd: checkout })).stdout)
  return tarball
}

/** Installs a tarball, in a folder that then holds the packages that it depends on, and no other; gives that folder. */
export async function install(folder: string, { filename }: Tarball): Promise<string> {
  const installed = join(folder, 'installed')
  const own = join(installed, 'node_modules/odoo-mcp')
  await mkdir(own, { recursive: true })
  await writeFile(join(installed, 'package.json'), '{"private":true}')
  await run('tar', ['xzf', join(folder, filename), '--strip-components=1', '-C', own])
  for (const path of await dependencies()) {
    await mkdir(dirname(join(installed, path)), { recursive: true })
    // Hard links, not symbolic ones: through those Node would find our own development packages too.
    const linked = run('cp', ['-al', join(root, path), join(installed, path)])
    await linked.catch(() => cp(join(root, path), join(installed, path), { recursive: true }))
  }
  const { bin } = await readJson(join(own, 'package.json'))
  await mkdir(join(installed, 'node_modules/.bin'))
  await symlink(join('../odoo-mcp', bin['odoo-mcp']), join(installed, 'node_modules/.bin/odoo-mcp'))
  await run('chmod', ['755', join(own, bin['odoo-mcp'])])
  return installed
}

/** The folders of the packages that users get. What is nested comes with its parent. */
async function dependencies(): Promise<string[]> {
  const lock = (await readJson(join(root, 'package-lock.json'))) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>
  }
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .filter(([path, { optional }]) => !optional || existsSync(join(root, path)))
    .map(([path]) => path)
    .filter(path => path.lastIndexOf('node_modules/') === 0)
}
