/** The first and the last byte of a part. */
export interface Range {
  from: number
  to: number
}

/** The part that a header `Range` asks for; undefined for the whole. Of several parts Odoo gives none. */
export function rangeOf(header: string | undefined, length: number): Range | undefined | 'impossible' {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1)
  return from > to ? 'impossible' : { from, to }
}

/** A file's name as a header carries it: 14 writes RFC 5987 alone, later releases a plain name before it. */
export function disposition(major: number, kind: 'inline' | 'attachment', name: string): string {
  const encoded = encodeURIComponent(name).replace(/['()*!]/g, letter => `%${letter.charCodeAt(0).toString(16)}`)
  if (major < 15) return `${kind}; filename*=UTF-8''${encoded}`
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '')
  const quoted = /^[\w!#$%&'*+.^`|~-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll(/["\\]/g, letter => `\\${letter}`)}"`
  return plain === name ? `${kind}; filename=${quoted}` : `${kind}; filename=${quoted}; filename*=UTF-8''${encoded}`
}
