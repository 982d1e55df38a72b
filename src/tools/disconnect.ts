import { Type } from '@sinclair/typebox'
import { Exact } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const disconnect = defineTool({
  name: 'odoo_disconnect',
  title: 'Disconnect from Odoo',
  description: 'End the session that odoo_connect opened; it cannot be used again. Returns a message. Example: {}',
  access: 'session',
  input: Exact({}),
  output: Type.Object({ message: Type.String() }),
  rest: { paths: ['/disconnect'] },
  example: {},
  async run(_input, { sessions }) {
    await sessions.close()
    return { message: 'Disconnected.' }
  }
})
