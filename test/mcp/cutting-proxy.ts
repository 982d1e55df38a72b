import { once } from 'node:events'
import { type AddressInfo, createServer, connect as openSocket, type Socket } from 'node:net'

/** A network that breaks: everything passes it unread until `cut` tears every connection. New ones pass again. */
export async function cuttingProxy(t: { teardown(fn: () => unknown): void }, target: URL) {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = openSocket(Number(target.port), target.hostname)
    const pairs: [Socket, Socket][] = [
      [client, upstream],
      [upstream, client]
    ]
    for (const [from, to] of pairs) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return { url, cut }
}
