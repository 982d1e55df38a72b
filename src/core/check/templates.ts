import { renderingModels } from '../deny-list.js'
import type { Json } from '../json.js'
import { matcher } from '../patterns.js'
import type { FieldMap } from '../ports/odoo.js'
import { isId } from './field-values.js'
import type { Names } from './names.js'

const isRendering = matcher(renderingModels)

/** Whether Odoo evaluates expressions in the text of a model's records, as in the subject of a mail to many. */
export function rendersText(model: string, fields: FieldMap): boolean {
  return isRendering(model) || fields.has('render_model')
}

/**
 * Refuses text with an expression in it, where Odoo would evaluate it: it reaches whatever Python reaches from a record,
 * the secrets of any model too (`object.env`; seen on 14 and 19).
 */
export function refuseExpression(value: Json | undefined, at: string, { problems, odoo }: Names): void {
  if (typeof value !== 'string' || !holdsExpression(value, odoo.identity.major)) return
  problems.deny(at, 'Odoo would evaluate the expression in this text, and what that reaches cannot be judged')
}

/** What Odoo 14 evaluates, what all later ones do, and the attributes of QWeb. */
const expression = /\$\{|\{\{|<%|^[ \t\v]*%|[\s"'/]t-[a-z][\w.:-]*\s*=/im

/** Odoo's sanitizer decodes entities, and takes away comments and tags that may keep the parts of an expression apart. */
const dollar = /\$|&(?:#0*36|#x0*24|dollar)\b/i
const brace = /\{|&(?:#0*123|#x0*7b|lbrace|lcub)\b/i
const percentFirst = /(?:^|>)[ \t\v]*(?:%|&(?:#0*37|#x0*25|percnt)\b)/im

function holdsExpression(text: string, major: number): boolean {
  if (expression.test(text)) return true
  // Only Jinja, up to 14, evaluates the text of markup.
  if (major >= 15 || !/[<&]/.test(text)) return false
  return (dollar.test(text) && brace.test(text)) || percentFirst.test(text)
}

const templateModels = new Set(['mail.template', 'sms.template'])

/**
 * Refuses templates of a model that may not be changed: what Odoo makes of them shows what its records keep secret, such
 * as the link that sets the password of a user (14 and 19). They fit any record: the model that they name decides.
 */
export async function checkTemplates(ids: readonly Json[], model: string, at: string, names: Names): Promise<void> {
  const asked = [...new Set(ids.filter(isId))]
  if (!templateModels.has(model) || asked.length === 0) return
  for (const { id, model: owner } of await names.odoo.read(model, asked, ['model'])) {
    const refusal = typeof owner === 'string' ? names.policy.refusal(owner, 'write') : undefined
    if (refusal !== undefined) names.problems.deny(at, `${model} ${id} speaks of records of ${owner}: ${refusal}`)
  }
}
