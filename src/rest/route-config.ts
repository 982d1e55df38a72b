import 'fastify'

declare module 'fastify' {
  /** What a route tells the HTTP shell about itself. */
  interface FastifyContextConfig {
    /** `none`: the route is answered without a key, or to some; `own`: it asks for its caller itself, always. */
    auth?: 'none' | 'own'
    /** `any`: the route is answered under any host name, because load balancers ask by address. */
    host?: 'any'
    /** The route may change something in Odoo: its problems say whether it did. */
    writes?: boolean
    /** `free`: no limit of requests counts it, because monitors ask every few seconds. */
    rate?: 'free'
  }
}
