/** An exception of Python in the code of an action. */
export class PythonError extends Error {
  /** The class, such as `NameError`. */
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}
