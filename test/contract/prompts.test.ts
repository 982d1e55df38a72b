import type { Client } from '@modelcontextprotocol/client'
import t from 'tap'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { mcpHttp, modern, stdio } from './surfaces.js'
import { createWorld } from './world.js'

async function write(client: Client, name: string, given: Record<string, string> = {}): Promise<string> {
  const { messages } = await client.getPrompt({ name, arguments: given })
  const [message] = messages
  if (messages.length !== 1 || message?.role !== 'user' || message.content.type !== 'text') throw new Error(name)
  return message.content.text
}

/** The lines of JSON of a section. */
function section(text: string, title: string): unknown[] {
  const [, after = ''] = text.split(`## ${title}\n`)
  const [lines = ''] = after.split('\n\n')
  return lines
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
}

for (const odoo of [...(await witnesses()), await sandboxAs(17)]) {
  t.test(`prompts on ${odoo.name}`, async t => {
    const world = await createWorld(odoo)
    t.teardown(() => world.close())
    const { admin, ref } = world
    const flags = { ...connectionFlags(odoo), 'allow-connect': true }
    const server = await startServer(flags)
    const ways = [await mcpHttp(server.url, modern), await mcpHttp(server.url, 'legacy')] as const
    const [{ client }] = ways
    t.teardown(async () => {
      await Promise.all(ways.map(way => way.close()))
      await server.close()
    })
    const [company] = (await admin.call<number[]>('res.partner', 'create', [
      [{ name: `Prompted ${ref}`, ref, is_company: true, email: 'none' }]
    ])) as [number]
    const [person] = (await admin.call<number[]>('res.partner', 'create', [
      [{ name: 'Someone', ref, parent_id: company }]
    ])) as [number]
    const lead = { name: `Deal ${ref}`, type: 'opportunity', partner_id: company, expected_revenue: 987654321 }
    const leads = await admin.call<number[]>('crm.lead', 'create', [
      [
        { ...lead, date_deadline: '2020-01-31' },
        { ...lead, name: `Won ${ref}`, probability: 100 }
      ]
    ])
    t.teardown(async () => {
      await admin.call('crm.lead', 'unlink', [leads])
      await admin.call('res.partner', 'unlink', [[person]])
    })

    t.test('they are listed alike to both eras, and on stdio', async t => {
      const local = await stdio(flags, modern)
      t.teardown(() => local.close())
      const lists = await Promise.all([...ways, local].map(way => way.client.listPrompts()))
      for (const { prompts } of lists) t.strictSame(prompts, lists[0]?.prompts)
      t.equal(lists[0]?.prompts.length, 5)
    })

    t.test('a customer is found by name, with what is open', async t => {
      const text = await write(client, 'look_up_customer', { customer: `Prompted ${ref}` })
      t.match(text, `## Contact (odoo://res.partner/${company})`)
      t.match(section(text, 'Open opportunities'), [{ id: leads[0], name: `Deal ${ref}` }])
      t.equal(section(text, 'Open opportunities').length, 1, 'what is won is not open')
      t.notMatch(text, /Not available/)
      const byId = await write(client, 'look_up_customer', { customer: String(person) })
      t.match(byId, `## Contact (odoo://res.partner/${person})`)
      t.match(await write(client, 'look_up_customer', { customer: `Nobody ${ref}` }), /Odoo has no contact/)
      t.match(await write(client, 'look_up_customer', { customer: 'Contract' }), /Several contacts fit/)
    })

    t.test('a customer is completed by name', async t => {
      const ref_ = { type: 'ref/prompt' as const, name: 'look_up_customer' }
      const { completion } = await client.complete({
        ref: ref_,
        argument: { name: 'customer', value: `Prompted ${ref}` }
      })
      t.ok(completion.values.includes(`Prompted ${ref}`))
      const model = { ref: { ...ref_, name: 'data_quality' }, argument: { name: 'model', value: 'crm.l' } }
      t.equal((await client.complete(model)).completion.values[0], 'crm.lead')
    })

    t.test('the pipeline has the largest and the late deals, and totals by stage', async t => {
      const text = await write(client, 'pipeline_review')
      t.notMatch(text, /Not available/)
      t.match(section(text, 'The largest')[0], { id: leads[0], expected_revenue: 987654321 })
      t.ok(section(text, 'By stage').length > 0)
      t.match(section(text, 'By stage')[0], { count: Number, 'expected_revenue:sum': Number })
      t.ok(section(text, 'Expected to close before today').some(row => (row as { id: number }).id === leads[0]))
      const nobody = await write(client, 'pipeline_review', { salesperson: `Nobody ${ref}` })
      t.strictSame(section(nobody, 'The largest'), [])
      t.match(nobody, /## The largest\nNone\./)
    })

    t.test('overdue invoices are those that are unpaid and were due, with their totals', async t => {
      const text = await write(client, 'overdue_invoices')
      t.notMatch(text, /Not available/)
      const due = [
        ['move_type', '=', 'out_invoice'],
        ['state', '=', 'posted'],
        ['payment_state', 'in', ['not_paid', 'partial']]
      ]
      const all = await admin.call<{ id: number; invoice_date_due: string }[]>('account.move', 'search_read', [due], {
        fields: ['invoice_date_due'],
        order: 'invoice_date_due, id'
      })
      const [, today = ''] = /Today is (\S+)\./.exec(text) ?? []
      const overdue = all.filter(({ invoice_date_due: day }) => day && day < today)
      const shown = section(text, 'Invoices, the longest overdue first') as { id: number }[]
      t.equal(shown.length, Math.min(25, overdue.length))
      t.ok(shown.every(({ id }) => overdue.some(row => row.id === id)))
      const totals = section(text, 'In all, by currency') as { count: number }[]
      t.equal(
        totals.reduce((sum, { count }) => sum + count, 0),
        overdue.length
      )
    })

    t.test('the quality of a model is counted', async t => {
      const text = await write(client, 'data_quality', { model: 'res.partner' })
      t.notMatch(text, /Not available/)
      t.match(text, /## Records\n\d+ in all\./)
      const empty = section(text, 'Empty fields, of those that the list view shows') as {
        field: string
        empty: number
      }[]
      t.ok(empty.find(({ field }) => field === 'phone')?.empty)
      const doubles = section(text, 'Values that several records have') as JSON[]
      t.ok(doubles.some(row => 'ref' in row) && doubles.length > 0)
      const [addresses] = section(text, 'Addresses that are none') as { without_at_sign: number }[]
      t.ok(addresses && addresses.without_at_sign > 0, 'one of ours is "none"')
      const wrong = client.getPrompt({ name: 'data_quality', arguments: { model: 'res.parner' } })
      await t.rejects(wrong, { code: -32602, message: /Did you mean "res\.partner"\?/, data: { code: 'not_found' } })
    })

    t.test('an error is explained with the rights and fields that are real', async t => {
      const error = `access_denied: not allowed to modify res.partner(${company},): res.partner has no field "emial"`
      const text = await write(client, 'explain_error', { error })
      t.notMatch(text, /Not available/)
      const about = section(text, 'Model res.partner')
      t.ok(about.some(row => JSON.stringify(row).startsWith('{"rights":{"read":true,"write":true')))
      t.ok(about.some(row => JSON.stringify(row) === '{"no_field":"emial","nearest":"email"}'))
      t.ok(about.some(row => JSON.stringify(row).includes(`"records":[{"id":${company},`)))
      const missing = await write(client, 'explain_error', { error: 'no such thing', model: 'no.such.model' })
      t.match(missing, /Not available: no\.such\.model is not installed/)
    })

    t.test('a user with few rights is shown what they may see, and told what they may not', async t => {
      const { username, password } = world.sales
      const { url, database } = odoo
      const opened = await ways[0].call('odoo_connect', { url, database, username, password })
      const sales = await mcpHttp(server.url, modern, { handle: opened.output?.session as string })
      t.teardown(() => sales.close())
      const review = await write(sales.client, 'pipeline_review')
      t.notMatch(review, `Deal ${ref}`, 'the deals of others')
      t.match(
        await write(sales.client, 'look_up_customer', { customer: `Prompted ${ref}` }),
        `odoo://res.partner/${company}`
      )
      const rights = section(
        await write(sales.client, 'explain_error', { error: 'x', model: 'res.users' }),
        'Model res.users'
      )
      t.ok(rights.some(row => JSON.stringify(row).includes('"create":false')))
    })
  })

  t.test(`on ${odoo.name}, prompts say what the policy of the server hides`, async t => {
    const server = await startServer({ ...connectionFlags(odoo), 'denied-models': 'crm.*' })
    const { client } = await mcpHttp(server.url, modern)
    t.teardown(async () => {
      await client.close()
      await server.close()
    })
    t.match(await write(client, 'pipeline_review'), /the policy of this server gives no access to crm\.lead/)
    const wrong = client.getPrompt({ name: 'no_such_prompt' })
    await t.rejects(wrong, { code: -32602, message: /Unknown prompt "no_such_prompt"/ })
    await t.rejects(client.getPrompt({ name: 'look_up_customer' }), { code: -32602, message: /customer: missing/ })
  })
}
