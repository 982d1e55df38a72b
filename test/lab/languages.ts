import type { DirectOdoo } from './rpc.js'

/**
 * Makes a language available in an Odoo, with its translations, as the wizard in the settings does; it stays. The lab has
 * French from the start. Does nothing where it is there already, or another process has just installed it.
 */
export async function ensureLanguage(admin: DirectOdoo, major: number, code: string): Promise<void> {
  const find = (active: boolean) =>
    admin.call<number[]>('res.lang', 'search', [
      [
        ['code', '=', code],
        ['active', '=', active]
      ]
    ])
  const isThere = async () => (await find(true)).length > 0
  if (await isThere()) return
  const values = major >= 16 ? { lang_ids: [[6, 0, await find(false)]] } : { lang: code }
  try {
    const wizard = await admin.call<number>('base.language.install', 'create', [values as never])
    await admin.call('base.language.install', 'lang_install', [[wizard]])
  } catch (error) {
    if (!(await isThere())) throw error
  }
}
