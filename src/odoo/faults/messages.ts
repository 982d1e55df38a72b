/** The longest message of Odoo that is passed on, in characters. */
export const maxMessage = 2000

/**
 * A message that Odoo means for people, made safe to pass on: no traceback, no SQL, no path of the server, and not
 * longer than `maxMessage`.
 */
export function cleanMessage(message: string): string {
  return cut(withoutInternals(message).trim())
}

/** The first line of a message that was never meant for people, such as that of a Python exception. */
export function firstLine(message: string): string {
  const line = withoutInternals(message).trim().split('\n', 1)[0] ?? ''
  return cut(line.trim())
}

/** A word of the caller in our sentence, in double quotes and not endless. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text)
}

function withoutInternals(message: string): string {
  return message
    .replace(/Traceback \(most recent call last\)[\s\S]*/, '')
    .replace(/\s*^LINE \d+:[\s\S]*/m, '')
    .replace(/(?<![\w:/.])\/(?:usr|var|opt|home|root|etc|srv|mnt|tmp|run|proc|dev|lib)(?:\/[^\s'",:;)]*)+/g, '…')
}

function cut(text: string): string {
  return text.length > maxMessage ? `${text.slice(0, maxMessage - 1)}…` : text
}
