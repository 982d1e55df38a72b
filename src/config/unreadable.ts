/** Why a file cannot be read, in words: "it does not exist". */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return reasons[code] ?? `for a reason of the system${code === '' ? '' : ` (${code})`}`
}

/** Whether there is no such file, which is no mistake where nobody has named it. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
}

/** Whether it is a folder. */
export function isFolder(error: unknown): boolean {
  return codeOf(error) === 'EISDIR'
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? ''
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it does not exist',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link to itself',
  ENOTEXT: 'it is no text in UTF-8; save it as UTF-8'
}
