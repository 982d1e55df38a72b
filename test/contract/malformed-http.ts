import fc from '../fast-check.js'
import type { Messages } from './malformed-messages.js'

export interface HttpMessage {
  name: string
  bytes: Buffer
}

const body = '{"model":"res.partner"}'
const smuggled = 'GET /health?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** Words that lie: a length, a coding or a line that two servers could read in two ways, and plain rubbish. */
export function httpMessages(port: number): Messages<HttpMessage> {
  const host = `Host: localhost:${port}\r\n`
  const json = 'Content-Type: application/json\r\n'
  const post = (headers: string, content: string) => `POST /count HTTP/1.1\r\n${host}${json}${headers}\r\n${content}`
  const get = (line: string, headers = '') => `${line}\r\n${host}${headers}\r\n`
  const toMessage = (name: string, text: string): HttpMessage => ({ name, bytes: Buffer.from(text, 'latin1') })
  const listed: HttpMessage[] = []
  const list = (name: string, texts: string[]) => listed.push(...texts.map(text => toMessage(name, text)))
  const made: fc.Arbitrary<HttpMessage>[] = []
  const make = (name: string, text: fc.Arbitrary<string>) => made.push(text.map(one => toMessage(name, one)))

  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const rubbish = fc.uint8Array({ minLength: 1, maxLength: 300 }).map(bytes => Buffer.from(bytes).toString('latin1'))
  const token = fc.stringMatching(/^[a-z]{1,12}$/)

  make(
    'bytes',
    rubbish.map(text => `${text}\r\n\r\n`)
  )
  make(
    'bytes after a good line',
    rubbish.map(text => `GET /count HTTP/1.1\r\n${host}${text}\r\n\r\n`).filter(text => !/\n\r?\n./s.test(text))
  )
  make(
    'length and chunks at once',
    fc.nat(60).map(length => post(`Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n`, chunked + smuggled))
  )
  make(
    'chunks and length at once',
    fc.nat(60).map(length => post(`Transfer-Encoding: chunked\r\nContent-Length: ${length}\r\n`, chunked + smuggled))
  )
  make(
    'two lengths',
    fc
      .tuple(fc.nat(60), fc.nat(60))
      .map(([a, b]) => post(`Content-Length: ${a}\r\nContent-Length: ${b}\r\n`, body + smuggled))
  )
  list(
    'a length that is none',
    ['-1', '+23', '0x17', '23, 23', '2 3', '1e1', '99999999999999999999', 'x', '23;'].map(length =>
      post(`Content-Length: ${length}\r\n`, body + smuggled)
    )
  )
  list(
    'a coding that is none',
    [
      'xchunked',
      'identity',
      'chunked, gzip',
      'gzip',
      'chun ked',
      '"chunked"',
      'chunked\x0b',
      'chunked, chunked, x'
    ].map(coding => post(`Transfer-Encoding: ${coding}\r\n`, chunked + smuggled))
  )
  list(
    'a chunk that lies',
    ['-1', 'g', '0x5', '5 5', 'ffffffffffffffffff', '', '1\n', ' 5'].map(size =>
      post('Transfer-Encoding: chunked\r\n', `${size}\r\n${body}\r\n0\r\n\r\n${smuggled}`)
    )
  )
  make(
    'huge chunk extensions',
    fc
      .integer({ min: 20_000, max: 60_000 })
      .map(size => post('Transfer-Encoding: chunked\r\n', `1;${'x'.repeat(size)}\r\n{\r\n0\r\n\r\n`))
  )
  list(
    'a folded header',
    [' ', '\t'].map(space => get('GET /count HTTP/1.1', `X-A: b\r\n${space}folded: 1\r\n`))
  )
  list('a bare line feed', [
    `GET /count HTTP/1.1\n${host}\n`,
    `GET /count HTTP/1.1\r\nHost: localhost\n\n`,
    get('GET /count HTTP/1.1', 'X-A: b\nX-B: c\r\n')
  ])
  make(
    'a bare carriage return',
    token.map(name => get('GET /count HTTP/1.1', `X-A: b\rX-${name}: c\r\n`))
  )
  list(
    'a header name that is none',
    ['\0', '\x01', '\x7f', ' ', '\t', '(', '@', '[', '\x80', '\xff'].map(odd =>
      get('GET /count HTTP/1.1', `X${odd}a: 1\r\n`)
    )
  )
  make(
    'a space before the colon',
    token.map(name => get('GET /count HTTP/1.1', `X-${name} : 1\r\n`))
  )
  make(
    'a method that is none',
    fc
      .stringMatching(/^[A-Z]{2,10}$/)
      .filter(name => !['GET', 'HEAD', 'POST', 'OPTIONS'].includes(name))
      .map(name => get(`${name} /count HTTP/1.1`))
  )
  list(
    'a version that is none',
    ['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', 'HTTP/1.1x', 'RTSP/1.0'].map(version =>
      get(`GET /count ${version}`)
    )
  )
  list(
    'a target that is none',
    [
      'count',
      '//%',
      '/%zz',
      '/%c0%af',
      '/count%',
      '/\x80\xff',
      '*',
      'http://',
      '/a b',
      '/binary/%00/x/1',
      `/${'x'.repeat(20_000)}`
    ].map(target => get(`GET ${target} HTTP/1.1`))
  )
  list(
    'a path out of the house',
    [
      '/docs/static/../../package.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/../../etc/passwd',
      '/docs/static/..%2f..%2fpackage.json',
      '/..%5c..%5cetc'
    ].map(target => get(`GET ${target} HTTP/1.1`))
  )
  make(
    'two hosts',
    token.map(name => get('GET /count HTTP/1.1', `Host: ${name}.example.com\r\n`))
  )
  make(
    'a foreign host',
    token.map(name => `GET /session HTTP/1.1\r\nHost: ${name}.example.com\r\n\r\n`)
  )
  list('no host', ['GET /count HTTP/1.1\r\n\r\n'])
  make(
    'headers that are too many',
    fc.integer({ min: 300, max: 3000 }).map(count => get('GET /health HTTP/1.1', 'a:\r\n'.repeat(count)))
  )
  make(
    'headers that are too large',
    fc.integer({ min: 17_000, max: 60_000 }).map(size => get('GET /health HTTP/1.1', `X: ${'x'.repeat(size)}\r\n`))
  )
  make(
    'a body that is not as long as it says',
    fc.integer({ min: 24, max: 5000 }).map(length => post(`Content-Length: ${length}\r\n`, body))
  )
  list(
    'a body in bytes that are no UTF-8',
    ['\xff\xfe', '\xc0\xaf', '\xed\xa0\x80', '\xf5\x80\x80\x80'].map(odd =>
      post(`Content-Length: ${odd.length + 2}\r\n`, `"${odd}"`)
    )
  )
  list(
    'a body of another kind',
    [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json5',
      'application/xml',
      ''
    ].map(
      type => `POST /count HTTP/1.1\r\n${host}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    )
  )
  list(
    'a coded body',
    ['gzip', 'br', 'deflate', 'x'].map(coding =>
      post(`Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n`, body)
    )
  )
  list(
    'an upgrade',
    ['websocket', 'h2c', 'TLS/1.0'].map(name =>
      get('GET /nope HTTP/1.1', `Connection: Upgrade\r\nUpgrade: ${name}\r\n`)
    )
  )
  list('the preface of HTTP/2', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'])
  list(
    'a tunnel',
    ['evil.example.com:443', 'localhost:22', '/'].map(target => get(`CONNECT ${target} HTTP/1.1`))
  )
  make(
    'an expectation that is none',
    token.map(name => post(`Expect: ${name}\r\nContent-Length: ${body.length}\r\n`, body))
  )
  list('TLS to a plain port', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'])

  return { listed, made }
}
