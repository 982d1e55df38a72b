import type { Seeder } from './seeder.js'

/** Code, name, calling code, currency where it is one of ours, French name. */
const countries: readonly (readonly [
  code: string,
  name: string,
  phone: number,
  currency?: string | undefined,
  french?: string
])[] = [
  ['AE', 'United Arab Emirates', 971],
  ['AR', 'Argentina', 54, undefined, 'Argentine'],
  ['AT', 'Austria', 43, 'EUR', 'Autriche'],
  ['AU', 'Australia', 61, undefined, 'Australie'],
  ['BE', 'Belgium', 32, 'EUR', 'Belgique'],
  ['BG', 'Bulgaria', 359, undefined, 'Bulgarie'],
  ['BR', 'Brazil', 55, undefined, 'Brésil'],
  ['CA', 'Canada', 1, undefined, 'Canada'],
  ['CH', 'Switzerland', 41, undefined, 'Suisse'],
  ['CL', 'Chile', 56],
  ['CN', 'China', 86, undefined, 'Chine'],
  ['CO', 'Colombia', 57],
  ['CZ', 'Czech Republic', 420],
  ['DE', 'Germany', 49, 'EUR', 'Allemagne'],
  ['DK', 'Denmark', 45, undefined, 'Danemark'],
  ['DZ', 'Algeria', 213],
  ['EC', 'Ecuador', 593],
  ['EE', 'Estonia', 372, 'EUR'],
  ['EG', 'Egypt', 20],
  ['ES', 'Spain', 34, 'EUR', 'Espagne'],
  ['FI', 'Finland', 358, 'EUR', 'Finlande'],
  ['FR', 'France', 33, 'EUR', 'France'],
  ['GB', 'United Kingdom', 44, undefined, 'Royaume-Uni'],
  ['GR', 'Greece', 30, 'EUR', 'Grèce'],
  ['HK', 'Hong Kong', 852],
  ['HR', 'Croatia', 385, 'EUR'],
  ['HU', 'Hungary', 36],
  ['ID', 'Indonesia', 62],
  ['IE', 'Ireland', 353, 'EUR'],
  ['IL', 'Israel', 972],
  ['IN', 'India', 91, undefined, 'Inde'],
  ['IS', 'Iceland', 354],
  ['IT', 'Italy', 39, 'EUR', 'Italie'],
  ['JP', 'Japan', 81, undefined, 'Japon'],
  ['KE', 'Kenya', 254],
  ['KR', 'South Korea', 82],
  ['LT', 'Lithuania', 370, 'EUR'],
  ['LU', 'Luxembourg', 352, 'EUR', 'Luxembourg'],
  ['LV', 'Latvia', 371, 'EUR'],
  ['MA', 'Morocco', 212, undefined, 'Maroc'],
  ['MT', 'Malta', 356, 'EUR'],
  ['MX', 'Mexico', 52, undefined, 'Mexique'],
  ['MY', 'Malaysia', 60],
  ['NG', 'Nigeria', 234],
  ['NL', 'Netherlands', 31, 'EUR', 'Pays-Bas'],
  ['NO', 'Norway', 47],
  ['NZ', 'New Zealand', 64],
  ['PE', 'Peru', 51],
  ['PH', 'Philippines', 63],
  ['PL', 'Poland', 48, undefined, 'Pologne'],
  ['PT', 'Portugal', 351, 'EUR', 'Portugal'],
  ['RO', 'Romania', 40],
  ['SA', 'Saudi Arabia', 966],
  ['SE', 'Sweden', 46],
  ['SG', 'Singapore', 65],
  ['SI', 'Slovenia', 386, 'EUR'],
  ['SK', 'Slovakia', 421, 'EUR'],
  ['TH', 'Thailand', 66],
  ['TR', 'Turkey', 90],
  ['US', 'United States', 1, 'USD', 'États-Unis'],
  ['VN', 'Vietnam', 84],
  ['ZA', 'South Africa', 27]
]

const states: { [country: string]: string } = {
  US: 'AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming,DC District of Columbia',
  BE: 'VAN Antwerp,WBR Walloon Brabant,BRU Brussels,WHT Hainaut,WLG Liège,VLI Limburg,WLX Luxembourg,WNA Namur,VOV East Flanders,VBR Flemish Brabant,VWV West Flanders',
  CA: 'AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NT Northwest Territories,NS Nova Scotia,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon'
}

const addressFormats: { [country: string]: string } = {
  BE: '%(street)s\n%(street2)s\n%(zip)s %(city)s\n%(country_name)s',
  DE: '%(street)s\n%(street2)s\n%(zip)s %(city)s\n%(country_name)s',
  FR: '%(street)s\n%(street2)s\n%(zip)s %(city)s\n%(country_name)s',
  NL: '%(street)s\n%(street2)s\n%(zip)s %(city)s\n%(country_name)s',
  US: '%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s'
}

/** Currencies, countries, states and the European Union. */
export function seedCountries({ insert, link, id }: Seeder): void {
  const unit = { rounding: 0.01, active: true }
  insert(
    'res.currency',
    {
      ...unit,
      name: 'EUR',
      full_name: 'Euro',
      symbol: '€',
      position: 'after',
      currency_unit_label: 'Euros',
      currency_subunit_label: 'Cents'
    },
    'base.EUR'
  )
  insert(
    'res.currency',
    {
      ...unit,
      name: 'USD',
      full_name: 'United States dollar',
      symbol: '$',
      position: 'before',
      currency_unit_label: 'Dollars',
      currency_subunit_label: 'Cents'
    },
    'base.USD'
  )
  for (const [code, name, phone_code, currency, french] of countries) {
    const row = {
      code,
      phone_code,
      name: french === undefined ? name : { en_US: name, fr_FR: french },
      currency_id: currency === undefined ? null : id(`base.${currency}`),
      state_required: code === 'US',
      ...(addressFormats[code] !== undefined && { address_format: addressFormats[code] })
    }
    insert('res.country', row, `base.${code === 'GB' ? 'uk' : code.toLowerCase()}`)
  }
  for (const [country, list] of Object.entries(states)) {
    const country_id = id(`base.${country.toLowerCase()}`)
    for (const state of list.split(',')) {
      const [code = ''] = state.split(' ')
      const name = state.slice(code.length + 1)
      insert(
        'res.country.state',
        { country_id, code, name },
        `base.state_${country.toLowerCase()}_${code.toLowerCase()}`
      )
    }
  }
  const union = insert('res.country.group', { name: 'European Union', code: 'EU' }, 'base.europe')
  for (const code of 'at be bg cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk'.split(' ')) {
    link('res_country_res_country_group_rel', id(`base.${code}`), union)
  }
}

/** English and French, both installed. */
export function seedLanguages({ insert }: Seeder): void {
  const shared = { active: true, direction: 'ltr', grouping: '[3,0]' }
  insert(
    'res.lang',
    {
      ...shared,
      name: 'English (US)',
      code: 'en_US',
      iso_code: 'en',
      url_code: 'en',
      date_format: '%m/%d/%Y',
      time_format: '%H:%M:%S',
      week_start: '7',
      decimal_point: '.',
      thousands_sep: ','
    },
    'base.lang_en'
  )
  insert(
    'res.lang',
    {
      ...shared,
      name: 'French / Français',
      code: 'fr_FR',
      iso_code: 'fr',
      url_code: 'fr',
      date_format: '%d/%m/%Y',
      time_format: '%H:%M:%S',
      week_start: '1',
      decimal_point: ',',
      thousands_sep: ' '
    },
    'base.lang_fr'
  )
}
