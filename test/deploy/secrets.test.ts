import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { read } from './files.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Every committed file that people deploy with, or copy from. */
const files = [
  ...readdirSync(root).filter(name => /^(Dockerfile|\.env\.example|.*\.(ya?ml|json))$/.test(name)),
  ...['deploy', 'docs', '.github/workflows'].flatMap(folder =>
    readdirSync(root + folder).map(name => `${folder}/${name}`)
  )
].filter(path => path !== 'package-lock.json')

/** Words that stand where a secret would, so that everybody sees it is none. */
const placeholder = /^(…|\.\.\.|your\b.*|<.*>|\$.*|%.*|\/.*|\.\/.*|true|false|null|none|odoo|admin|x+|name=secret.*)$/i

/** What looks like a real secret in a text, with the number of its line. */
function secretsIn(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const [, assigned = ''] =
      /(?:password|passwd|api_?key|access_?keys?|secret|token)["']?\s*[:=]\s*["']?([^\s"',;|]+)/i.exec(line) ?? []
    const isAssigned = assigned !== '' && !placeholder.test(assigned) && /\d/.test(assigned)
    const words = line.match(/[\w+/=-]{24,}/g) ?? []
    return isAssigned || words.some(isRandom) ? [`${index + 1}: ${line.trim()}`] : []
  })
}

/** Small and large letters and digits all over, as no name or path has them; or many hexadecimal digits. */
function isRandom(word: string): boolean {
  if (/[0-9a-f]{32}/i.test(word)) return true
  const changes = word.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|\d(?=[a-zA-Z])/g) ?? []
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && changes.length > word.length / 4
}

t.test('no file for deployments holds what looks like a secret', async t => {
  t.ok(['Dockerfile', 'compose.yaml', 'render.yaml', 'deploy/kubernetes.yaml'].every(path => files.includes(path)))
  for (const path of files) t.strictSame(secretsIn(read(path)), [], path)
})

t.test('files that hold secrets are neither committed nor sent to the builder of an image', async t => {
  const ignored = read('.gitignore').split('\n')
  for (const path of ['.env', '/secrets/', '/config/', '/logs/']) t.ok(ignored.includes(path), path)
  t.equal(
    read('.dockerignore')
      .split('\n')
      .filter(line => !line.startsWith('#'))[0],
    '*'
  )
  t.notOk(existsSync(`${root}secrets`) && !ignored.includes('/secrets/'))
})

for (const planted of [
  'MCP_API_KEY: 9fJk2LmQ8sRtVx3Za7Bc5De1Gh4Ij6Kl',
  'password: hunter2',
  'ODOO_API_KEY=f0e1d2c3b4a5968778695a4b3c2d1e0f11223344',
  '  key: "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo="'
])
  t.test(`control: ${planted.slice(0, 14)}… would be found`, async t => {
    t.strictSame(secretsIn(`a: b\n${planted}\n`), [`2: ${planted.trim()}`])
  })
