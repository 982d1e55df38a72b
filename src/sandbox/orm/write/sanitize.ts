/** What is left of HTML: text gets a paragraph, scripts and handlers go. Far from all that Odoo's sanitizer does. */
export function sanitized(text: string | undefined): string {
  if (text === undefined) return '<p>Unknown error when sanitizing</p>'
  if (text === '') return text
  const clean = text
    .replaceAll(/<(script|style|iframe|object|embed)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replaceAll(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '')
  return /<\w/.test(clean) ? clean : `<p>${clean}</p>`
}
