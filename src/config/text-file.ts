import type { Sources } from './sources.js'

/** The text of a file, without the mark that editors of Windows begin it with. Throws as `readFile` does, ENOTEXT too. */
export function readText(path: string, { readFile }: Pick<Sources, 'readFile'>): string {
  const text = readFile(path)
  // UTF-16, as PowerShell 5 writes what is sent to a file by ">". Read as UTF-8, nothing in it would be found.
  if (text.includes('\0')) throw Object.assign(new Error('ENOTEXT: not text in UTF-8'), { code: 'ENOTEXT' })
  return text.replace(/^\uFEFF/, '')
}
