import { repr } from './python.js'

/** An exception of Odoo as it leaves on the wires: its Python class, its message, and what its traceback would show. */
export class OdooException extends Error {
  /** The dotted Python class, such as `odoo.exceptions.AccessError`. */
  readonly className: string
  /** Lines of the traceback besides the first and the last: the exception of the database that was behind it. */
  readonly causedBy: string | undefined

  constructor(className: string, message: string, causedBy?: string) {
    super(message)
    this.className = className
    this.causedBy = causedBy
  }
}

const make = (className: string) => (message: string, causedBy?: string) =>
  new OdooException(className, message, causedBy)

export const userError = make('odoo.exceptions.UserError')
export const validationError = make('odoo.exceptions.ValidationError')
export const accessError = make('odoo.exceptions.AccessError')
export const valueError = make('builtins.ValueError')
export const typeError = make('builtins.TypeError')
export const assertionError = make('builtins.AssertionError')
export const attributeError = make('builtins.AttributeError')
export const indexError = make('builtins.IndexError')
export const nameError = make('builtins.NameError')
export const notImplementedError = make('builtins.NotImplementedError')
export const base64Error = make('binascii.Error')
/** `str(KeyError('x'))` is `'x'` with its quotes; the message that Odoo sends is without. */
export const keyError = make('builtins.KeyError')

/** A wrong login, key or user id. */
export function accessDenied(): OdooException {
  return new OdooException('odoo.exceptions.AccessDenied', 'Access Denied')
}

/** Records that do not exist (any more), the same words on 14 to 19. */
export function missingError(model: string, ids: readonly number[], uid: number): OdooException {
  const record = `${model}(${ids.join(', ')}${ids.length === 1 ? ',' : ''})`
  return new OdooException(
    'odoo.exceptions.MissingError',
    `Record does not exist or has been deleted.\n(Record: ${record}, User: ${uid})`
  )
}

/** What PostgreSQL refuses to read as a number, date and so on. `name` is a class of psycopg2.errors. */
export function databaseError(name: string, message: string): OdooException {
  return new OdooException(`psycopg2.errors.${name}`, message)
}

/** psycopg2 writes no text with NUL into a query: PostgreSQL has no such texts. Throws ValueError. */
export function assertNoNul(text: string): void {
  if (text.includes('\0')) throw valueError('A string literal cannot contain NUL (0x00) characters.')
}

/** `repr` of a leaf of a domain: a tuple on every release. */
export function leafRepr(leaf: readonly unknown[]): string {
  return `(${leaf.map(item => repr(item)).join(', ')}${leaf.length === 1 ? ',' : ''})`
}
