import { keepSecret } from '../evidence.js'

/** Secrets of the tests: none may ever show in anything that leaves the server. */
const canaries = new Set<string>()

/**
 * Watches for a secret from now on, and for the whole run in all logs of all tests.
 * @param isLeaked it will be seen on purpose, by a test that tries out the watch
 */
export function addCanary(secret: string, { isLeaked = false } = {}): void {
  if (secret.length < 16) throw new Error('a canary must be long enough never to turn up by chance')
  canaries.add(secret)
  if (!isLeaked) keepSecret(secret)
}

/** Looks through something that left the server: a body, headers, a frame, output of a process, a log line. */
export function assertNoCanary(where: string, text: string): void {
  for (const secret of canaries) {
    if (text.includes(secret)) throw new Error(`a secret of the tests shows in ${where}: ${text.slice(0, 400)}`)
  }
}

/** A fetch that looks through every answer, streams included, before the caller sees it. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  assertNoCanary('response headers', JSON.stringify([...response.headers]))
  if (response.body === null) return response
  const decoder = new TextDecoder()
  let tail = ''
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const text = tail + decoder.decode(chunk, { stream: true })
      assertNoCanary('a response body', text)
      // A secret may lie across two chunks.
      tail = text.slice(-200)
      controller.enqueue(chunk)
    }
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(watch), { status, statusText, headers })
}
