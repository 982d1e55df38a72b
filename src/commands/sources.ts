import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Sources } from '../config/sources.js'

/**
 * Where this process finds its settings: its flags, its environment, and files of its working folder.
 * @param otherFlags flags of the command that are no settings
 */
export function sourcesOf(flags: Sources['flags'], otherFlags: readonly string[] = []): Sources {
  return { flags, otherFlags, env: process.env, readFile: path => readFileSync(path, 'utf8'), logFileProblem }
}

/** Writes nothing: whoever only looks at the settings shall not make a file. */
function logFileProblem(path: string): string | undefined {
  const uid = process.getuid?.()
  const who = uid === undefined ? '' : ` by uid ${uid}`
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) return 'is a folder; expected the path of a file'
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK)
    return undefined
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const reason = reasons[code] ?? code
    return `cannot be written${who}, ${reason}; expected a file that this user may write, in a folder that exists`
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is none',
  EACCES: 'it lacks the permission',
  EPERM: 'it lacks the permission',
  EROFS: 'its file system is read-only'
}
