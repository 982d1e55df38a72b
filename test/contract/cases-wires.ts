import type { Case } from './cases.js'
import type { World } from './world.js'

const cannotCarry = { code: 'odoo_error', detail: /^XML-RPC cannot carry the answer/ } as const

/** Calls whose answer, or whose way to Odoo, differs from wire to wire. */
export function wireCases({ major, protocol, admin, partners }: World): Case[] {
  const [first] = partners
  const isOld = major < 16
  return [
    {
      // 14 answers with a kind of dictionary that XML-RPC does not know.
      title: 'the own context is told on every wire that can carry it',
      tool: 'odoo_call',
      input: { model: 'res.users', method: 'context_get' },
      ...(isOld && protocol === 'xmlrpc'
        ? { problem: cannotCarry }
        : { output: { result: { lang: /^[a-z]{2}_[A-Z]{2}$/ } } })
    },
    {
      // 14 answers None for the largest of nothing, 19 false.
      title: 'a value that is missing deep in a result is null, or told to be more than the wire carries',
      tool: 'odoo_call',
      input: { model: 'res.partner', method: 'read_group', args: [[['id', '=', -1]], ['color:max'], []] },
      ...(isOld && protocol === 'xmlrpc'
        ? { problem: cannotCarry }
        : { output: { result: [{ __count: 0, color: isOld ? null : false }] } })
    },
    {
      title: 'positional arguments of a method whose parameters nobody knows have no place in JSON-2',
      tool: 'odoo_call',
      input: { model: 'res.partner', method: 'no_such_method', ids: [first], args: ['positional'] },
      problem:
        protocol === 'json2'
          ? { code: 'invalid_input', detail: /^args: .*give them by name in kwargs/, outcome: 'not_applied' }
          : { code: 'not_found', detail: /no_such_method/, outcome: 'not_applied' }
    },
    {
      title: 'positional arguments of a method of the ORM are the same on every wire',
      tool: 'odoo_call',
      input: { model: 'ir.model.data', method: 'check_object_reference', args: ['base', 'user_admin'] },
      output: { result: ['res.users', Number] }
    },
    {
      title: 'a method that is one of records only since Odoo 18 is called as this Odoo has it',
      tool: 'odoo_call',
      input: {
        model: 'res.users',
        method: 'has_group',
        args: ['base.group_user'],
        ...(major >= 18 && { ids: [admin.uid] })
      },
      output: { result: true }
    },
    {
      title: 'a parameter that this Odoo does not have is refused by it on every wire',
      tool: 'odoo_call',
      input: { model: 'res.partner', method: 'search_count', args: [[]], kwargs: { bogus: 1 } },
      problem: { code: 'invalid_input', detail: /unexpected keyword argument 'bogus'/ }
    }
  ]
}
