import { parseEnv } from 'node:util'
import { settingNames, variablesOf } from './settings.js'
import type { Sources } from './sources.js'
import { readText } from './text-file.js'
import { isAbsent, isFolder, reasonOf } from './unreadable.js'
import type { Variables } from './variables.js'

/** The variables of the file `.env`. A folder of that name is somebody else's: Python keeps its own things in one. */
export function readDotenv(sources: Sources, problems: string[]): Variables {
  try {
    const text = readText('.env', sources)
    reportBareNames(text, problems)
    return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [lastLine(name), value]))
  } catch (error) {
    if (!isAbsent(error) && !isFolder(error)) problems.push(`.env: cannot be read, ${reasonOf(error)}`)
    return {}
  }
}

/** Node 20 takes a line without "=" for the beginning of the next name, which would not be found then. */
function lastLine(name: string): string {
  return name.slice(name.lastIndexOf('\n') + 1).replace(/^\s*(export\s+)?/, '')
}

/** `READ_ONLY` or `READ_ONLY: true`, which parsers skip. Other lines without "=" are somebody else's. */
function reportBareNames(text: string, problems: string[]): void {
  const known = new Set(settingNames.flatMap(variablesOf))
  for (const [index, line] of text.split('\n').entries()) {
    const [, name = ''] = /^\s*(?:export\s+)?(\w+)\s*(?::[^=]*)?$/.exec(line) ?? []
    if (known.has(name)) problems.push(`.env:${index + 1}: ${name} has no value; expected ${name}=…`)
  }
}
