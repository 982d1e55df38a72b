import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

const src = fileURLToPath(new URL('../src/', import.meta.url))

const everything = ['*']
const fastify = ['fastify', '@fastify/cors', '@fastify/swagger', '@fastify/swagger-ui']

/** Who may import what, besides node: and itself. A folder of ours by its name, `version` and the like by theirs. */
const table: Record<string, readonly string[]> = {
  core: ['@sinclair/typebox', 'fastest-levenshtein', 'ipaddr.js'],
  config: ['core', '@sinclair/typebox', 'yaml'],
  tools: ['core', '@sinclair/typebox'],
  resources: ['core'],
  prompts: ['core'],
  live: ['core', 'p-limit'],
  odoo: ['core', 'undici', 'xmlrpc', 'sax', 'ws', 'ipaddr.js', 'fastest-levenshtein'],
  sessions: ['core'],
  // An independent witness: it knows nothing of how we speak to an Odoo.
  sandbox: ['ws'],
  mcp: ['core', '@modelcontextprotocol/server', 'fastify'],
  events: ['core', 'rest', '@fastify/sse', '@sinclair/typebox', ...fastify],
  dialect: ['core', '@sinclair/typebox', 'fastify'],
  rest: ['core', '@sinclair/typebox', ...fastify],
  http: [
    'core',
    'mcp',
    'rest',
    'events',
    'dialect',
    '@sinclair/typebox',
    'fastest-levenshtein',
    'content-disposition',
    '@fastify/helmet',
    ...fastify
  ],
  log: ['core', 'pino', 'pino-pretty'],
  metrics: ['core', 'prom-client'],
  version: [],
  commands: everything,
  compose: everything,
  cli: everything
}

/** What only the top may import. */
const top = ['compose', 'cli', 'commands']

/** What a file imports, types and dynamic imports included. */
function importsOf(text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined
    if (named !== undefined && ts.isStringLiteral(named)) found.push(named.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022))
  return found
}

/** The layer of a path in src: its folder, or its own name without the ending. */
function layerOf(path: string): string {
  return (path.split('/')[0] as string).replace(/\.[jt]s$/, '')
}

/** What a specifier names, seen from a file: a layer of ours, or a package. */
function targetOf(specifier: string, file: string): string {
  if (specifier.startsWith('.')) return layerOf(posix.normalize(posix.join(posix.dirname(file), specifier)))
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The imports of a file that its layer may not have. */
function forbidden(file: string, text: string): string[] {
  const layer = layerOf(file)
  const allowed = table[layer] ?? []
  return importsOf(text)
    .filter(specifier => !specifier.startsWith('node:'))
    .map(specifier => targetOf(specifier, file))
    .filter(target => target !== layer && !allowed.includes(target) && !allowed.includes('*'))
    .map(target => `${file} imports ${target}`)
}

const controls: [file: string, text: string, found: string[]][] = [
  ['core/door.ts', "import { a } from '../odoo/client.js'", ['core/door.ts imports odoo']],
  ['core/door.ts', "import type { A } from '../odoo/client.js'", ['core/door.ts imports odoo']],
  ['core/door.ts', "export { a } from '../mcp/http.js'", ['core/door.ts imports mcp']],
  ['core/door.ts', "const a = await import('fastify')", ['core/door.ts imports fastify']],
  ['core/door.ts', "type A = import('../compose.js').A", ['core/door.ts imports compose']],
  ['tools/read.ts', "import { a } from 'undici/lib/x.js'", ['tools/read.ts imports undici']],
  ['odoo/wires/wire.ts', "import { a } from '../../sessions/a.js'", ['odoo/wires/wire.ts imports sessions']],
  ['sessions/a.ts', "import { a } from '@sinclair/typebox/compiler'", ['sessions/a.ts imports @sinclair/typebox']],
  ['elsewhere/a.ts', "import { a } from '../core/a.js'", ['elsewhere/a.ts imports core']],
  ['odoo/wires/wire.ts', "import { a } from '../client.js'\nimport 'node:fs'\nimport 'undici'", []],
  ['tools/read.ts', "// import { a } from '../odoo/client.js'\nconst text = \"import '../mcp/x.js'\"", []],
  ['compose.ts', "import { a } from './odoo/open.js'", []]
]
for (const [file, text, found] of controls) {
  t.test(`${JSON.stringify(text)} in ${file} is ${found.length > 0 ? 'found' : 'free'}`, async t => {
    t.strictSame(forbidden(file, text), found)
  })
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => file.split(sep).join('/'))

t.test('every file of src belongs to a layer, and every layer has files', async t => {
  t.strictSame([...new Set(files.map(layerOf))].sort(), Object.keys(table).sort())
})

t.test('nobody imports what the table of the design forbids', async t => {
  const found = files.flatMap(file => forbidden(file, readFileSync(join(src, file), 'utf8')))
  t.strictSame(found, [])
})

t.test('nobody but the top imports the top', async t => {
  const importers = files
    .filter(file => !top.includes(layerOf(file)))
    .filter(file => importsOf(readFileSync(join(src, file), 'utf8')).some(name => top.includes(targetOf(name, file))))
  t.strictSame(importers, [])
})

t.test('nothing in core does input or output, or reads the environment', async t => {
  const texts = files.filter(file => layerOf(file) === 'core').map(file => readFileSync(join(src, file), 'utf8'))
  const node = texts.flatMap(importsOf).filter(name => name.startsWith('node:'))
  t.ok(texts.length > 20)
  t.strictSame(
    node.filter(name => !['node:crypto', 'node:timers/promises'].includes(name)),
    []
  )
  t.notOk(texts.some(text => /\bprocess\.[a-z]|\bfetch\(|\bconsole\.[a-z]/.test(text)))
})
