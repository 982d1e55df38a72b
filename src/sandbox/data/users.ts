import { createHash } from 'node:crypto'
import { keyColumn, secretColumn } from '../models/credentials.js'
import { withImplied } from '../models/groups.js'
import type { Seeder } from './seeder.js'

/** The API key of a login, the same for the same seed. */
export function apiKeyOf(seed: number, login: string): string {
  return createHash('sha1').update(`odoo-mcp sandbox ${seed} ${login}`).digest('hex')
}

/** Both companies, with the superuser and the administrator; ids as in a fresh Odoo. */
export function seedCompanies({ insert, id, link }: Seeder): void {
  const main = insert(
    'res.partner',
    {
      name: 'YourCompany',
      is_company: true,
      street: '250 Executive Park Blvd, Suite 3400',
      city: 'San Francisco',
      zip: '94134',
      state_id: id('base.state_us_ca'),
      country_id: id('base.us'),
      phone: '+1 555-555-5556',
      email: 'info@yourcompany.example.com',
      website: 'http://www.example.com',
      lang: 'en_US'
    },
    'base.main_partner'
  )
  insert('res.company', { partner_id: main, currency_id: id('base.USD'), sequence: null }, 'base.main_company')
  const company_id = id('base.main_company')
  const root = { name: 'OdooBot', email: 'odoobot@example.com', company_id, active: false, lang: 'en_US' }
  insert('res.partner', root, 'base.partner_root')
  const admin = {
    name: 'Mitchell Admin',
    email: 'admin@yourcompany.example.com',
    company_id,
    lang: 'en_US',
    tz: 'Europe/Brussels',
    phone: '+1 555-555-5555',
    city: 'Scranton',
    zip: '18540',
    street: '215 Vine St',
    country_id: id('base.us'),
    state_id: id('base.state_us_pa')
  }
  insert('res.partner', admin, 'base.partner_admin')
  const second = insert('res.partner', {
    name: 'YourCompany Belgium',
    is_company: true,
    street: 'Chaussée de Namur 40',
    city: 'Grand-Rosière',
    zip: '1367',
    country_id: id('base.be'),
    state_id: id('base.state_be_wbr'),
    vat: 'BE0477472701',
    phone: '+32 81 81 37 00',
    email: 'belgium@yourcompany.example.com',
    lang: 'en_US'
  })
  insert('res.company', { partner_id: second, currency_id: id('base.EUR'), sequence: 10 }, 'base.second_company')
  for (const user of [1, 2]) for (const company of [1, 2]) link('res_company_users_rel', company, user)
}

const everything =
  'base.group_system base.group_multi_company base.group_partner_manager base.group_allow_export base.group_user sales_team.group_sale_manager account.group_account_manager product.group_product_manager'

/** Who can log in: admin, sales and portal, each with its name as password and an API key. */
export function seedUsers(seeder: Seeder): void {
  const { insert, id } = seeder
  const company_id = id('base.main_company')
  addUser(seeder, {
    login: '__system__',
    partner: id('base.partner_root'),
    groups: everything,
    xmlid: 'base.user_root'
  })
  addUser(seeder, { login: 'admin', partner: id('base.partner_admin'), groups: everything, xmlid: 'base.user_admin' })
  const sales = insert('res.partner', {
    parent_id: id('base.main_partner'),
    name: 'Sam Salesperson',
    email: 'sales@yourcompany.example.com',
    function: 'Account Manager',
    company_id,
    lang: 'en_US',
    tz: 'Europe/Brussels',
    phone: '+1 555-555-5557',
    country_id: id('base.us')
  })
  addUser(seeder, {
    login: 'sales',
    partner: sales,
    groups: 'base.group_user sales_team.group_sale_salesman',
    xmlid: 'base.user_demo'
  })
  const portal = insert('res.partner', {
    name: 'Paula Portal',
    email: 'portal@example.com',
    lang: 'en_US',
    city: 'Namur',
    zip: '5000',
    street: 'Rue de Fer 12',
    country_id: id('base.be')
  })
  addUser(seeder, { login: 'portal', partner: portal, groups: 'base.group_portal', xmlid: 'base.demo_user0' })
}

interface NewUser {
  login: string
  partner: number
  groups: string
  xmlid: string
}

function addUser({ env, seed, insert, link, id }: Seeder, { login, partner, groups, xmlid }: NewUser): void {
  const system = login === '__system__'
  const row = {
    login,
    partner_id: partner,
    company_id: id('base.main_company'),
    active: !system,
    notification_type: 'email',
    signature: system ? null : `<p>--<br/>${login}</p>`,
    ...(!system && { [secretColumn]: login })
  }
  const uid = insert('res.users', row, xmlid)
  link('res_company_users_rel', id('base.main_company'), uid)
  const known = env.tables.rows('ir.model.data').values()
  const wanted = new Set(groups.split(' '))
  const ids: number[] = []
  for (const { model, module, name, res_id } of known) {
    if (model === 'res.groups' && wanted.has(`${module}.${name}`)) ids.push(Number(res_id))
  }
  // Until 18 the implied groups of a user are its own, too.
  for (const group of env.major < 19 ? withImplied(env.tables, ids) : ids) link('res_groups_users_rel', uid, group)
  if (system) return
  insert('res.users.apikeys', { name: 'sandbox', user_id: uid, scope: null, [keyColumn]: apiKeyOf(seed, login) })
  insert('res.users.log', { create_uid: uid })
}
