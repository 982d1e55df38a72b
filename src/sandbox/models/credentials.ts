import type { Tables } from '../orm/tables.js'

/** The column of res.users that keeps the password. No field shows it. */
export const secretColumn = 'password_secret'

/** The column of res.users.apikeys that keeps the key. No field shows it. */
export const keyColumn = 'key_secret'

/** The active user with this login. */
export function userWithLogin(tables: Tables, login: string): number | undefined {
  for (const row of tables.rows('res.users').values()) if (row.login === login && row.active === true) return row.id
  return undefined
}

/** Whether this is the password or an API key of a user. */
export function isSecretOf(tables: Tables, uid: number, secret: string): boolean {
  if (secret === '') return false
  return tables.row('res.users', uid)?.[secretColumn] === secret || userWithKey(tables, secret) === uid
}

/** The user whose API key this is. */
export function userWithKey(tables: Tables, key: string): number | undefined {
  for (const row of tables.rows('res.users.apikeys').values()) {
    if (row[keyColumn] !== key || typeof row.user_id !== 'number') continue
    if (tables.row('res.users', row.user_id)?.active === true) return row.user_id
  }
  return undefined
}
