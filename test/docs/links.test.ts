import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = ['.', 'docs'].flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name))
)

/** What a heading is called in an address. */
function anchorOf(heading: string): string {
  const words = heading.replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return words.replace(/[^\p{L}\p{N}\- ]/gu, '').replaceAll(' ', '-')
}

function withoutCode(text: string): string {
  return text.replace(/```.*?```/gs, '').replace(/`[^`\n]*`/g, '')
}

/** Links of a page that lead to nothing in this repository. */
function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string)
  return links.filter(link => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = join(root, dirname(page), path === '' ? page.replace(/^docs\//, '') : path)
    if (!existsSync(target)) return true
    if (anchor === undefined || !target.endsWith('.md')) return false
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading as string)
    return !headings.map(anchorOf).includes(anchor)
  })
}

t.test('every link of the documentation leads somewhere', async t => {
  t.ok(pages.length > 10)
  for (const page of pages) t.strictSame(brokenLinks(page, readFileSync(join(root, page), 'utf8')), [], page)
})

t.test('a link to a page or a heading that is not there is found', async t => {
  const text = '# A\n[a](#a) [b](#b) [c](clients.md#vs-code) [d](clients.md#vscode) [e](nothing.md) [f](https://x.y)'
  t.strictSame(brokenLinks('docs/clients.md', text), ['#a', '#b', 'clients.md#vscode', 'nothing.md'])
})

t.test('every page of the documentation is found from the README', async t => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  for (const page of pages.filter(page => page.startsWith('docs/'))) t.ok(readme.includes(`(${page}`), page)
})
