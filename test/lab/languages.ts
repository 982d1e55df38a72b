import type { DirectOdoo } from './rpc.js'

/** Makes a language available in an Odoo, with its translations; it stays. Does nothing where it is there already. */
export async function ensureLanguage(admin: DirectOdoo, major: number, code: string): Promise<void> {
  const find = (active: boolean) =>
    admin.call<number[]>('res.lang', 'search', [
      [
        ['code', '=', code],
        ['active', '=', active]
      ]
    ])
  if ((await find(true)).length > 0) return
  const values = major >= 16 ? { lang_ids: [[6, 0, await find(false)]] } : { lang: code }
  const wizard = await admin.call<number>('base.language.install', 'create', [values as never])
  await admin.call('base.language.install', 'lang_install', [[wizard]])
}
