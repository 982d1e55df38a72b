import type { PolicySettings } from '../core/policy.js'
import type { Setting } from './setting.js'
import type { Values } from './values.js'

export const policySettings = {
  read_only: { kind: 'boolean', default: 'false', description: 'Refuse everything that may change something in Odoo' },
  allowed_models: {
    kind: 'list',
    description: 'Models that may be used, such as `sale.*`; default: all but the denied'
  },
  denied_models: { kind: 'list', description: 'Models to deny besides the default ones; `!pattern` lifts a default' },
  denied_methods: { kind: 'list', description: 'Methods to deny besides the default ones; `!pattern` lifts a default' },
  confirm_destructive: {
    kind: 'boolean',
    default: 'false',
    description:
      'Ask a person before something is deleted or a method may have effects outside; `confirm: true` over REST'
  }
} as const satisfies Record<string, Setting>

/** A pattern that can match nothing would deny nothing, and nobody would notice. */
export function policy(values: Values): PolicySettings {
  const models = 'names of models such as "sale.order" or "sale.*"'
  return {
    readOnly: values.boolean('read_only'),
    confirmDestructive: values.boolean('confirm_destructive'),
    allowedModels: values.items('allowed_models', /^[\w.*]+$/, models),
    deniedModels: values.items('denied_models', /^!?[\w.*]+$/, `${models}, "!" before those to lift`),
    deniedMethods: values.items(
      'denied_methods',
      /^!?[\w*]+$/,
      'names of methods such as "action_confirm" or "action_*", "!" before those to lift'
    )
  }
}
