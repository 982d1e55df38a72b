import { ensureLanguage } from '../lab/languages.js'
import { everywhere, records } from './facts.js'

const noId = 2147483647
const context = { lang: 'fr_FR' }

everywhere(
  'errors in the words of another language keep their code',
  async (t, { surfaces, admin, major, protocol }) => {
    await ensureLanguage(admin, major, context.lang)
    const [partner = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }])
    const direct = admin.call('res.partner', 'write', [[partner], { parent_id: partner }], { context })
    const words = await direct.then(String, String)
    t.match(words, /ValidationError/)
    t.notMatch(words, /You cannot create recursive|Recursion Detected/, 'control: Odoo speaks that language')
    for (const surface of surfaces) {
      const ask = async (tool: string, input: object) => (await surface.call(tool, { context, ...input })).problem
      const missing = await ask('odoo_write', { model: 'res.partner', ids: [noId], values: { name: 'x' } })
      // XML-RPC has one number for both kinds of refusal: there the words alone would tell.
      const codes = protocol === 'xmlrpc' ? /^(?:not_found|validation)$/ : 'not_found'
      t.match(missing, { code: codes, outcome: 'not_applied' }, surface.name)
      const circle = { model: 'res.partner', ids: [partner], values: { parent_id: partner } }
      t.match(await ask('odoo_write', circle), { code: 'validation', outcome: 'not_applied' })
      t.match(await ask('odoo_call', { model: 'res.partner', method: 'no_such_method', ids: [partner] }), {
        code: 'not_found'
      })
      t.match(await ask('odoo_create', { model: 'crm.lead', values: {} }), { code: 'validation' })
    }
  },
  // The sandbox speaks English only.
  ({ isSandbox }) => !isSandbox
)
