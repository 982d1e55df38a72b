import { userError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import { checkReadable } from '../orm/access.js'
import type { Env } from '../orm/env.js'
import type { Method } from '../orm/types.js'
import { write } from '../orm/write/write.js'
import type { Major } from '../release.js'

const stateOf = (env: Env, id: number) => String(env.tables.row('sale.order', id)?.state)

function set(env: Env, ids: number[], values: JsonObject): true {
  write(env, env.models.need('sale.order'), ids, values)
  return true
}

/** A step of the workflow: a method of orders without arguments. */
const step = (
  run: (env: Env, ids: number[]) => Json | undefined,
  life: { from?: number; until?: number } = {}
): Method => ({
  on: 'records',
  params: [],
  ...life,
  run(env, model, ids) {
    checkReadable(env, model, ids)
    return run(env, ids)
  }
})

function confirm(env: Env, ids: number[]): Json {
  for (const id of ids) {
    const state = stateOf(env, id)
    const refused = env.major < 17 ? ['done', 'cancel'].includes(state) : !['draft', 'sent'].includes(state)
    if (!refused) continue
    throw userError(
      env.major < 17
        ? 'It is not allowed to confirm an order in the following states: done, cancel'
        : 'Some orders are not in a state requiring confirmation.'
    )
  }
  if (env.major >= 17 && ids.some(id => lacksProduct(env, id))) {
    throw userError('Some order lines are missing a product, you need to correct them before going further.')
  }
  return set(env, ids, { state: 'sale', date_order: env.now.slice(0, 19) })
}

function lacksProduct({ tables }: Env, order: number): boolean {
  return [...tables.referring('sale.order.line', 'order_id', order)].some(id => {
    const row = tables.row('sale.order.line', id)
    return !row?.display_type && !row?.is_downpayment && row?.product_id === null
  })
}

function cancel(env: Env, ids: number[]): Json {
  if (ids.some(id => env.tables.row('sale.order', id)?.locked === true)) {
    throw userError('You cannot cancel a locked order. Please unlock it first.')
  }
  // 15 to 18 ask first, in a wizard, unless the order is a draft or the context says not to.
  const asks = env.major >= 15 && env.major <= 18 && !env.context.disable_cancel_warning
  if (!asks || ids.every(id => stateOf(env, id) === 'draft')) return set(env, ids, { state: 'cancel' })
  return {
    name: 'Cancel Sales Order',
    view_mode: 'form',
    res_model: 'sale.order.cancel',
    view_id: false,
    type: 'ir.actions.act_window',
    context: { default_order_id: ids[0] ?? false },
    target: 'new'
  }
}

function draft(env: Env, ids: number[]): Json {
  const back = ids.filter(id => ['cancel', 'sent'].includes(stateOf(env, id)))
  return set(env, back, { state: 'draft', signature: false, signed_by: false, signed_on: false })
}

/** Answers None: over XML-RPC a fault, after the order was marked for good. */
function sent(env: Env, ids: number[]): undefined {
  if (ids.some(id => stateOf(env, id) !== 'draft')) throw userError('Only draft orders can be marked as sent directly.')
  set(env, ids, { state: 'sent' })
}

function send(env: Env, ids: number[]): Json {
  const composer = {
    type: 'ir.actions.act_window',
    view_mode: 'form',
    res_model: 'mail.compose.message',
    views: [[false, 'form']],
    view_id: false,
    target: 'new'
  }
  const template = [...env.tables.rows('mail.template').keys()][0] ?? false
  const shared = {
    default_model: 'sale.order',
    default_composition_mode: 'comment',
    proforma: false,
    force_email: true
  }
  if (env.major < 17) {
    const context = {
      ...shared,
      default_res_id: ids[0] ?? false,
      default_use_template: true,
      default_template_id: template
    }
    return { ...composer, context: { ...context, mark_so_as_sent: true, model_description: 'Quotation' } }
  }
  const context = { ...shared, default_res_ids: ids, default_template_id: template, mark_so_as_sent: true }
  return { ...(env.major >= 19 && { name: 'Send' }), ...composer, context }
}

function unlock(env: Env, ids: number[]): undefined {
  set(env, ids, env.major < 17 ? { state: 'sale' } : { locked: false })
}

function lock(env: Env, ids: number[]): undefined {
  set(env, ids, { locked: true })
}

/** What can be done with an order. */
export const saleWorkflow: { [name: string]: Method | ((major: Major) => Method | undefined) } = {
  action_confirm: step(confirm),
  action_cancel: step(cancel),
  action_draft: step(draft),
  action_quotation_sent: step(sent),
  action_quotation_send: step(send),
  action_done: step((env, ids) => set(env, ids, { state: 'done' }), { until: 16 }),
  action_lock: step(lock, { from: 17 }),
  action_unlock: step(unlock)
}
