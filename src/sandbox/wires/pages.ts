import type { Major } from '../release.js'
import { type Reply, reply } from './wire.js'

/** The pages of werkzeug, the HTTP library of Odoo. Its old release, which comes with 14, wrote HTML 3.2. */
export function errorPage(major: Major, status: number, title: string, text: string, headers = {}): Reply {
  const head =
    major === 14 ? `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n` : '<!doctype html>\n<html lang=en>\n'
  const page = `${head}<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`
  return reply(status, 'text/html; charset=utf-8', page, headers)
}

export function serverErrorPage(major: Major): Reply {
  return errorPage(
    major,
    500,
    'Internal Server Error',
    'The server encountered an internal error and was unable to complete your request. ' +
      'Either the server is overloaded or there is an error in the application.'
  )
}

export function methodNotAllowed(major: Major): Reply {
  const text = 'The method is not allowed for the requested URL.'
  return errorPage(major, 405, 'Method Not Allowed', text, { allow: major === 14 ? 'POST' : 'POST, OPTIONS' })
}

export function tooLargePage(major: Major): Reply {
  const text = 'The data value transmitted exceeds the capacity limit.'
  return errorPage(major, 413, 'Request Entity Too Large', text, { connection: 'close' })
}

/** A record that is not there, or not for the one who asks. */
export function notFound(major: Major): Reply {
  const text =
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and ' +
    'try again.'
  return errorPage(major, 404, 'Not Found', text)
}

/** A content type that the route does not take: 17 and 19 look at it before anything else. */
export function unsupportedMediaType(route: string, type: 'jsonrpc' | 'json2', hasBody: boolean): Reply {
  const inferred = ['http', 'jsonrpc', 'json2'].filter(name => name === 'http' || (name === 'json2' && !hasBody))
  const text =
    `Request inferred type is compatible with [${inferred.map(name => `'${name}'`).join(', ')}] ` +
    `but '${route}' is type='${type}'.`
  const more = '<br><br>Please verify the Content-Type request header and try again.'
  const accept = type === 'json2' ? 'application/json' : 'application/json, application/json-rpc'
  return errorPage(19, 415, 'Unsupported Media Type', escapeHtml(text) + more, { accept })
}

/** Where nothing is: a page of the website, whatever was asked for. */
export function notFoundPage(major: Major): Reply {
  const lines = [
    '<!DOCTYPE html>',
    '<html>',
    '    <head>',
    '        <meta charset="utf-8"/>',
    '        <title>Odoo</title>',
    '    </head>',
    '    <body>',
    '        <h1>Error 404</h1>',
    '        <p>The page you were looking for could not be found.</p>',
    '    </body>',
    '</html>'
  ]
  const indent = major === 14 ? '        ' : ''
  const page = (major === 14 ? '\n' : '') + lines.map(line => `${indent}${line}\n`).join('')
  return reply(404, 'text/html;charset=utf-8', page)
}

/** A wrong `X-Odoo-Database`: seen on 19. */
export function noDatabasePage(): Reply {
  const page =
    '<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n' +
    '<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n' +
    '<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n' +
    '<!-- Alternatively, use the X-Odoo-Database header. -->\n'
  return reply(404, 'text/html; charset=utf-8', page)
}

/** As werkzeug escapes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;')
}
