import type { OdooException, Subject } from './faults.js'
import { quote } from './messages.js'
import { lockConflict, type Verdict } from './verdict.js'

/** psycopg2 messages carry SQL ("LINE 1: …") and socket paths, so every sentence here is our own. */
export function classifyDatabase(className: string, { message }: OdooException, { database }: Subject): Verdict {
  switch (className) {
    case 'OperationalError':
    case 'InvalidCatalogName':
      // Either psycopg2 class stands for many failures, and PostgreSQL speaks its own language: look for the name.
      return message.includes(`database "${database}" does not exist`) || className === 'InvalidCatalogName'
        ? { code: 'not_found', detail: `The database ${quote(database)} does not exist on this Odoo.` }
        : { code: 'odoo_error', detail: 'Odoo could not use its database.' }
    case 'LockNotAvailable':
    case 'SerializationFailure':
    case 'DeadlockDetected':
    case 'TransactionRollbackError':
      return lockConflict('The records are being changed by somebody else.')
    case 'UniqueViolation':
    case 'ExclusionViolation':
      return { code: 'conflict', detail: 'A record with these values exists already.' }
    case 'ForeignKeyViolation':
    case 'RestrictViolation':
      return { code: 'conflict', detail: 'A record that is linked does not exist, or is still in use elsewhere.' }
    case 'NotNullViolation':
      return { code: 'validation', detail: 'A required field is not set.' }
    case 'CheckViolation':
      return { code: 'validation', detail: 'A value breaks a rule of the database.' }
    case 'InvalidRowCountInLimitClause':
      return { code: 'invalid_input', detail: 'limit must be a number that is not negative.' }
    case 'InvalidRowCountInResultOffsetClause':
      return { code: 'invalid_input', detail: 'offset must be a number that is not negative.' }
  }
  if (dataErrors.has(className)) return { code: 'invalid_input', detail: dataErrorText(message) }
  return { code: 'odoo_error', detail: `Odoo's database refused the operation (${className}).` }
}

/** SQLSTATE class 22 and the type errors of class 42: a value that does not fit its column. */
const dataErrors = new Set([
  'DataError',
  'DataException',
  'InvalidTextRepresentation',
  'InvalidBinaryRepresentation',
  'InvalidDatetimeFormat',
  'DatetimeFieldOverflow',
  'NumericValueOutOfRange',
  'StringDataRightTruncation',
  'StringDataLengthMismatch',
  'InvalidRegularExpression',
  'InvalidEscapeSequence',
  'CharacterNotInRepertoire',
  'UntranslatableCharacter',
  'DivisionByZero',
  'InvalidParameterValue',
  'DatatypeMismatch',
  'CannotCoerce',
  'UndefinedFunction'
])

function dataErrorText(message: string): string {
  const [, type, value] = /^invalid input syntax for (?:type )?([\w ]+): "([^"\n]*)"/.exec(message) ?? []
  return value === undefined
    ? 'A value has the wrong type or is out of range for its field.'
    : `${quote(value)} is no ${type}.`
}
