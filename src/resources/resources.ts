import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { ListedResource, ResourceAddress, ResourceContent, ResourceRequest, Resources } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import { type Ask, asking, completeField, completeId, completeModel, readableModels } from './completion.js'
import { popularModels } from './popular.js'
import { listUri, parseUri } from './uri.js'

/** Reads, lists and completes `odoo://` URIs: nothing but calls of tools, with the rights of who asks. */
export function createResources(gateway: Pick<Gateway, 'call'>): Resources {
  return {
    parse: parseUri,
    read: async (uri, request) => read(gateway, parseUri(uri), request),
    list: request => list(gateway, request),
    complete: (part, value, given, request) =>
      complete(asking(gateway, request), part, value, given).catch(noneIfUnknown)
  }
}

async function complete(
  ask: Ask,
  part: Parameters<Resources['complete']>[0],
  value: string,
  { model }: Readonly<Record<string, string>>
): Promise<string[]> {
  if (part === 'model') return completeModel(ask, value)
  if (model === undefined || model === '') return []
  return part === 'id' ? completeId(ask, model, value) : completeField(ask, model, value, part === 'file')
}

const unknown: ReadonlySet<string> = new Set(['invalid_input', 'not_found', 'access_denied', 'policy_denied'])

/** Who is still typing has made no mistake yet. */
function noneIfUnknown(error: unknown): string[] {
  if (error instanceof GatewayError && unknown.has(error.code)) return []
  throw error
}

async function read(
  gateway: Pick<Gateway, 'call'>,
  address: ResourceAddress,
  request: ResourceRequest
): Promise<ResourceContent> {
  const ask = asking(gateway, request)
  switch (address.kind) {
    case 'record':
      return { mimeType: 'application/json', data: await readRecord(ask, address) }
    case 'list': {
      const { model, query } = address
      return { mimeType: 'application/json', data: await ask('odoo_search', { model, ...(query as JsonObject) }) }
    }
    case 'binary': {
      const { model, field, id } = address
      const { mime_type, data } = await ask('odoo_binary', { model, field, id })
      return { mimeType: mime_type as string, blob: data as string }
    }
  }
}

async function readRecord(
  ask: Ask,
  { model, id, fields }: Extract<ResourceAddress, { kind: 'record' }>
): Promise<JsonObject> {
  const input = { model, ids: [id] }
  const { records } = await (fields === undefined ? ask('odoo_record', input) : ask('odoo_read', { ...input, fields }))
  const [record] = records as JsonObject[]
  if (record !== undefined) return record
  throw new GatewayError('not_found', `uri: ${model} ${id} does not exist, or you may not see it`, {
    hint: `${listUri(model)} shows those that you may see.`
  })
}

async function list(gateway: Pick<Gateway, 'call'>, request: ResourceRequest): Promise<ListedResource[]> {
  let models: { model: string; name: string }[]
  try {
    models = await readableModels(asking(gateway, request))
  } catch (error) {
    if (hasNoSessionYet(error, request)) return []
    throw error
  }
  const names = new Map(models.map(({ model, name }) => [model, name]))
  return popularModels.flatMap(model => {
    const title = names.get(model)
    return title === undefined ? [] : [toListed(model, title)]
  })
}

/** Hosts ask for the list at once; before anybody has connected to an Odoo there is nothing in it. */
function hasNoSessionYet(error: unknown, { caller }: ResourceRequest): boolean {
  const named: Json[] = [caller.bearer ?? null, caller.handle ?? null, caller.slot?.secret ?? null]
  return error instanceof GatewayError && error.code === 'auth_required' && named.every(secret => secret === null)
}

function toListed(model: string, title: string): ListedResource {
  return {
    uri: listUri(model),
    name: model,
    title,
    description: `Records of ${model}, page by page. Takes ?domain=, fields=, limit=, offset= and order=.`,
    mimeType: 'application/json'
  }
}
