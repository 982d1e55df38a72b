/** How the text of a setting is read. Durations are seconds in the settings and milliseconds in the code. */
export type SettingKind =
  | 'text'
  | 'secret'
  | 'url'
  | 'user'
  | 'boolean'
  | 'integer'
  | 'seconds'
  | 'bytes'
  | 'list'
  | 'secrets'
  | 'log format'
  | 'log handlers'
  | readonly string[]

export interface Setting {
  kind: SettingKind
  /** Environment variables besides the upper-case name, the stronger first. */
  variables?: readonly string[]
  /** Its flag without dashes, where that is not the name in kebab-case. */
  flag?: string
  /** Where it stands in a YAML file, if not only under its name: `logging.level`. */
  key?: string
  /** Sources that cannot give it. */
  never?: 'variable' | 'yaml'
  /** As people write it. One that depends on other settings is told by the code that reads it, and in the description. */
  default?: string
  minimum?: number
  maximum?: number
  description: string
}
