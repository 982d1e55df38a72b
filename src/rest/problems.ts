import { type TSchema, Type } from '@sinclair/typebox'
import { type ErrorCode, errorCodes } from '../core/errors.js'

/** What a call that reads can fail with. Not `cancelled`: who could see it has gone. */
export const readFailures: readonly ErrorCode[] = [
  'invalid_input',
  'auth_required',
  'auth_failed',
  'access_denied',
  'policy_denied',
  'not_found',
  'validation',
  'rate_limited',
  'internal',
  'odoo_unavailable',
  'odoo_error',
  'busy',
  'timeout'
]

/** The responses of a route that can fail with these codes, by status. */
export function problems(codes: readonly ErrorCode[]): Record<number, object> {
  const responses: Record<number, object> = {}
  for (const status of new Set(codes.map(code => errorCodes[code].status))) {
    const here = codes.filter(code => errorCodes[code].status === status)
    responses[status] = {
      description: here.map(code => `\`${code}\`: ${errorCodes[code].title}.`).join(' '),
      ...headersOf(here),
      content: { 'application/problem+json': { schema: problemOf(here, status) } }
    }
  }
  return responses
}

/** One status, and the codes that have it; a generator makes one class of it, whatever the number of routes. */
function problemOf(codes: readonly ErrorCode[], status: number): object {
  const named = codes.map(code => code.split('_').map(capital).join('')).join('Or')
  return {
    title: `${named}Problem`,
    allOf: [
      Problem,
      {
        type: 'object',
        required: ['status', 'code'],
        properties: { status: { type: 'integer', const: status }, code: { type: 'string', enum: codes } }
      }
    ]
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function headersOf(codes: readonly ErrorCode[]): { headers?: object } {
  if (codes.includes('auth_required')) return { headers: { 'WWW-Authenticate': { type: 'string', const: 'Bearer' } } }
  if (codes.includes('rate_limited') || codes.includes('busy')) {
    return { headers: { 'Retry-After': { type: 'string', description: 'Seconds to wait.' } } }
  }
  return {}
}

const Problem: TSchema = Type.Object(
  {
    type: Type.String({ description: 'A URN that ends with the code.' }),
    title: Type.String(),
    status: Type.Integer({ description: 'The HTTP status again.' }),
    detail: Type.String({ description: 'What is wrong with this very request. For people.' }),
    code: Type.String({ enum: Object.keys(errorCodes), description: 'What programs branch on. The list is closed.' }),
    request_id: Type.String({ description: 'Finds the request in the log of the server.' }),
    hint: Type.Optional(Type.String({ description: 'The next step.' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), detail: Type.String() }, { title: 'InputProblem' }), {
        description: 'The single problems of an input that has more than one.',
        maxItems: 5
      })
    ),
    outcome: Type.Optional(
      Type.String({
        enum: ['not_applied', 'unknown'],
        description: 'Of a failed write: `not_applied` is certain, `unknown` means that Odoo may have done it.'
      })
    ),
    source: Type.Optional(
      Type.String({
        enum: ['odoo'],
        description: 'Present when `detail` holds words of Odoo: data, which other people may have written in part.'
      })
    ),
    retry_after_s: Type.Optional(Type.Number({ description: 'Seconds to wait before trying again.' })),
    retryable: Type.Optional(Type.Boolean({ description: 'The same request can succeed if it is sent again.' }))
  },
  {
    title: 'Problem',
    description: 'Problem details (RFC 9457).',
    examples: [
      {
        type: 'urn:odoo-mcp:problem:invalid_input',
        title: 'Invalid input',
        status: 400,
        detail: 'fields[0]: unknown field "emial" on res.partner; expected one of its fields. Did you mean "email"?',
        code: 'invalid_input',
        request_id: '7d5b2f0c',
        hint: 'odoo_get_fields lists the fields of res.partner.'
      }
    ]
  }
)
