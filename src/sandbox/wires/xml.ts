/**
 * A reader of the XML that XML-RPC uses: elements and text. No attributes are kept, no document types are taken, so
 * there are no entities but XML's own five. It is our own because the packages at hand read other things than were
 * sent: `xmlrpc` takes whatever `sax` forgives (tags left open, `1.5` as an int), and parsers that make objects of
 * documents lose the order, or let a `__proto__` in. Odoo reads with expat, which forgives nothing either.
 */
export interface Handler {
  open(tag: string): void
  text(text: string): void
  close(tag: string): void
}

/** XML that is not well formed; the message is expat's, with the place. */
export class XmlError extends Error {}

const name = /[A-Za-z_:][\w:.-]*/y
const space = /[ \t\n]*/y
const attribute = /[ \t\n]+[A-Za-z_:][\w:.-]*[ \t\n]*=[ \t\n]*(?:"[^<"]*"|'[^<']*')/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML does not have.
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/** Reads a document and reports what is in it. Throws `XmlError` where it is none. */
export function readXml(document: string, handler: Handler): void {
  // XML has one line end only: a parser shows no other.
  const xml = document.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const wrong = forbidden.exec(xml)
  if (wrong !== null) throw failure(xml, wrong.index, 'not well-formed (invalid token)')
  const tags: string[] = []
  let at = 0
  let root = false
  while (at < xml.length) {
    const next = xml.indexOf('<', at)
    const until = next === -1 ? xml.length : next
    if (until > at) text(xml, at, until, tags.length > 0, handler)
    at = until
    if (at === xml.length) break
    const skipped = markup(xml, at, tags.length > 0, handler)
    if (skipped !== undefined) {
      at = skipped
    } else if (xml[at + 1] === '/') {
      at = closing(xml, at, tags, handler)
    } else {
      if (root && tags.length === 0) throw failure(xml, at, 'junk after document element')
      root = true
      at = opening(xml, at, tags, handler)
    }
  }
  if (!root || tags.length > 0) throw failure(xml, xml.length, 'no element found')
}

/** Skips a declaration or comment, reports a CDATA section; undefined if it is none of them. */
function markup(xml: string, at: number, within: boolean, handler: Handler): number | undefined {
  if (xml.startsWith('<?', at)) return endOf(xml, at, '?>')
  if (xml.startsWith('<!--', at)) return endOf(xml, at, '-->')
  if (xml.startsWith('<![CDATA[', at) && within) {
    const end = endOf(xml, at, ']]>')
    handler.text(xml.slice(at + 9, end - 3))
    return end
  }
  if (xml.startsWith('<!', at)) throw failure(xml, at, 'not well-formed (invalid token)')
  return undefined
}

function opening(xml: string, at: number, tags: string[], handler: Handler): number {
  const tag = match(name, xml, at + 1)
  if (tag === '') throw failure(xml, at + 1, 'not well-formed (invalid token)')
  let end = at + 1 + tag.length
  for (let found = match(attribute, xml, end); found !== ''; found = match(attribute, xml, end)) end += found.length
  end += match(space, xml, end).length
  handler.open(tag)
  if (xml.startsWith('/>', end)) {
    handler.close(tag)
    return end + 2
  }
  if (xml[end] !== '>') throw failure(xml, end, 'not well-formed (invalid token)')
  tags.push(tag)
  return end + 1
}

function closing(xml: string, at: number, tags: string[], handler: Handler): number {
  const tag = match(name, xml, at + 2)
  if (tags.pop() !== tag) throw failure(xml, at + 2, 'mismatched tag')
  const end = at + 2 + tag.length
  const after = end + match(space, xml, end).length
  if (xml[after] !== '>') throw failure(xml, after, 'not well-formed (invalid token)')
  handler.close(tag)
  return after + 1
}

function text(xml: string, at: number, until: number, within: boolean, handler: Handler): void {
  const raw = xml.slice(at, until)
  if (within) handler.text(raw.includes('&') ? decoded(raw, xml, at) : raw)
  else if (raw.trim() !== '') throw failure(xml, at, 'syntax error')
}

const entities: { [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(raw: string, xml: string, at: number): string {
  return raw.replace(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));|&/g, (whole, decimal, hex, named, offset: number) => {
    if (named !== undefined && Object.hasOwn(entities, named)) return entities[named] as string
    if (named !== undefined) throw failure(xml, at + offset, 'undefined entity')
    if (whole === '&') throw failure(xml, at + offset + 1, 'not well-formed (invalid token)')
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
    const character = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\0'
    if (forbidden.test(character)) throw failure(xml, at + offset, 'reference to invalid character number')
    return character
  })
}

function match(pattern: RegExp, xml: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(xml)?.[0] ?? ''
}

function endOf(xml: string, at: number, mark: string): number {
  const found = xml.indexOf(mark, at)
  if (found === -1) throw failure(xml, at, 'unclosed token')
  return found + mark.length
}

function failure(xml: string, at: number, what: string): XmlError {
  const before = xml.slice(0, at).split('\n')
  return new XmlError(`${what}: line ${before.length}, column ${(before.at(-1) as string).length}`)
}
