import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type { ResourceRequest } from '../core/live.js'
import type { CallRequest, Gateway } from '../core/ports/gateway.js'
import type { ModelInfo, NamedId } from '../core/ports/odoo.js'
import { popularModels } from './popular.js'

/** What MCP lets a completion have. */
const most = 100

/** A tool called for one request. */
export type Ask = (tool: string, input: JsonObject) => Promise<JsonObject>

export function asking(gateway: Pick<Gateway, 'call'>, { caller, signal }: ResourceRequest): Ask {
  return (tool, input) => gateway.call({ tool, input, caller, signal } satisfies CallRequest)
}

/** The models that this caller may read, all of them. */
export async function readableModels(ask: Ask, filter: JsonObject = {}): Promise<ModelInfo[]> {
  const models: ModelInfo[] = []
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page: JsonObject = await ask('odoo_get_models', { ...filter, offset })
    models.push(...(page.models as unknown as ModelInfo[]))
    offset = page.next_offset as number | undefined
  }
  return models
}

/** Names of models that begin with this, then those that have it somewhere, in the technical or the displayed name. */
export async function completeModel(ask: Ask, value: string): Promise<string[]> {
  const filter = value === '' ? {} : { filter: value.slice(0, 256) }
  const models = (await readableModels(ask, filter)).filter(({ transient }) => !transient)
  const wanted = value.toLowerCase()
  const rank = ({ model }: ModelInfo) => (model.startsWith(wanted) ? 0 : 1000) + popularity(model)
  return models
    .sort((a, b) => rank(a) - rank(b) || (a.model < b.model ? -1 : 1))
    .slice(0, most)
    .map(({ model }) => model)
}

const popularity = (model: string) => (popularModels.includes(model) ? popularModels.indexOf(model) : 500)

/** Names of fields of a model that begin with this, then those that have it somewhere, in their label too; either files or all else. */
export async function completeField(ask: Ask, model: string, value: string, files: boolean): Promise<string[]> {
  const { fields } = await ask('odoo_get_fields', { model, ...(value !== '' && { filter: value.slice(0, 256) }) })
  const names = Object.entries(fields as Record<string, JsonObject>)
    .filter(([, { type, withheld }]) => withheld !== true && (type === 'binary') === files)
    .map(([name]) => name)
  const later = (name: string) => (name.startsWith(value.toLowerCase()) ? 0 : 1)
  return names.sort((a, b) => later(a) - later(b) || (a < b ? -1 : 1)).slice(0, most)
}

/** Ids of the records that are called so, as the search box of a many2one finds them; of a number, that record first. */
export async function completeId(ask: Ask, model: string, value: string): Promise<string[]> {
  const exact = /^[1-9]\d{0,9}$/.test(value) && Number(value) <= 2147483647
  const [own, named] = await Promise.all([
    exact ? matches(ask, { model, name: '', domain: [['id', '=', Number(value)]] }) : [],
    matches(ask, { model, name: value.slice(0, 256) }).catch(withoutNames)
  ])
  return [...new Set([...own, ...named].map(({ id }) => String(id)))].slice(0, most)
}

async function matches(ask: Ask, input: JsonObject): Promise<NamedId[]> {
  return (await ask('odoo_name_search', input)).matches as unknown as NamedId[]
}

/** Records of some models have no name to be found by. */
function withoutNames(error: unknown): NamedId[] {
  if (error instanceof GatewayError && error.code === 'invalid_input') return []
  throw error
}
