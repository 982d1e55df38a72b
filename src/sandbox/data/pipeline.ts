import type { Seeder } from './seeder.js'

const subjects = [
  'Quote for 12 tables',
  'Office design and architecture',
  'Quote for 600 chairs',
  'Customizable desk',
  'Need 20 desks',
  'Interest in your products',
  'Furniture for a new office',
  'Distributor contract',
  'Modern open space',
  'Global solution: furnitures',
  'Acoustic screens',
  'Catering hall refurbishment',
  'Design of a showroom',
  'Info about services',
  'Access to online catalogue',
  'Potential distributor',
  'Balmer Inc: chairs',
  'Cleaning subscription',
  'Estimation for a library',
  'Trelian new offices'
]

/** Stage, and the likelihood of winning that goes with it. */
const stages = [
  ['New', 10],
  ['Qualified', 35],
  ['Proposition', 65],
  ['Won', 100]
] as const

/** Teams, stages, tags, and leads and opportunities around today. */
export function seedPipeline(seeder: Seeder): void {
  const { env, insert, id, random, link } = seeder
  const admin = id('base.user_admin')
  const sales = id('base.user_demo')
  const team = insert(
    'crm.team',
    {
      name: 'Sales',
      sequence: 0,
      active: true,
      use_leads: true,
      use_opportunities: true,
      user_id: admin,
      company_id: env.major < 17 ? id('base.main_company') : null
    },
    'sales_team.team_sales_department'
  )
  insert(
    'crm.team',
    { name: 'Website', sequence: 5, active: true, use_opportunities: true },
    'sales_team.salesteam_website_sales'
  )
  for (const uid of [admin, sales]) {
    if (env.major < 15) env.tables.update('res.users', uid, { sale_team_id: team })
    else link('crm_team_member', team, uid)
  }
  stages.forEach(([name], index) => {
    insert(
      'crm.stage',
      { name, sequence: name === 'Won' ? 70 : index + 1, is_won: name === 'Won', fold: false },
      `crm.stage_lead${index + 1}`
    )
  })
  const tags = ['Product', 'Software', 'Services', 'Information', 'Design', 'Training', 'Consulting'].map(
    (name, index) => insert('crm.tag', { name, color: index + 1 })
  )
  const reasons = ['Too expensive', "We don't have people/skills", 'Not enough stock'].map(name =>
    insert('crm.lost.reason', { name, active: true })
  )
  const partners = companiesOf(seeder)
  for (let index = 0; index < 40; index++)
    addLead(seeder, { index, team, partners, tags, reasons, owner: random.pick([admin, sales, sales]) })
}

interface LeadContext {
  index: number
  team: number
  partners: number[]
  tags: number[]
  reasons: number[]
  owner: number
}

function addLead(seeder: Seeder, { index, team, partners, tags, reasons, owner }: LeadContext): void {
  const { env, insert, id, random, link, day, moment } = seeder
  const [, likelihood] = random.pick(stages)
  const stage = stages.findIndex(([, probability]) => probability === likelihood)
  const lost = index % 10 === 9
  const lead = index % 5 === 4
  const probability = lost ? 0 : likelihood
  const partner = index % 4 === 3 ? undefined : random.pick(partners)
  const row = env.tables.row('res.partner', partner ?? 0)
  const reason = lost ? random.pick(reasons) : null
  const opportunity = insert('crm.lead', {
    name: `${subjects[index % subjects.length]}${index >= subjects.length ? ' (again)' : ''}`,
    type: lead ? 'lead' : 'opportunity',
    active: !lost,
    stage_id: id(`crm.stage_lead${lead ? 1 : stage + 1}`),
    team_id: team,
    user_id: index % 8 === 7 ? null : owner,
    company_id: index % 13 === 12 ? id('base.second_company') : id('base.main_company'),
    partner_id: partner ?? null,
    partner_name: (row?.name as string | undefined) ?? 'New Ventures',
    contact_name: partner === undefined ? 'Robin Newcomer' : null,
    email_from: (row?.email as string | undefined) ?? `lead${index}@example.com`,
    phone: (row?.phone as string | undefined) ?? '+1 555-555-0100',
    country_id: row?.country_id as number | undefined,
    state_id: row?.state_id as number | undefined,
    city: row?.city as string | undefined,
    expected_revenue: lead ? 0 : random.between(2, 400) * 100,
    probability,
    automated_probability: probability,
    priority: String(random.between(0, 3)),
    date_deadline: day(random.between(-20, 45)),
    date_open: moment(random.between(-60, -5)),
    date_last_stage_update: moment(random.between(-30, -1)),
    date_closed: probability === 100 || (lost && env.major >= 17) ? moment(random.between(-20, -1)) : null,
    description: index % 6 === 0 ? (env.major < 17 ? 'Met at the fair.' : '<p>Met at the fair.</p>') : null,
    lost_reason: reason,
    lost_reason_id: reason
  })
  for (let count = random.between(0, 2); count > 0; count--) link('crm_tag_rel', opportunity, random.pick(tags))
}

/** The customers among the companies, without those of the second company. */
export function companiesOf({ env }: Seeder): number[] {
  const own = (row: { is_company?: unknown; active?: unknown; company_id?: unknown; id: number }) =>
    row.is_company === true && row.active === true && row.company_id === null && row.id > 6
  return [...env.tables.rows('res.partner').values()].filter(own).map(row => row.id)
}
