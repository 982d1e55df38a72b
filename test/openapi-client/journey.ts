import createClient from 'openapi-fetch'
import type { components, paths } from './generated.js'

/** How to reach the server, and a login for `/connect`. */
export interface Journey {
  baseUrl: string
  fetch: (request: Request) => Promise<Response>
  login: components['schemas']['ConnectInput']
}

/**
 * What an integrator writes, against nothing but the types that a generator made of the document: no cast, no `any`.
 * Compiled and run by test/contract/openapi-client.test.ts; it is not part of the project, because `generated.ts` is not.
 */
export async function travel({ baseUrl, fetch, login }: Journey): Promise<string[]> {
  const anonymous = createClient<paths>({ baseUrl, fetch })
  const opened = success(await anonymous.POST('/connect', { body: login }))
  const bearer = opened.session ?? 'no session was given'
  const client = createClient<paths>({ baseUrl, fetch, headers: { Authorization: `Bearer ${bearer}` } })

  // A body may be left out where nothing is required, and `null` is told from text.
  const me = success(await client.POST('/session'))
  const language: string = me.lang ?? 'none'
  const companies: number[] = me.companies.allowed.map(({ id }) => id)
  const models: string[] = success(await client.POST('/models', { body: { filter: 'partner' } })).models.map(
    m => m.model
  )
  const described = success(await client.POST('/fields', { body: { model: 'res.partner', fields: ['name'] } }))
  const label = described.fields.name?.string

  const domain: components['schemas']['Domain'] = ['|', ['name', 'like', 'Ada%'], ['active', '=', true]]
  const page = success(
    await client.POST('/search', {
      body: { model: 'res.partner', domain, fields: ['name'], limit: 1, context: { lang: 'en_US', active_test: false } }
    })
  )
  const next: number | undefined = page.next_offset
  const names = page.records.map(({ id, name }) => `${id} ${typeof name === 'string' ? name : ''}`)
  const { count } = success(await client.POST('/count', { body: { model: 'res.partner', domain } }))

  const values = { name: 'Ada', child_ids: [[0, 0, { name: 'Child' }]], city: null }
  const one = success(await client.POST('/create', { body: { model: 'res.partner', values } }))
  const two = success(await client.POST('/create', { body: { model: 'res.partner', values: [values, values] } }))
  const ids: number[] = [one.id ?? 0, ...(two.ids ?? [])]
  const { updated } = success(
    await client.POST('/write', { body: { model: 'res.partner', ids, values: { comment: 'now' } } })
  )
  const read = success(await client.POST('/read', { body: { model: 'res.partner', ids, fields: ['child_ids'] } }))
  const children = read.records.flatMap(({ child_ids }) => (Array.isArray(child_ids) ? child_ids : []))
  const called = success(
    await client.POST('/call', {
      body: { model: 'res.partner', method: 'name_search', args: [null, [['id', 'in', ids]]], kwargs: { limit: 2 } }
    })
  )
  const all = [...ids, ...children.filter(child => typeof child === 'number')]
  const { deleted } = success(await client.POST('/unlink', { body: { model: 'res.partner', ids: all } }))

  // Typed on purpose, so that a problem is read without a cast.
  const refused = await client.POST('/search', { body: { model: 'res.partner', fields: ['emial'] } })
  const problem: string = refused.error === undefined ? 'none' : `${refused.error.status} ${refused.error.code}`
  if (refused.error?.code === 'policy_denied') {
    const status: 403 = refused.error.status
    throw new Error(`the policy says ${status}`)
  }
  const { message } = success(await client.POST('/disconnect'))

  return [
    `${opened.username} ${me.uid} ${language} ${companies.length > 0}`,
    `${models.includes('res.partner')} ${typeof label}`,
    `${names.length} ${next} ${count > 1}`,
    `${updated} ${children.length} ${Array.isArray(called.result)} ${deleted}`,
    problem,
    message
  ]
}

/** Never called: each line is a mistake that the types must not let through. */
export function mistakes(client: ReturnType<typeof createClient<paths>>): unknown[] {
  return [
    // @ts-expect-error a route that does not exist
    client.POST('/serach', { body: { model: 'res.partner' } }),
    // @ts-expect-error a method that the route does not have
    client.GET('/search'),
    // @ts-expect-error no model
    client.POST('/count', { body: { domain: [] } }),
    // @ts-expect-error no body
    client.POST('/count'),
    // @ts-expect-error text for a number
    client.POST('/search', { body: { model: 'res.partner', limit: '5' } }),
    // @ts-expect-error an operator that is none
    client.POST('/count', { body: { model: 'res.partner', domain: ['xor'] } })
  ]
}

/** What a call gave; the problem is thrown. */
function success<T>({ data, error }: { data?: T; error?: components['schemas']['Problem'] }): T {
  if (data === undefined) throw new Error(`${error?.code}: ${error?.detail}`)
  return data
}
