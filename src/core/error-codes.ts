/** One code: what programs get, and what people read of it in docs/errors.md and in the prompt explain_error. */
export interface CodeOfError {
  /** Of the HTTP answer. */
  status: number
  /** The error code in the early JSON-RPC dialect. */
  rpc: number
  title: string
  /** Begins small: it is a part of a sentence. */
  meaning: string
  /** What whoever gets it does next. */
  step: string
}

/** Every code a caller can ever see. Clients branch on the code; people read the detail. */
export const errorCodes = {
  invalid_input: {
    status: 400,
    rpc: -32004,
    title: 'Invalid input',
    meaning: 'the call was refused before it had any effect: a name, a type or a value in it is wrong',
    step: 'Correct what `detail` names; `hint` says which tool lists the right names.'
  },
  auth_required: {
    status: 401,
    rpc: -32000,
    title: 'Authentication required',
    meaning: 'no session, or one that has ended: connect first',
    step: 'Send an access key if the server wants one, then connect (`odoo_connect`, `POST /connect`) and send the session.'
  },
  auth_failed: {
    status: 401,
    rpc: -32000,
    title: 'Odoo refused the login',
    meaning: 'Odoo does not accept the login, password or API key',
    step: 'Correct the login. Do not try again with the same one.'
  },
  access_denied: {
    status: 403,
    rpc: -32000,
    title: 'Odoo denied access',
    meaning:
      "Odoo's own access rights or record rules forbid it to this user; an administrator of Odoo can change that",
    step: 'Ask an administrator of Odoo for the right, or use a user who has it.'
  },
  policy_denied: {
    status: 403,
    rpc: -32000,
    title: 'Denied by the policy of this server',
    meaning: 'this server forbids it, whatever Odoo allows; its operator can change that',
    step: 'Do without, or ask the operator: `read_only`, `allowed_models`, `denied_models`, `denied_methods` and `allowed_odoo_hosts` decide.'
  },
  not_found: {
    status: 404,
    rpc: -32000,
    title: 'Not found',
    meaning: 'the model, method, record or database does not exist, or the user may not know that it does',
    step: 'Look the name or the id up: `odoo_get_models`, `odoo_search`.'
  },
  conflict: {
    status: 409,
    rpc: -32000,
    title: 'Conflict',
    meaning: 'another change came first, or a rule of the database (unique, still in use) is against it',
    step: 'With `retryable: true` send the same call again; else change the values, or what still uses the record.'
  },
  validation: {
    status: 422,
    rpc: -32000,
    title: 'Odoo refused the values',
    meaning: "a rule of Odoo's models is against these values",
    step: "Read Odoo's own sentence in `detail`, and change the values."
  },
  rate_limited: {
    status: 429,
    rpc: -32001,
    title: 'Too many requests',
    meaning: 'too many calls in a short time: wait',
    step: 'Wait `retry_after_s` seconds, then send the same call again.'
  },
  busy: {
    status: 503,
    rpc: -32001,
    title: 'Busy',
    meaning: 'this server has no room for the call now: wait',
    step: 'Wait `retry_after_s` seconds, then send the same call again.'
  },
  odoo_unavailable: {
    status: 502,
    rpc: -32000,
    title: 'Odoo is unavailable',
    meaning: 'Odoo does not answer, or what answers is no Odoo',
    step: 'Look whether Odoo runs and can be reached from the server; `odoo-mcp doctor` says at which step it fails. After a write see `outcome`.'
  },
  odoo_error: {
    status: 502,
    rpc: -32000,
    title: 'Odoo failed',
    meaning: 'Odoo itself failed; its log has the details',
    step: 'Look into the log of Odoo; the same call will probably fail again.'
  },
  timeout: {
    status: 504,
    rpc: -32000,
    title: 'Timeout',
    meaning: 'it took too long; a write may nevertheless have been done, see outcome',
    step: 'Ask for less: fewer fields, a narrower domain, a smaller `limit`. After a write with `outcome: unknown` look before you send it again.'
  },
  cancelled: {
    status: 499,
    rpc: -32000,
    title: 'Cancelled',
    meaning: 'the caller went away before the answer',
    step: 'Nothing; after a write with `outcome: unknown` look whether it was done.'
  },
  internal: {
    status: 500,
    rpc: -32603,
    title: 'Internal error',
    meaning: 'a bug of this server; its log has the details',
    step: 'Look into the log of this server under `request_id`, and report it.'
  }
} as const satisfies Record<string, CodeOfError>

export type ErrorCode = keyof typeof errorCodes
