import { must, type Side } from './sides.js'

export interface FieldFacts {
  type: string
  relation?: string
  store: boolean
  searchable: boolean
}

/** The fields that both Odoos have, by model: what the cases are made of and results are read with. */
export interface Catalogue {
  /** In a stable order. */
  fields(model: string): string[]
  get(model: string, field: string): FieldFacts | undefined
  /** The fields of some types, dotted names not included. */
  ofType(model: string, ...types: string[]): string[]
  /** The model at the end of a path of relations, if there is one. */
  relation(model: string, path: string): string | undefined
}

export const models = [
  'res.partner',
  'res.partner.category',
  'res.country',
  'res.country.state',
  'res.users',
  'res.company',
  'res.currency',
  'product.category',
  'product.template',
  'product.product',
  'uom.uom',
  'crm.lead',
  'crm.stage',
  'crm.tag',
  'crm.team',
  'sale.order',
  'sale.order.line',
  'ir.attachment'
]

type FieldsGet = { [field: string]: FieldFacts }

export async function createCatalogue(real: Side, sandbox: Side): Promise<Catalogue> {
  const byModel = new Map<string, Map<string, FieldFacts>>()
  for (const model of models) {
    const [theirs, ours] = await Promise.all([real, sandbox].map(side => fieldsOf(side, model)))
    const both = Object.entries(theirs as FieldsGet).filter(([name]) => ours !== undefined && name in ours)
    byModel.set(model, new Map(both.sort(([a], [b]) => (a < b ? -1 : 1))))
  }
  const catalogue: Catalogue = {
    fields: model => [...(byModel.get(model)?.keys() ?? [])],
    get: (model, field) => byModel.get(model)?.get(field),
    ofType: (model, ...types) =>
      catalogue.fields(model).filter(name => types.includes(catalogue.get(model, name)?.type ?? '')),
    relation(model, path) {
      let at: string | undefined = model
      for (const name of path.split('.')) {
        if (name === 'id') continue
        at = at === undefined ? undefined : catalogue.get(at, name)?.relation
      }
      return at
    }
  }
  return catalogue
}

async function fieldsOf(side: Side, model: string): Promise<FieldsGet | undefined> {
  const attributes = ['type', 'relation', 'store', 'searchable']
  return must<FieldsGet>(side, model, 'fields_get', [], { attributes }).catch(() => undefined)
}
