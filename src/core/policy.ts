import { deniedMethods, noAccessModels, readOnlyModels, withheldFields } from './deny-list.js'
import type { Json } from './json.js'
import { domainMatcher, matcher } from './patterns.js'
import type { PolicySummary } from './ports/gateway.js'

export interface PolicySettings {
  readOnly: boolean
  /** Ask before what cannot be undone. */
  confirmDestructive?: boolean
  /** Patterns; empty means all. */
  allowedModels: readonly string[]
  /** Patterns added to the deny list; `!pattern` lifts the default denial of what it matches. */
  deniedModels: readonly string[]
  /** Likewise for methods. */
  deniedMethods: readonly string[]
}

/** What one call does to one model, before it is sent. */
export type Effect = 'read' | 'create' | 'write' | 'unlink'

export interface Policy {
  readonly readOnly: boolean
  /** Ask before what cannot be undone. */
  readonly confirmDestructive: boolean
  readonly summary: PolicySummary
  mayRead(model: string): boolean
  /** Why an effect on a model is refused, or undefined when it is allowed. */
  refusal(model: string, effect: Effect): string | undefined
  /** Why a method is refused on every model, or undefined when it is allowed. */
  methodRefusal(method: string): string | undefined
  /**
   * Whether the content of a field is never shown, searched or written: its name, or that of the field which it shows
   * of another record, is one of a secret.
   */
  withholds(field: string, info: { type: string; related?: Json }): boolean
  /** A domain, true where a field of text names a hidden model; empty when none is hidden. For Odoo, not for callers. */
  hiddenModels(field: string): Json[]
  /** A domain, true where a field of text names a withheld field. */
  withheldFields(field: string): Json[]
}

/** Pure decisions over effects; asks nobody. */
export function createPolicy(settings: PolicySettings): Policy {
  const models = split(settings.deniedModels)
  const methods = split(settings.deniedMethods)
  const isAllowed = settings.allowedModels.length === 0 ? () => true : matcher(settings.allowedModels)
  const isDenied = matcher(models.added)
  const isLifted = matcher(models.lifted)
  const isNoAccess = matcher(noAccessModels)
  const isReadOnly = matcher(readOnlyModels)
  const isMethodAdded = matcher(methods.added)
  const isMethodLifted = matcher(methods.lifted)
  const isMethodDenied = matcher(deniedMethods)
  const isWithheld = matcher(withheldFields)
  // A pattern that fits the text of another, star for star, fits whatever that one does.
  const standing = noAccessModels.filter(pattern => !isLifted(pattern))
  const domains = {
    allowed: domainMatcher(settings.allowedModels),
    added: domainMatcher(models.added),
    standing: domainMatcher(standing),
    lifted: domainMatcher(models.lifted),
    withheld: domainMatcher(withheldFields)
  }

  const hidden = (model: string) => !isAllowed(model) || isDenied(model) || (isNoAccess(model) && !isLifted(model))

  return {
    readOnly: settings.readOnly,
    confirmDestructive: settings.confirmDestructive ?? false,
    summary: {
      read_only: settings.readOnly,
      allowed_models: [...settings.allowedModels],
      denied_models: [...settings.deniedModels]
    },
    mayRead: model => !hidden(model),
    refusal(model, effect) {
      if (hidden(model)) return `the policy of this server gives no access to ${model}`
      if (effect === 'read') return undefined
      if (settings.readOnly) return 'this server is read-only'
      if (isReadOnly(model) && !isLifted(model)) return `the policy of this server lets ${model} be read, not changed`
      return undefined
    },
    methodRefusal(method) {
      // Odoo itself refuses private methods; other spellings could only be meant to get around it.
      if (!publicMethod.test(method)) return `"${method}" is not the name of a public method`
      if (isMethodAdded(method) || (isMethodDenied(method) && !isMethodLifted(method))) {
        return `the policy of this server denies the method ${method}`
      }
      return undefined
    },
    withholds: (field, { type, related }) =>
      secretTypes.has(type) && (isWithheld(field.toLowerCase()) || isWithheld(lastOf(related).toLowerCase())),
    hiddenModels(field) {
      const parts: Json[][] = []
      if (settings.allowedModels.length > 0) parts.push(['!', ...domains.allowed(field)])
      if (models.added.length > 0) parts.push(domains.added(field))
      if (standing.length > 0) {
        const denied = domains.standing(field)
        parts.push(models.lifted.length === 0 ? denied : ['&', ...denied, '!', ...domains.lifted(field)])
      }
      return parts.flatMap((part, index) => (index < parts.length - 1 ? ['|', ...part] : part))
    },
    withheldFields: domains.withheld
  }
}

/** The last field of a path, which Odoo 14 gives as a list and 19 as text. */
function lastOf(related: Json | undefined): string {
  const path = Array.isArray(related) ? related : String(related ?? '').split('.')
  return String(path.at(-1) ?? '')
}

const publicMethod = /^[a-z][a-z0-9_]*$/
const secretTypes = new Set(['char', 'text', 'binary'])

function split(patterns: readonly string[]) {
  return {
    added: patterns.filter(pattern => !pattern.startsWith('!')),
    lifted: patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1))
  }
}
