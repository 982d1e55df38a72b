import { validationError } from '../exceptions.js'
import type { Env } from '../orm/env.js'
import { repr } from '../python.js'
import type { Major } from '../release.js'
import { parse } from './parse.js'
import { CodeError } from './tokens.js'

/** Refuses code that Python would not compile, and code of which the sandbox would not know what to do. */
export function checkCode(env: Env, ids: readonly number[]): void {
  for (const id of ids) {
    const code = env.tables.row('ir.actions.server', id)?.code
    if (typeof code === 'string') checkOne(env.major, code.trim())
  }
}

function checkOne(major: Major, code: string): void {
  if (/^\s*(import|from)\b/m.test(code)) {
    throw validationError(`forbidden opcode(s) in ${repr(code)}: IMPORT_NAME`)
  }
  try {
    parse(code)
  } catch (error) {
    if (!(error instanceof CodeError)) throw error
    const line = code.split('\n')[error.line - 1] ?? ''
    // Python 3.9, on which 14 runs, did not say what was open.
    const message =
      major < 15 && error.message.endsWith('never closed') ? 'unexpected EOF while parsing' : error.message
    throw validationError(`SyntaxError : ${message} at line ${error.line}\n${line}\n`)
  }
}
