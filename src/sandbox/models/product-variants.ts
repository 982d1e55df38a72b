import type { Json, JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Rec, Value } from '../orm/types.js'
import { valueAt as valueIn } from '../orm/values.js'
import { create } from '../orm/write/create.js'
import { unlink } from '../orm/write/unlink.js'
import { write } from '../orm/write/write.js'

/** The active variants of a template. */
export function variantsOf(env: Env, template: number, archived = false): number[] {
  const all = [...env.tables.referring('product.product', 'product_tmpl_id', template)]
  const isShown = (id: number) => archived || env.tables.row('product.product', id)?.active !== false
  return all.filter(isShown).sort((a, b) => a - b)
}

/** The first variant. */
export function onlyVariant({ env, id }: Rec): number | null {
  return variantsOf(env, id)[0] ?? null
}

/** What the template shows of its variant, as long as there is but one. */
export function ofOnlyVariant(field: string): (record: Rec) => Value {
  return ({ env, id }) => {
    const active = variantsOf(env, id)
    // From 16 on that of an archived product counts, where there is no other.
    const found = active.length > 0 || env.major < 16 ? active : variantsOf(env, id, true)
    const [variant, ...others] = found
    if (variant === undefined || others.length > 0) return null
    return valueIn(env.sudo(), env.models.need('product.product'), variant, field)
  }
}

/** Writes a field of the template to its only variant, which a new template does not have yet. */
export function toOnlyVariant(field: string): (env: Env, ids: number[], value: Json) => void {
  return (env, ids, value) => {
    const model = env.models.need('product.product')
    for (const id of ids) {
      if (env.context.create_product_product) continue
      const variants = variantsOf(env, id)
      const [variant] = variants.length > 0 ? variants : create(env.sudo(), model, [{ product_tmpl_id: id }])
      if (variants.length < 2) write(env.sudo(), model, [variant as number], { [field]: value })
    }
  }
}

/** A template without a variant gets one. */
export function createVariants(env: Env, ids: number[], changed: string[]): void {
  for (const id of ids) {
    const all = env.tables.referring('product.product', 'product_tmpl_id', id)
    if (changed.includes('active')) {
      const active = env.tables.row('product.template', id)?.active ?? false
      for (const variant of all) env.tables.update('product.product', variant, { active })
    }
    if (all.size > 0 || env.context.create_product_product) continue
    create(env.sudo(), env.models.need('product.product'), [{ product_tmpl_id: id }])
  }
}

/** A variant on its own brings a template with it, which must not bring another variant. */
export function createTemplate(env: Env, values: JsonObject): JsonObject {
  if (values.product_tmpl_id) return values
  const { fields } = env.models.need('product.product')
  const [own, template]: [JsonObject, JsonObject] = [{}, {}]
  for (const [name, value] of Object.entries(values)) {
    if (fields.get(name)?.inherited) template[name] = value
    else own[name] = value
  }
  const { lst_price, image_1920, ...rest } = own
  if (lst_price !== undefined && template.list_price === undefined) template.list_price = lst_price
  if (image_1920 !== undefined) template.image_1920 = image_1920
  const alone = env.withContext({ create_product_product: true })
  const [id] = create(alone, env.models.need('product.template'), [template])
  return { ...rest, product_tmpl_id: id as number }
}

/** A template goes with its last variant. */
export function unlinkEmptied(env: Env, variants: number[]): void {
  const templates = new Set(variants.map(id => Number(env.tables.row('product.product', id)?.product_tmpl_id)))
  const emptied = [...templates].filter(template =>
    [...env.tables.referring('product.product', 'product_tmpl_id', template)].every(id => variants.includes(id))
  )
  unlink(env.sudo(), env.models.need('product.template'), emptied)
}

/** `[CODE] Name`. */
export function coded(code: Value, name: Value): string {
  return code ? `[${code}] ${name ?? ''}` : String(name ?? '')
}

/** How products are shown, unless the context wants them without the code. */
export function codedName({ env, get }: Rec): string {
  return coded((env.context.display_default_code ?? true) ? get('default_code') : null, get('name'))
}

/** How much of some variants was sold on confirmed orders. */
export function soldOf(env: Env, variants: number[]): number {
  let sold = 0
  for (const variant of variants) {
    for (const line of env.tables.referring('sale.order.line', 'product_id', variant)) {
      const row = env.tables.row('sale.order.line', line)
      const state = env.tables.row('sale.order', Number(row?.order_id))?.state
      if (state === 'sale' || state === 'done') sold += Number(row?.product_uom_qty ?? 0)
    }
  }
  return sold
}
