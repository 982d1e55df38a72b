import type { CompleteRequest, ReadResourceResult, ResourceTemplateType } from '@modelcontextprotocol/server'
import type { LiveHub, ResourceContent, ResourceRequest, Resources } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import { fitResult } from './budget.js'
import { requestId } from './gateway-tools.js'
import type { McpProvider, McpRequest } from './provider.js'
import { watchHub } from './subscriptions.js'

export interface McpResourcesOptions {
  resources: Resources
  /** The tool behind a list says how its answer may be cut. */
  gateway: Pick<Gateway, 'find'>
  /** Bytes of text that a list may have before it is cut between records. */
  maxResultBytes: number
  /** Tells of changes; without it nothing can be subscribed to. */
  hub?: Pick<LiveHub, 'subscribe'>
}

const json = 'application/json'

const listed: ResourceTemplateType[] = [
  {
    uriTemplate: 'odoo://{model}/list{?domain,fields,limit,offset,order}',
    name: 'list',
    title: 'Records of a model',
    description:
      'A page of records with their total. domain is Odoo\'s, as JSON: [["state","=","sale"]]; fields are separated by commas.',
    mimeType: json
  },
  {
    uriTemplate: 'odoo://{model}/binary/{field}/{id}',
    name: 'binary',
    title: 'A file or an image',
    description: 'What a binary field holds, such as odoo://res.partner/binary/image_128/7.'
  },
  {
    uriTemplate: 'odoo://{model}/{id}',
    name: 'record',
    title: 'A record',
    description: 'A record with its stored fields, such as odoo://res.partner/7.',
    mimeType: json
  }
]

/** `odoo://` URIs as MCP clients see them. */
export function mcpResources(options: McpResourcesOptions): McpProvider {
  const { resources, hub } = options
  return {
    resources: {
      ...(hub && { watch: watchHub(hub) }),
      list: request => resources.list(toRequest(request)),
      templates: async () => listed,
      async read(uri, request) {
        if (!isOurs(uri)) return undefined
        const contents = toContents(uri, await resources.read(uri, toRequest(request)), options)
        return { contents: [contents], _meta: requestId(request.caller) }
      }
    },
    complete: (params, request) => complete(params, resources, toRequest(request))
  }
}

const isOurs = (uri: string) => /^odoo:/i.test(uri)

export const toRequest = ({ caller, ctx }: McpRequest): ResourceRequest => ({ caller, signal: ctx.mcpReq.signal })

function toContents(
  uri: string,
  content: ResourceContent,
  { resources, gateway, maxResultBytes }: McpResourcesOptions
): ReadResourceResult['contents'][number] {
  if ('blob' in content) return { uri, mimeType: content.mimeType, blob: content.blob }
  const address = resources.parse(uri)
  // A record is delivered whole: a hint among its fields could stand for one of them.
  if (address.kind !== 'list') return { uri, mimeType: json, text: JSON.stringify(content.data) }
  const budget = { tool: gateway.find('odoo_search'), input: { ...address.query }, maxBytes: maxResultBytes }
  return { uri, mimeType: json, text: fitResult(content.data, budget).text }
}

async function complete(
  { ref, argument: { name, value }, context }: CompleteRequest['params'],
  resources: Resources,
  request: ResourceRequest
) {
  if (ref.type !== 'ref/resource') return undefined
  const template = listed.find(({ uriTemplate }) => uriTemplate === ref.uri)?.name
  if (template === undefined) return undefined
  const given = context?.arguments ?? {}
  if (name === 'fields' || name === 'order') return { values: await completeLast(value, given, resources, request) }
  const part = partOf(name, template)
  return { values: part === undefined ? [] : await resources.complete(part, value, given, request) }
}

function partOf(name: string, template: string): Parameters<Resources['complete']>[0] | undefined {
  if (name === 'model') return 'model'
  if (name === 'id' && template !== 'list') return 'id'
  return name === 'field' && template === 'binary' ? 'file' : undefined
}

/** The last of several names that are separated by commas; those before it stay. */
async function completeLast(
  value: string,
  given: Readonly<Record<string, string>>,
  resources: Resources,
  request: ResourceRequest
): Promise<string[]> {
  const before = value.slice(0, value.lastIndexOf(',') + 1)
  const names = await resources.complete('field', value.slice(before.length).trim(), given, request)
  return names.map(name => before + name)
}
