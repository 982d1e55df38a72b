import { openapiText } from '../http/document.js'
import { tools } from '../tools/index.js'
import { version } from '../version.js'

/** `odoo-mcp openapi`: the OpenAPI document of the REST routes, on stdout. Needs no Odoo. */
export async function openapi(): Promise<void> {
  process.stdout.write(await openapiText(tools, version))
}
