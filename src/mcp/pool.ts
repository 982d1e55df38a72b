import type { Server } from '@modelcontextprotocol/server'

/**
 * Hands out servers again once their exchange has closed: building one costs more than the exchange itself.
 * Only for servers whose handlers know everything from `ctx`.
 */
export function pooled(build: () => Server, max = 64): () => Server {
  const idle: Server[] = []
  return () => {
    const server = idle.pop()
    if (server) return server
    const built = build()
    built.onclose = () => {
      if (idle.length < max) idle.push(built)
    }
    return built
  }
}
