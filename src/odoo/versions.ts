/** What a version string of Odoo says: the major version and what that major can do. */
export interface OdooVersion {
  /** As Odoo says it, such as `19.0` or `saas~18.2`. */
  text: string
  major: number
}

/** What differs between the majors, as far as the adapter and the checks need it. */
export interface Capabilities {
  /** `ir.model.get_available_models`: 16 and later. Before, the models a user may read must be probed. */
  hasAvailableModels: boolean
  /** Plain users may read `ir.model`: 14 only. From 15 on it takes the group "Access Rights". */
  usersReadModelList: boolean
  /** The domain operators `any` and `not any`: 17 and later. */
  hasAnyOperator: boolean
  /** `formatted_read_group` in place of `read_group`: 19 and later. */
  hasFormattedReadGroup: boolean
  /** `get_views` in place of `fields_view_get`: 16 and later. */
  hasGetViews: boolean
  /** The name of list views in views and actions: `tree` until 17, `list` from 18 on. */
  listView: 'tree' | 'list'
  /** What `name_search` calls its domain: `args` until 18. */
  nameSearchDomain: 'args' | 'domain'
  /** The JSON-2 wire: 19 and later. */
  hasJson2: boolean
}

/**
 * Reads `server_version`: `19.0`, `19.0+e`, `18.0-20250101`, `saas~18.2` (Odoo Online), `saas-17.4`.
 * Undefined when the text is no version of Odoo.
 */
export function parseVersion(text: string): OdooVersion | undefined {
  const match = /^(?:saas[~-])?(\d{1,3})\.\d/.exec(text)
  return match ? { text, major: Number(match[1]) } : undefined
}

export function capabilitiesOf(major: number): Capabilities {
  return {
    hasAvailableModels: major >= 16,
    usersReadModelList: major <= 14,
    hasAnyOperator: major >= 17,
    hasFormattedReadGroup: major >= 19,
    hasGetViews: major >= 16,
    listView: major >= 18 ? 'list' : 'tree',
    nameSearchDomain: major >= 19 ? 'domain' : 'args',
    hasJson2: major >= 19
  }
}
