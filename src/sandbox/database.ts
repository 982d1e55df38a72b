import type { Json, JsonObject } from './json.js'
import type { Models } from './orm/models.js'
import type { Tables } from './orm/tables.js'
import type { Release } from './release.js'

/** What the wires need of a database: who is who, and calls of methods. Refusals are thrown as `OdooException`. */
export interface Database {
  readonly name: string
  readonly release: Release
  readonly models: Models
  readonly tables: Tables
  /** The id of the user of a login and its password or API key; false when they do not fit. */
  authenticate(login: Json, secret: Json): number | false
  /** Throws AccessDenied where the secret is not the user's, MissingError where there is no such user. */
  checkCredentials(uid: Json, secret: Json): void
  /** The user of an API key, as a bearer token names one: passwords do not count. */
  userOfKey(key: string): number | undefined
  /** Calls a method as `execute_kw` does, in a transaction of its own. `undefined` is Python's None. */
  executeKw(uid: number, model: Json, method: Json, args: Json, kwargs: Json): Json | undefined
  /** Calls a method as JSON-2 does, with parameters by name only. Throws `werkzeug.exceptions.*` for 404 and 422. */
  callNamed(
    uid: number,
    model: string,
    method: string,
    ids: Json | undefined,
    context: Json | undefined,
    kwargs: JsonObject
  ): Json | undefined
}
