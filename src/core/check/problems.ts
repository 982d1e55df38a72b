import { GatewayError, type InputProblem } from '../errors.js'

const most = 5

/**
 * Collects what is wrong with one input, so that a caller sees up to five problems at once. Problems of understanding
 * (`invalid_input`) come before refusals of the policy (`policy_denied`): that order is part of the contract.
 */
export class Problems {
  readonly #invalid: InputProblem[] = []
  readonly #denied: InputProblem[] = []
  #hint: string | undefined

  /** `detail` reads: what is wrong; expected what. */
  add(path: string, detail: string, hint?: string): void {
    if (this.isFull) return
    this.#invalid.push({ path, detail })
    this.#hint ??= hint
  }

  deny(path: string, detail: string): void {
    this.#denied.push({ path, detail })
  }

  /** As many as are told: what is found from here on need not be put into words with care. */
  get isFull(): boolean {
    return this.#invalid.length >= most
  }

  get any(): boolean {
    return this.#invalid.length > 0 || this.#denied.length > 0
  }

  throwIfAny(): void {
    if (this.#invalid.length > 0) throw toError('invalid_input', this.#invalid, this.#hint)
    if (this.#denied.length > 0) throw toError('policy_denied', this.#denied, policyHint)
  }
}

/** What a caller can do about a refusal of the policy: nothing but ask the operator. */
export const policyHint = 'The operator of this server decides this; odoo_session shows its policy.'

function toError(code: 'invalid_input' | 'policy_denied', problems: InputProblem[], hint: string | undefined) {
  const [first] = problems as [InputProblem, ...InputProblem[]]
  return new GatewayError(code, `${first.path}: ${first.detail}`, {
    ...(hint !== undefined && { hint }),
    ...(problems.length > 1 && { errors: problems.slice(0, most) })
  })
}
