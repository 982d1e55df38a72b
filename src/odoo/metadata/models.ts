import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'
import type { ModelInfo } from '../../core/ports/odoo.js'
import { capabilitiesOf } from '../versions.js'
import { commonModels } from './common-models.js'

/** Calls a method of a model that takes no ids, as a read. */
export type AskModel = (model: string, method: string, args: Json[], kwargs: { [key: string]: Json }) => Promise<Json>

/**
 * The models that a user may read, sorted by technical name. 16 and later tell it at once, except to portal users, who
 * get an empty list; else the candidates are asked one by one.
 */
export async function fetchReadableModels(major: number, ask: AskModel): Promise<ModelInfo[]> {
  const available = capabilitiesOf(major).hasAvailableModels ? await availableModels(ask) : []
  const models = available.length > 0 ? available : await probe(await candidates(ask), ask)
  return models.sort((a, b) => (a.model < b.model ? -1 : 1))
}

/** `ir.model.get_available_models` (16 and later): neither abstract nor transient models are among them. */
async function availableModels(ask: AskModel): Promise<ModelInfo[]> {
  const rows = (await ask('ir.model', 'get_available_models', [], {})) as { model: string; display_name: string }[]
  return rows.map(({ model, display_name }) => ({ model, name: display_name }))
}

/** All models where the user may list them (14; later only with the group "Access Rights"), else the common ones. */
async function candidates(ask: AskModel): Promise<ModelInfo[]> {
  try {
    const rows = (await ask('ir.model', 'search_read', [[]], {
      fields: ['model', 'name', 'transient']
    })) as unknown as {
      model: string
      name: string
      transient: boolean
    }[]
    return rows.map(({ model, name, transient }) => ({ model, name, ...(transient && { transient }) }))
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'access_denied') return [...commonModels]
    throw error
  }
}

// About 5 ms each on 14, which has 338 with our modules. More at a time would only push other callers aside.
const probesAtATime = 4

async function probe(models: readonly ModelInfo[], ask: AskModel): Promise<ModelInfo[]> {
  const readable: ModelInfo[] = []
  const queue = models.values()
  const work = async () => {
    for (const model of queue) if (await mayRead(model.model, ask)) readable.push(model)
  }
  await Promise.all(Array.from({ length: probesAtATime }, work))
  return readable
}

/** Abstract models answer false, since no access list names them. A model that is not installed is not readable. */
async function mayRead(model: string, ask: AskModel): Promise<boolean> {
  try {
    return (await ask(model, 'check_access_rights', ['read'], { raise_exception: false })) === true
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return false
    throw error
  }
}
