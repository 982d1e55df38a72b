import { boolean, char, integer, selection } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'

/** The modules that bring the models of the sandbox: all of them are installed. */
export const irModule: ModelSpec = {
  name: 'ir.module.module',
  description: 'Module',
  order: major => (major < 18 ? 'sequence,name' : 'application desc,sequence,name'),
  recName: 'shortdesc',
  fields: {
    name: char('Technical Name', { required: true, readonly: true }),
    shortdesc: char('Module Name', { readonly: true, translate: true }),
    summary: char('Summary', { readonly: true, translate: true }),
    author: char('Author', { readonly: true }),
    sequence: integer('Sequence', { default: 100 }),
    latest_version: char('Installed Version', { readonly: true }),
    state: selection(
      'Status',
      [
        ['uninstallable', 'Uninstallable'],
        ['uninstalled', 'Not Installed'],
        ['installed', 'Installed'],
        ['to upgrade', 'To be upgraded'],
        ['to remove', 'To be removed'],
        ['to install', 'To be installed']
      ],
      { readonly: true, default: 'uninstallable' }
    ),
    application: boolean('Application', { readonly: true })
  },
  access: [['base.group_system', 'crwu']]
}
