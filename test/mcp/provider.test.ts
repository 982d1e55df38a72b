import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { McpProvider } from '../../src/mcp/provider.js'
import { connect, listen } from './listen.js'

/** Resources, a prompt and a completion under one scheme. */
function provider(scheme: string): McpProvider {
  const own = (uri: string) => uri.startsWith(`${scheme}://`)
  return {
    tools: {
      listed: [{ name: `${scheme}_tool`, inputSchema: { type: 'object' } }],
      has: name => name === `${scheme}_tool`,
      call: async (_params, { caller }) => ({ content: [{ type: 'text', text: caller.principal }] })
    },
    resources: {
      list: async () => [{ uri: `${scheme}://one`, name: 'one' }],
      templates: async () => [{ uriTemplate: `${scheme}://{id}`, name: 'any' }],
      async read(uri, { caller }) {
        if (!own(uri)) return undefined
        if (uri.endsWith('denied')) throw new GatewayError('policy_denied', 'not this one', { hint: 'Take another.' })
        if (uri.endsWith('broken')) throw new Error('secret detail of a bug')
        return { contents: [{ uri, text: caller.principal }] }
      },
      watch: async uri => (own(uri) ? () => {} : undefined)
    },
    prompts: {
      listed: [{ name: `${scheme}_prompt` }],
      async get({ name }) {
        if (name !== `${scheme}_prompt`) return undefined
        return { messages: [{ role: 'user', content: { type: 'text', text: scheme } }] }
      }
    },
    async complete({ ref }) {
      return 'uri' in ref && own(ref.uri) ? { values: [scheme] } : undefined
    }
  }
}

for (const era of ['modern', 'legacy'] as const) {
  t.test(`what several providers offer is one offer to a ${era} client, each answering for its own`, async t => {
    const { url, log } = await listen(t, { providers: [provider('a'), provider('b')] })
    const { client } = await connect(t, url, era, 'ann')
    t.match(client.getServerCapabilities(), { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} })
    const names = (await client.listTools()).tools.map(({ name }) => name)
    t.strictSame(names.slice(-2), ['a_tool', 'b_tool'], 'after the tools of the gateway')
    t.ok(names.includes('odoo_search'))
    t.match(await client.callTool({ name: 'b_tool', arguments: {} }), { content: [{ text: 'key:ann' }] })
    t.match(await client.listResources(), { resources: [{ uri: 'a://one' }, { uri: 'b://one' }] })
    t.match(await client.listResourceTemplates(), { resourceTemplates: [{ uriTemplate: 'a://{id}' }, {}] })
    t.match(await client.readResource({ uri: 'b://7' }), { contents: [{ uri: 'b://7', text: 'key:ann' }] })
    t.match(await client.listPrompts(), { prompts: [{ name: 'a_prompt' }, { name: 'b_prompt' }] })
    t.match(await client.getPrompt({ name: 'b_prompt' }), { messages: [{ content: { text: 'b' } }] })
    const reference = (uri: string) => ({
      ref: { type: 'ref/resource' as const, uri },
      argument: { name: 'id', value: '' }
    })
    t.match(await client.complete(reference('b://{id}')), { completion: { values: ['b'] } })

    await t.rejects(client.readResource({ uri: 'c://7' }), { code: -32602 }, 'nobody knows it')
    await t.rejects(client.getPrompt({ name: 'c_prompt' }), { code: -32602, message: /Unknown prompt "c_prompt"/ })
    await t.rejects(client.complete(reference('c://{id}')), { code: -32602 })
    await t.rejects(client.readResource({ uri: 'a://denied' }), {
      message: /policy_denied: not this one\. Take another\.$/,
      data: { code: 'policy_denied', hint: 'Take another.' }
    })
    const broken = client.readResource({ uri: 'a://broken' }).catch(error => error)
    t.match(await broken, { code: -32603, message: /internal: Something went wrong/ })
    t.notMatch(JSON.stringify(await broken), /secret detail/)
    t.match(
      log.lines.filter(({ level }) => level === 'error'),
      [{ fields: { err: { message: /secret detail/ } } }]
    )
  })
}

t.test('a subscription that no provider knows is refused, and ending one that is not open is no fault', async t => {
  const { url } = await listen(t, { providers: [provider('a')] })
  const { client } = await connect(t, url, 'legacy')
  await client.subscribeResource({ uri: 'a://one' })
  await t.rejects(client.subscribeResource({ uri: 'c://one' }), { code: -32602 })
  await client.unsubscribeResource({ uri: 'a://one' })
  await client.unsubscribeResource({ uri: 'a://one' })
})
