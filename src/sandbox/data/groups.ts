import { existsIn } from '../release.js'
import type { Seeder } from './seeder.js'

interface GroupRow {
  xmlid: string
  /** Under what heading, until 18 and from 19. */
  category: string
  privilege?: string
  name: string
  /** Its name from 19, where it is another. */
  name19?: string
  /** Separated by spaces. */
  implies?: string
  implies19?: string
  from?: number
  until?: number
}

const groups: readonly GroupRow[] = [
  {
    xmlid: 'base.group_user',
    category: 'User types',
    name: 'Internal User',
    name19: 'Role / User',
    implies: 'base.group_no_one'
  },
  {
    xmlid: 'base.group_erp_manager',
    category: 'Administration',
    name: 'Access Rights',
    implies: '',
    implies19: 'base.group_user'
  },
  {
    xmlid: 'base.group_system',
    category: 'Administration',
    name: 'Settings',
    name19: 'Role / Administrator',
    implies: 'base.group_erp_manager account.group_account_manager',
    implies19:
      'base.group_erp_manager base.group_partner_manager base.group_no_one product.group_product_manager base.group_allow_export api_doc.group_allow_doc'
  },
  { xmlid: 'base.group_multi_company', category: 'Extra Rights', name: 'Multi Companies' },
  { xmlid: 'base.group_multi_currency', category: 'Extra Rights', name: 'Multi Currencies' },
  { xmlid: 'base.group_no_one', category: 'Extra Rights', name: 'Technical Features' },
  {
    xmlid: 'base.group_allow_export',
    category: 'Technical',
    privilege: 'Export',
    name: 'Access to export feature',
    name19: 'Allowed'
  },
  {
    xmlid: 'base.group_partner_manager',
    category: 'Extra Rights',
    privilege: 'Contact',
    name: 'Contact Creation',
    name19: 'Creation'
  },
  { xmlid: 'base.group_portal', category: 'User types', name: 'Portal', name19: 'Role / Portal' },
  { xmlid: 'base.group_public', category: 'User types', name: 'Public', name19: 'Role / Public' },
  { xmlid: 'base.group_private_addresses', category: 'Technical', name: 'Access to Private Addresses', until: 16 },
  { xmlid: 'api_doc.group_allow_doc', category: 'Technical', name: 'Technical Documentation', from: 19 },
  { xmlid: 'mail.group_mail_template_editor', category: 'Technical', name: 'Mail Template Editor', from: 15 },
  { xmlid: 'product.group_product_manager', category: 'Products', privilege: 'Products', name: 'Create', from: 18 },
  {
    xmlid: 'sales_team.group_sale_salesman',
    category: 'Sales',
    privilege: 'Sales',
    name: 'User: Own Documents Only',
    implies: 'base.group_user'
  },
  {
    xmlid: 'sales_team.group_sale_salesman_all_leads',
    category: 'Sales',
    privilege: 'Sales',
    name: 'User: All Documents',
    implies: 'sales_team.group_sale_salesman'
  },
  {
    xmlid: 'sales_team.group_sale_manager',
    category: 'Sales',
    privilege: 'Sales',
    name: 'Administrator',
    implies: 'sales_team.group_sale_salesman_all_leads'
  },
  {
    xmlid: 'account.group_account_readonly',
    category: 'Technical',
    name: 'Show Accounting Features - Readonly',
    implies: 'base.group_user'
  },
  {
    xmlid: 'account.group_account_invoice',
    category: 'Invoicing',
    privilege: 'Accounting',
    name: 'Billing',
    name19: 'Invoicing',
    implies: 'base.group_user'
  },
  {
    xmlid: 'account.group_account_user',
    category: 'Technical',
    name: 'Show Full Accounting Features',
    implies: 'account.group_account_invoice account.group_account_readonly'
  },
  {
    xmlid: 'account.group_account_manager',
    category: 'Invoicing',
    privilege: 'Accounting',
    name: 'Billing Administrator',
    name19: 'Administrator',
    implies: 'account.group_account_invoice'
  }
]

const shares = new Set(['base.group_portal', 'base.group_public'])

/** The groups of each release, their headings, and which imply which. */
export function seedGroups({ env, insert, link, id }: Seeder): void {
  const modern = env.major >= 19
  const headings = new Map<string, number>()
  const own = groups.filter(group => existsIn(env.major, group))
  for (const { xmlid, category, privilege, name, name19 = name } of own) {
    const heading = modern ? privilege : category
    const model = modern ? 'res.groups.privilege' : 'ir.module.category'
    if (heading !== undefined && !headings.has(heading)) headings.set(heading, insert(model, { name: heading }))
    const under = headings.get(heading ?? '') ?? null
    const row = { name: modern ? name19 : name, category_id: under, privilege_id: under, share: shares.has(xmlid) }
    insert('res.groups', row, xmlid)
  }
  for (const { xmlid, implies = '', implies19 = implies } of own) {
    for (const other of (modern ? implies19 : implies).split(' ').filter(Boolean)) {
      link('res_groups_implied_rel', id(xmlid), id(other))
    }
  }
}
