import { boolean, many2one } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { write } from '../orm/write/write.js'

/** The wizard that 15 to 18 put before the cancelling of an order. */
export const saleOrderCancel: ModelSpec = {
  name: 'sale.order.cancel',
  from: 15,
  until: 18,
  description: 'Sales Order Cancel',
  module: 'sale',
  transient: true,
  fields: {
    order_id: many2one('Sale Order', 'sale.order', { required: true, ondelete: 'cascade' }),
    display_invoice_alert: boolean('Invoice Alert', { readonly: true, store: false, compute: () => false })
  },
  access: [['sales_team.group_sale_salesman', 'crw']],
  methods: {
    action_cancel: {
      on: 'records',
      params: [],
      run(env, model, [id]) {
        const order = env.tables.row(model.name, Number(id))?.order_id
        if (typeof order === 'number') write(env, env.models.need('sale.order'), [order], { state: 'cancel' })
        return true
      }
    }
  }
}
