import { type Config, ConfigError, loadConfig, type Surface } from '../../src/config/config.js'
import type { Sources } from '../../src/config/sources.js'

/** Files of a working folder, by path; one that is an Error cannot be read. */
export type Files = Readonly<Record<string, string | NodeJS.ErrnoException>>

export interface Given extends Partial<Omit<Sources, 'readFile'>> {
  files?: Files
}

/** A reader of such files, which says what `node:fs` would. */
export function readerOf(files: Files): Sources['readFile'] {
  return path => {
    const text = files[path] ?? fault('ENOENT')
    if (typeof text !== 'string') throw text
    return text
  }
}

/** What `node:fs` throws. */
export function fault(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: that is how it is`), { code })
}

/** Loads settings that are given here, and from nowhere else. */
export function load({ files = {}, ...sources }: Given = {}, surface?: Surface): Config {
  return loadConfig(surface, { flags: {}, env: {}, readFile: readerOf(files), ...sources })
}

/** The problems that settings have; none when they load. */
export function problemsOf(given: Given, surface?: Surface): readonly string[] {
  try {
    load(given, surface)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}
