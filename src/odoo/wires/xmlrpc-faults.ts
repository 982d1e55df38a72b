import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'
import { faultToError, redirectTuple, type Subject } from '../faults/faults.js'
import { unavailable } from '../faults/unavailable.js'
import type { WireAnswer, WireCall } from './wire.js'

/**
 * What a fault of `/xmlrpc/2` means. Throws GatewayError, unless all that failed was to write the answer: then the call
 * was committed (proved on 14 and 19).
 */
export function answerFault({ code, text }: { code: Json; text: Json }, call: WireCall): WireAnswer {
  // Others speak XML-RPC, too; what they say is none of our caller's business.
  if (typeof text !== 'string') throw unavailable('notOdoo', { outcome: 'unknown' })
  const subject: Subject = call.kind === 'version' ? { database: '' } : call
  const raised = (name: string) => faultToError({ name: `odoo.exceptions.${name}`, message: text, debug: '' }, subject)
  switch (code) {
    case 1:
      return answerTraceback(text, subject)
    case 2:
      throw raised(userErrorOf(text))
    case 3:
      throw raised('AccessDenied')
    case 4:
      throw raised('AccessError')
    default:
      throw unavailable('notOdoo', { outcome: 'unknown' })
  }
}

/**
 * The class behind fault 2, as far as its text tells it: Python's form of a RedirectWarning, and in English Odoo's words
 * when a record is gone, when it cannot be locked (19), and, as a whole class of their own in faults.ts, about
 * constraints. Other languages tell nothing.
 */
function userErrorOf(text: string): string {
  if (/^Record does not exist or has been deleted\./.test(text)) return 'MissingError'
  if (redirectTuple.test(text)) return 'RedirectWarning'
  return text === 'Cannot grab a lock on records' ? 'LockError' : 'UserError'
}

/** Fault 1 is every exception that Odoo did not raise for people. Its text is a whole traceback. */
function answerTraceback(traceback: string, subject: Subject): WireAnswer {
  const { name, message, frames } = lastException(traceback)
  if (isAfterCommit(message, frames)) return lostAnswer(frames)
  throw faultToError({ name, message, debug: traceback }, subject)
}

/**
 * Odoo writes its answer after the commit, outside of `dispatch_rpc`; a method may fail in the same words within it,
 * when it speaks XML-RPC itself.
 */
function isAfterCommit(message: string, frames: string): boolean {
  if (/, in dispatch_rpc$/m.test(frames)) return false
  return /, in dumps$/m.test(frames) || /^(?:cannot marshal |int exceeds XML-RPC limits)/.test(message)
}

/**
 * None alone is no value, so nothing is lost. None within a list or an object, integers beyond 32 bits, and objects of
 * Odoo's own (14: the frozendict of `context_get`, the activity of `activity_schedule`) take the answer with them.
 */
function lostAnswer(frames: string): WireAnswer {
  if (/, in dump_nil$/m.test(frames) && !/, in dump_(?:array|struct)$/m.test(frames)) return { result: null }
  return {
    result: null,
    warning:
      'Odoo did this, but XML-RPC cannot carry its answer: the result is unknown. Protocol "jsonrpc" carries it.',
    unreadable: new GatewayError(
      'odoo_error',
      'XML-RPC cannot carry the answer, in which a value is missing or too large.',
      {
        hint: 'Connect with protocol "jsonrpc", which carries it.'
      }
    )
  }
}

interface LastException {
  /** As Python prints it: dotted, without `builtins`. */
  name: string
  message: string
  frames: string
}

/** A traceback shows causes first. Its last block is indented frames, and then `Class: message`, maybe of many lines. */
function lastException(traceback: string): LastException {
  const block = traceback.split(chained).at(-1) ?? ''
  const [, frames = '', name = 'Exception', message = ''] =
    /^Traceback \(most recent call last\):\n((?:[ \t][^\n]*\n)*)([\w.]+)(?:: ?(.*))?$/s.exec(block.trimEnd()) ?? []
  // Of a KeyError Python shows the key as it is written in source.
  return { name, message: name === 'KeyError' ? message.replace(/^'(.*)'$/, '$1') : message, frames }
}

const chained =
  /\n\n(?:The above exception was the direct cause of the following exception:|During handling of the above exception, another exception occurred:)\n\n(?=Traceback )/
