/**
 * The models that people look at, the most common first. `resources/list` offers those that are installed and readable:
 * a database has hundreds of models, and a list of all of them helps nobody to choose.
 */
export const popularModels: readonly string[] = [
  'res.partner',
  'sale.order',
  'crm.lead',
  'account.move',
  'product.template',
  'product.product',
  'project.task',
  'project.project',
  'calendar.event',
  'mail.activity',
  'helpdesk.ticket',
  'purchase.order',
  'stock.picking',
  'stock.quant',
  'account.payment',
  'sale.order.line',
  'hr.employee',
  'hr.employee.public',
  'hr.leave',
  'hr.expense',
  'hr.applicant',
  'mrp.production',
  'maintenance.request',
  'repair.order',
  'fleet.vehicle',
  'event.event',
  'pos.order',
  'crm.team',
  'res.users',
  'res.company'
]
