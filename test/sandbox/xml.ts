import type { Json } from './calls.js'

/** A call of XML-RPC as Python's client writes it. */
export function xmlCall(method: string, params: Json[]): string {
  const list = params.map(param => `<param>${xmlValue(param)}</param>`).join('')
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${list}</params></methodCall>`
}

function xmlValue(value: Json): string {
  if (value === null) return '<value><nil/></value>'
  if (typeof value === 'boolean') return `<value><boolean>${Number(value)}</boolean></value>`
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return `<value><double>${value}</double></value>`
    const tag = Math.abs(value) < 2 ** 31 ? 'int' : 'i8'
    return `<value><${tag}>${value}</${tag}></value>`
  }
  if (typeof value === 'string') return `<value><string>${escapeXml(value)}</string></value>`
  if (Array.isArray(value)) return `<value><array><data>${value.map(xmlValue).join('')}</data></array></value>`
  const members = Object.entries(value).map(
    ([name, item]) => `<member><name>${escapeXml(name)}</name>${xmlValue(item)}</member>`
  )
  return `<value><struct>${members.join('')}</struct></value>`
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export type XmlAnswer = { value: Json } | { fault: { code: Json; text: string } }

/** Reads an answer; a double becomes `{double: n}`, because an integer in its place would be another answer. */
export function readXml(xml: string): XmlAnswer {
  const tokens = [...xml.matchAll(/<(\/?)(\w+)\s*(\/?)>|([^<]+)/g)]
  let at = tokens.findIndex(([, , name]) => name === 'value')
  if (at < 0) throw new Error(`no XML-RPC: ${xml.slice(0, 200)}`)

  const is = (name: string, end = false) => tokens[at]?.[2] === name && (tokens[at]?.[1] === '/') === end
  const skipBlank = () => {
    while (tokens[at]?.[4]?.trim() === '') at++
  }
  const textUntil = (name: string): string => {
    let text = ''
    while (!is(name, true)) text += unescapeXml(tokens[at++]?.[4] ?? '')
    at++
    return text
  }

  const readValue = (): Json => {
    at++ // <value>
    const start = at
    skipBlank()
    const [, , name = '', empty] = tokens[at] ?? []
    if (name === 'value' && is('value', true)) {
      at = start
      return textUntil('value')
    }
    at++
    const value = empty === '/' ? (name === 'nil' ? null : '') : readTyped(name)
    skipBlank()
    at++ // </value>
    return value
  }

  const readTyped = (name: string): Json => {
    if (name === 'array') return readArray()
    if (name === 'struct') return readStruct()
    const text = textUntil(name)
    if (name === 'boolean') return text === '1'
    if (name === 'double') return { double: Number(text) }
    return /^(int|i4|i8)$/.test(name) ? Number(text) : text
  }

  const readArray = (): Json => {
    const items: Json[] = []
    for (skipBlank(); !is('array', true); skipBlank()) {
      if (is('value')) items.push(readValue())
      else at++
    }
    at++
    return items
  }

  const readStruct = (): Json => {
    const members: [string, Json][] = []
    for (skipBlank(); !is('struct', true); skipBlank()) {
      at++ // <member>
      skipBlank()
      at++ // <name>
      const name = textUntil('name')
      skipBlank()
      members.push([name, readValue()])
      skipBlank()
      at++ // </member>
    }
    at++
    return Object.fromEntries(members)
  }

  const value = readValue()
  if (!xml.includes('<fault>')) return { value }
  const { faultCode = null, faultString = '' } = value as { faultCode?: Json; faultString?: Json }
  return { fault: { code: faultCode, text: String(faultString) } }
}

const unescapeXml = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
