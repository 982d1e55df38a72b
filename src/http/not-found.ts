import type { FastifyInstance } from 'fastify'
import { didYouMean } from '../core/nearest.js'
import { HttpRefusal } from './refusal.js'

/** Answers for what is not there: 405 with `Allow` for a wrong method, 404 with the nearest route otherwise. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes = collectRoutes(app)
  app.setNotFoundHandler(async request => {
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const methods = routes.filter(route => route.pattern.test(path)).map(route => route.method)
    if (methods.length > 0) {
      const allow = [...new Set(methods)].join(', ')
      const detail = `This route does not answer to this method, only to ${allow}.`
      throw new HttpRefusal('invalid_input', detail, { status: 405, headers: { allow } })
    }
    // The path is named by its nearest route only: it may hold what nobody should read back, and so may the query.
    const paths = routes.map(route => route.path).filter(known => !known.includes('*'))
    throw new HttpRefusal('not_found', `There is no such route.${didYouMean(path, paths)}`)
  })
}

interface KnownRoute {
  method: string
  path: string
  pattern: RegExp
}

function collectRoutes(app: FastifyInstance): KnownRoute[] {
  const routes: KnownRoute[] = []
  app.addHook('onRoute', ({ method, url }) => {
    // `*` is the route that makes preflights possible.
    if (url === '*') return
    for (const name of [method].flat()) routes.push({ method: name, path: url, pattern: toPattern(url) })
  })
  return routes
}

/** `/binary/:model/*` as an expression. */
function toPattern(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.*')
  return new RegExp(`^${source}$`)
}
