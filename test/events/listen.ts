import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { until } from '../contract/until.js'

export interface Told {
  id: string
  event: string
  /** Of the JSON-RPC notification. */
  params: Record<string, unknown>
}

/** A client of `GET /events` that reads what it is told, or stops reading for a while. */
export interface Listener {
  status: number
  headers: IncomingMessage['headers']
  /** Everything so far, in order. */
  told: Told[]
  /** Comments, such as heartbeats. */
  comments: string[]
  /** The text, as far as it is no event stream. */
  text: string
  /** Whether the server has ended the answer properly; undefined while it goes on. */
  ended: 'properly' | 'cut' | undefined
  /** The next that was not taken before; waits for it. */
  next(): Promise<Told>
  pause(): void
  resume(): void
  /** Goes away without a word. */
  leave(): void
}

/** Opens a stream, or learns why it cannot: settles with the head of the answer. */
export async function listen(url: string, headers: Record<string, string> = {}): Promise<Listener> {
  const outgoing: ClientRequest = request(url, { headers, agent: false })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject).end()
  })
  outgoing.on('error', () => {})
  let taken = 0
  const listener: Listener = {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    told: [],
    comments: [],
    text: '',
    ended: undefined,
    async next() {
      const told = await until('the next event', () => listener.told[taken], 30_000)
      taken += 1
      return told
    },
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    leave: () => void incoming.destroy()
  }
  let rest = ''
  incoming.setEncoding('utf8').on('data', (chunk: string) => {
    listener.text += chunk
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) read(block, listener)
  })
  incoming.on('error', () => {})
  incoming.on('close', () => {
    listener.ended = incoming.complete ? 'properly' : 'cut'
  })
  return listener
}

function read(block: string, listener: Listener): void {
  const lines = block.split('\n')
  const of = (name: string) =>
    lines.filter(line => line.startsWith(`${name}: `)).map(line => line.slice(name.length + 2))
  listener.comments.push(...lines.filter(line => line.startsWith(':')))
  const [data] = of('data')
  if (data === undefined) return
  const { method, params } = JSON.parse(data) as { method: string; params: Record<string, unknown> }
  const [event = '', ...more] = of('event')
  if (method !== event || more.length > 0) throw new Error(`an event of another name than its method: ${block}`)
  listener.told.push({ id: of('id')[0] ?? '', event: event.replace('notifications/', ''), params })
}
