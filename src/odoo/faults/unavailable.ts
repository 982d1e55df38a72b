import { type ErrorExtra, GatewayError } from '../../core/errors.js'

/**
 * The only four sentences that say why Odoo cannot be used. They are fixed because whoever may choose the address
 * of an Odoo could otherwise read banners and error texts of other hosts through us. The log has the details.
 */
export const unavailableSentences = {
  connect: 'Odoo cannot be reached: the connection failed.',
  tls: 'Odoo cannot be reached: the TLS connection failed.',
  notOdoo: 'What answers at this address is not an Odoo.',
  http: 'Odoo, or a proxy in front of it, gave no proper answer: HTTP error.'
} as const

const hints: Partial<Record<keyof typeof unavailableSentences, string>> = {
  connect: 'Check the url and that Odoo is running.',
  tls: 'Check that the url should start with https; a private certificate authority goes into ca_file.',
  notOdoo: 'Check the url: it is the address of the Odoo server, without a path such as /web.'
}

export function unavailable(why: keyof typeof unavailableSentences, extra: ErrorExtra = {}): GatewayError {
  const hint = hints[why]
  return new GatewayError('odoo_unavailable', unavailableSentences[why], { ...(hint && { hint }), ...extra })
}
