import { Type } from '@sinclair/typebox'
import { Exact } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

const Nullable = Type.Union([Type.String(), Type.Null()])
const Company = Type.Object({ id: Type.Integer(), name: Type.String() })

export const session = defineTool({
  name: 'odoo_session',
  title: 'Who am I, and where',
  description:
    'Tell which Odoo and user the calls run as: database, companies, language, version, limits and what the policy allows. Use it first. Example: {}',
  access: 'read',
  input: Exact({}),
  output: Type.Object({
    url: Type.String(),
    database: Type.String(),
    uid: Type.Integer(),
    username: Type.String(),
    companies: Type.Object({ current: Company, allowed: Type.Array(Company) }),
    lang: Nullable,
    tz: Nullable,
    server_version: Type.String(),
    protocol: Type.String(),
    policy: Type.Object({
      read_only: Type.Boolean(),
      allowed_models: Type.Array(Type.String()),
      denied_models: Type.Array(Type.String())
    }),
    limits: Type.Object({
      default_limit: Type.Integer(),
      max_limit: Type.Integer(),
      max_result_bytes: Type.Integer()
    }),
    expires_at: Nullable
  }),
  rest: { paths: ['/session'], methods: ['POST', 'GET'] },
  example: {},
  async run(_input, { session: { odoo, expiresAt }, policy, limits }) {
    const { company, companies, major, ...identity } = odoo.identity
    return {
      ...identity,
      companies: { current: company, allowed: companies },
      policy: policy.summary,
      limits,
      expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString()
    }
  }
})
