import type { Json, JsonObject } from '../core/json.js'
import type { NamedId } from '../core/ports/odoo.js'
import { unpaid } from './overdue-invoices.js'
import type { Ask, Prompt } from './prompt.js'
import { groups, jsonLine, message, records, section } from './sections.js'

const fields = ['display_name', 'email', 'phone', 'city', 'country_id', 'vat', 'ref', 'is_company', 'parent_id']

export const lookUpCustomer: Prompt = {
  name: 'look_up_customer',
  title: 'Look up a customer',
  description: 'Who a customer is, and what is open with them: orders, invoices, opportunities, activities.',
  arguments: [
    {
      name: 'customer',
      description: 'A name or part of it, an e-mail address, a reference or an id',
      required: true,
      completes: 'contact'
    }
  ],
  async write({ customer = '' }, { ask, today }) {
    const found = await contactsLike(ask, customer)
    const contacts = theOneMeant(found, customer)
    const [contact] = contacts
    const looked = `I am looking for the customer ${jsonLine(customer)}.`
    if (contact === undefined) {
      return `${looked} Odoo has no contact with this name, e-mail address, reference or id. Tell me so, and ask how else it may be written; odoo_name_search finds by part of a name.`
    }
    if (contacts.length > 1) {
      const more = found.length === most ? ', and maybe more' : ''
      const list = `## Contacts that fit${more}\n${contacts.map(jsonLine).join('\n')}`
      return message(`${looked} Several contacts fit. Show me these, and ask which one I mean.`, [list])
    }
    const instructions = `${looked} Tell me in a few sentences who it is, what is open with them (orders, invoices, opportunities), and what needs attention first. Today is ${today}.`
    const shown = `## Contact (odoo://res.partner/${contact.id})\n${jsonLine(contact)}`
    return message(instructions, [shown, ...(await whatIsOpen(ask, contact.id))])
  }
}

type Contact = JsonObject & { id: number }

const most = 10

/** Odoo's own search box finds by name, e-mail address, reference and tax number. */
async function contactsLike(ask: Ask, customer: string): Promise<Contact[]> {
  const model = 'res.partner'
  if (/^[1-9]\d{0,8}$/.test(customer)) {
    const { records } = await ask('odoo_read', { model, ids: [Number(customer)], fields })
    if ((records as Contact[]).length > 0) return records as Contact[]
  }
  const { matches } = await ask('odoo_name_search', { model, name: customer.slice(0, 256), limit: most })
  const ids = (matches as unknown as NamedId[]).map(({ id }) => id)
  return ids.length === 0 ? [] : ((await ask('odoo_read', { model, ids, fields })).records as Contact[])
}

/** The only one that is called so exactly; else those that belong to none of the others. */
function theOneMeant(contacts: Contact[], customer: string): Contact[] {
  const wanted = customer.toLowerCase()
  const exact = contacts.filter(({ display_name }) => String(display_name).toLowerCase() === wanted)
  if (exact.length === 1) return exact
  const ids = contacts.map(({ id }) => id as Json)
  return contacts.filter(({ parent_id }) => !(Array.isArray(parent_id) && ids.includes(parent_id[0] as Json)))
}

/** Of the contact and, for a company, of everybody in it. */
function whatIsOpen(ask: Ask, id: number): Promise<string[]> {
  const theirs = ['partner_id', 'child_of', id]
  return Promise.all([
    section('Orders, the newest first', 'sale.order', () =>
      records(ask, {
        model: 'sale.order',
        domain: [theirs],
        fields: ['name', 'state', 'date_order', 'amount_total', 'currency_id', 'user_id'],
        order: 'date_order desc',
        limit: 10
      })
    ),
    section('Orders by state', 'sale.order', () =>
      groups(ask, {
        model: 'sale.order',
        domain: [theirs],
        group_by: ['state', 'currency_id'],
        measures: ['amount_total:sum']
      })
    ),
    section('Unpaid invoices', 'account.move', () =>
      records(ask, {
        model: 'account.move',
        domain: [theirs, ...unpaid],
        fields: [
          'name',
          'company_id',
          'invoice_date',
          'invoice_date_due',
          'amount_total',
          'amount_residual',
          'currency_id'
        ],
        order: 'invoice_date_due',
        limit: 10
      })
    ),
    section('Open opportunities', 'crm.lead', () =>
      records(ask, {
        model: 'crm.lead',
        domain: [theirs, ['probability', '<', 100]],
        fields: ['name', 'stage_id', 'expected_revenue', 'probability', 'date_deadline', 'user_id'],
        order: 'write_date desc',
        limit: 10
      })
    ),
    section('Planned activities', 'mail.activity', () =>
      records(ask, {
        model: 'mail.activity',
        domain: [
          ['res_model', '=', 'res.partner'],
          ['res_id', '=', id]
        ],
        fields: ['activity_type_id', 'summary', 'date_deadline', 'user_id'],
        order: 'date_deadline',
        limit: 10
      })
    )
  ])
}
