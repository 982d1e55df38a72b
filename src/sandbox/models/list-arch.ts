import type { Major } from '../release.js'

/** The arch of a list view with these columns, left to right. `<tree>` became `<list>` with 18. */
export function listArch(major: Major, title: string, columns: string): string {
  const tag = major < 18 ? 'tree' : 'list'
  const fields = columns.split(' ').map(name => `<field name="${name}"/>`)
  return `<${tag} string="${title}">${fields.join('')}</${tag}>`
}
