import type { Seeder } from './seeder.js'

/** A square of 32 by 32 pixels as PNG, red and blue. */
export const pictures: { readonly [color: string]: string } = {
  red: 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mM4oaFBU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULABo2YD0ttAhSAAAAAElFTkSuQmCC',
  blue: 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mPQCDhBU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULAFLBAEzJn5wgAAAAAElFTkSuQmCC'
}

/** Name, country, state, city, zip, tags. */
const companies: readonly (readonly [string, string, string | null, string, string, string])[] = [
  ['Azure Interior', 'us', 'ca', 'Fremont', '94538', 'Services'],
  ['Deco Addict', 'us', 'ca', 'Pleasant Hill', '94523', 'Desk Manufacturers'],
  ['Gemini Furniture', 'us', 'ca', 'Fairfield', '94535', 'Consulting Services'],
  ['Ready Mat', 'us', 'ca', 'Concord', '94520', 'Office Supplies'],
  ['The Jackson Group', 'us', 'ca', 'Stockton', '95202', 'Consulting Services'],
  ['Wood Corner', 'us', 'ca', 'Turlock', '95380', 'Desk Manufacturers'],
  ['Lumber Inc', 'us', 'ny', 'Buffalo', '14201', 'Vendor'],
  ['Agrolait', 'be', 'wbr', 'Wavre', '1300', 'Vendor'],
  ['ASUSTeK', 'de', null, 'Ratingen', '40880', 'Vendor'],
  ['Camptocamp', 'ch', null, 'Lausanne', '1015', 'Services'],
  ['China Export', 'cn', null, 'Shanghai', '200000', 'Vendor'],
  ['Delta PC', 'us', 'ca', 'Fremont', '94538', 'Office Supplies'],
  ['Axelor', 'fr', null, 'Champs-sur-Marne', '77420', 'Services'],
  ['Maple Leaf Paper', 'ca', 'qc', 'Montréal', 'H2X 1Y4', 'Office Supplies'],
  ['Luminous Technologies', 'us', 'tx', 'Austin', '78701', 'Consulting Services'],
  ['Zürich Möbel', 'ch', null, 'Zürich', '8001', 'Desk Manufacturers']
]

const firstNames =
  'Ada Anouk Ben Carla Chen Dana Elif Emma Félix Grace Hugo Ines Jana Jonas Kofi Lea Liam Lucía Mads Maya Nadia Noah Olga Omar Paul Quinn Rosa Sven Tara Theo Uma Vera Will Xin Yara Zoé'.split(
    ' '
  )
const lastNames =
  'Adams Bauer Brown Carter Dubois Evans Fischer Garcia Haddad Ito Jansen Kowalski Lambert Meyer Moreau Nguyen Olsen Peeters Quist Rossi Silva Tanaka Ueda Vermeulen Weber Young Zimmer'.split(
    ' '
  )
const functions = ['Consultant', 'Director', 'Financial Manager', 'Order Clerk', 'Sales Manager', 'Software Developer']
const streets = ['Main Street', 'Station Road', 'Park Avenue', 'Rue de la Loi', 'Lindenweg', 'Harbour Lane']

const tree: readonly (readonly [string, string | null])[] = [
  ['Customer', null],
  ['Vendor', null],
  ['Prospects', null],
  ['Employees', null],
  ['Consulting Services', 'Services'],
  ['Desk Manufacturers', 'Vendor'],
  ['Office Supplies', 'Vendor'],
  ['Gold', 'Customer'],
  ['Silver', 'Customer']
]

/** Companies, their people, persons on their own, and the tags on them. */
export function seedPartners(seeder: Seeder): void {
  const { env, insert, random } = seeder
  const tags = seedTags(seeder)
  if (env.major < 19) {
    for (const [name, shortcut] of [
      ['Doctor', 'Dr.'],
      ['Madam', 'Mrs.'],
      ['Mister', 'Mr.'],
      ['Professor', 'Prof.']
    ] as const) {
      insert('res.partner.title', { name, shortcut })
    }
  }
  companies.forEach(([name, country, state, city, zip, tag], index) => {
    const address = {
      street: `${random.between(1, 999)} ${random.pick(streets)}`,
      city,
      zip,
      country_id: seeder.id(`base.${country}`),
      state_id: state === null ? null : seeder.id(`base.state_${country}_${state}`)
    }
    const host = `${slug(name)}.example.com`
    const company = insert(
      'res.partner',
      {
        ...address,
        ...phones(seeder),
        name,
        is_company: true,
        email: `info@${host}`,
        website: `http://www.${host}`,
        vat: country === 'be' ? 'BE0477472701' : null,
        ref: index % 4 === 0 ? `C${String(index + 1).padStart(4, '0')}` : null,
        lang: country === 'fr' ? 'fr_FR' : 'en_US',
        customer_rank: tag === 'Vendor' ? 0 : 1,
        supplier_rank: tag === 'Vendor' ? 1 : 0,
        user_id: index % 3 === 0 ? seeder.id('base.user_admin') : index % 3 === 1 ? seeder.id('base.user_demo') : null,
        company_id: index === 13 ? seeder.id('base.second_company') : null,
        image_1920: index === 0 ? (pictures.red as string) : index === 1 ? (pictures.blue as string) : null,
        credit_limit: index % 5 === 0 ? 5000 : null,
        active: index !== 10,
        ...(index < 3 && { partner_latitude: 37.5 + index / 8, partner_longitude: -122.01 - index / 16 })
      },
      `base.res_partner_${index + 1}`
    )
    tagged(seeder, company, tags.get(tag))
    for (let count = random.between(3, 5); count > 0; count--) addContact(seeder, company, address, host)
    if (index % 6 === 0) {
      insert('res.partner', {
        ...address,
        name: null,
        type: 'invoice',
        parent_id: company,
        lang: 'en_US',
        email: `billing@${host}`
      })
    }
  })
  for (let index = 0; index < 34; index++) addPerson(seeder, index, tags)
}

function addContact(seeder: Seeder, company: number, address: object, host: string): void {
  const { insert, random } = seeder
  const name = personName(seeder)
  insert('res.partner', {
    ...address,
    ...phones(seeder),
    name,
    parent_id: company,
    email: `${slug(name).replaceAll('-', '.')}@${host}`,
    function: random.pick(functions),
    lang: 'en_US',
    active: !random.chance(0.05)
  })
}

function addPerson(seeder: Seeder, index: number, tags: Map<string, number>): void {
  const { insert, random, id } = seeder
  const name = personName(seeder)
  const country = random.pick(['us', 'be', 'fr', 'de', 'nl', 'uk', 'it', 'es', 'ca', 'jp'])
  const person = insert('res.partner', {
    ...phones(seeder),
    name,
    email: index % 9 === 8 ? null : `${slug(name).replaceAll('-', '.')}${index}@example.com`,
    street: `${random.between(1, 200)} ${random.pick(streets)}`,
    city: random.pick(['Paris', 'Gent', 'Boston', 'Köln', 'Utrecht', 'Leeds']),
    country_id: id(`base.${country}`),
    lang: country === 'fr' ? 'fr_FR' : 'en_US',
    active: index % 7 !== 6,
    customer_rank: index % 2,
    comment: index === 3 ? 'Prefers to be called in the morning.' : null,
    image_1920: index === 5 ? (pictures.blue as string) : null,
    barcode: index === 2 ? '0421234567890' : null
  })
  if (index % 3 === 0) tagged(seeder, person, tags.get(random.pick(['Prospects', 'Gold', 'Silver', 'Customer'])))
}

function seedTags({ insert }: Seeder): Map<string, number> {
  const tags = new Map<string, number>([['Services', insert('res.partner.category', { name: 'Services', color: 11 })]])
  tree.forEach(([name, parent], index) => {
    const parent_id = parent === null ? null : (tags.get(parent) ?? null)
    tags.set(name, insert('res.partner.category', { name, parent_id, color: 1 + (index % 11) }))
  })
  return tags
}

function tagged({ link }: Seeder, partner: number, tag: number | undefined): void {
  if (tag !== undefined) link('res_partner_res_partner_category_rel', partner, tag)
}

function personName({ random }: Seeder): string {
  return `${random.pick(firstNames)} ${random.pick(lastNames)}`
}

function phones({ random }: Seeder): { phone: string; mobile: string | null } {
  const number = () => `+1 555-${random.between(100, 999)}-${random.between(1000, 9999)}`
  return { phone: number(), mobile: random.chance(0.4) ? number() : null }
}

/** A name as it may stand in an address: without accents, words joined by hyphens. */
export function slug(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
}

/** As many contacts as a load test wants. */
export function seedCrowd(seeder: Seeder, count: number): void {
  const { insert, random } = seeder
  const countries = ['us', 'be', 'fr', 'de'].map(code => seeder.id(`base.${code}`))
  for (let index = 0; index < count; index++) {
    const name = `${personName(seeder)} ${index}`
    insert('res.partner', {
      name,
      email: `contact${index}@example.com`,
      city: 'Springfield',
      country_id: random.pick(countries),
      lang: 'en_US'
    })
  }
}
