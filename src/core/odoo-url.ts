import { GatewayError } from './errors.js'

/**
 * One spelling for each Odoo: scheme and host in lower case, no default port, no trailing slash. Throws
 * `invalid_input` for what is not an http(s) address, and for one that carries a user, a query or a fragment.
 */
export function normaliseUrl(text: string): string {
  if (!URL.canParse(text)) throw invalid('is not an address')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('is not http or https')
  if (url.username !== '' || url.password !== '') throw invalid('carries a user; username and password are given apart')
  if (url.search !== '' || url.hash !== '') throw invalid('carries a query or a fragment')
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function invalid(problem: string): GatewayError {
  return new GatewayError('invalid_input', `url: ${problem}; expected an address such as "https://erp.example.com"`)
}
