import type { Env } from '../orm/env.js'
import { binary, boolean, char, datetime, integer, many2one, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { displayNameOf } from '../orm/values.js'
import { attachmentGuard } from './attachment-access.js'
import { accessTokens, content, guessType, rawText, writeDatas, writeRaw } from './attachment-content.js'
import { companyOf } from './companies.js'
import { listArch } from './list-arch.js'

/** Files, most of them at a record. */
export const irAttachment: ModelSpec = {
  name: 'ir.attachment',
  description: 'Attachment',
  order: 'id desc',
  fields: {
    name: char('Name', { required: true }),
    description: text('Description'),
    res_name: char('Resource Name', {
      readonly: true,
      store: false,
      compute: ({ env, get }) => recordName(env, String(get('res_model')), Number(get('res_id')))
    }),
    res_model: major => (major < 17 ? char('Resource Model', { readonly: true }) : char('Resource Model')),
    res_field: major => (major < 17 ? char('Resource Field', { readonly: true }) : char('Resource Field')),
    res_id: major =>
      major < 17
        ? { type: 'many2one_reference', string: 'Resource ID', readonly: true }
        : { type: 'many2one_reference', string: 'Resource ID' },
    company_id: many2one('Company', 'res.company', { default: env => companyOf(env) }),
    type: selection(
      'Type',
      [
        ['url', 'URL'],
        ['binary', 'File']
      ],
      { required: true, default: 'binary' }
    ),
    url: char('Url', { size: 1024 }),
    public: boolean('Is public document'),
    access_token: char('Access Token', { groups: 'base.group_user', copy: false }),
    raw: binary('File Content (raw)', { store: false, compute: rawText, write: writeRaw }),
    datas: binary('File Content (base64)', { store: false, compute: content, write: writeDatas }),
    db_datas: binary('Database Data', { attachment: false }),
    store_fname: char('Stored Filename', { copy: false }),
    file_size: integer('File Size', { readonly: true }),
    checksum: char('Checksum/SHA1', { readonly: true, size: 40 }),
    mimetype: char('Mime Type', { readonly: true }),
    index_content: text('Indexed Content', { readonly: true }),
    local_url: char('Attachment URL', {
      readonly: true,
      store: false,
      compute: ({ id, get }) => get('url') ?? `/web/image/${id}?unique=${get('checksum')}`,
      until: 18
    }),
    image_src: char('Image Src', {
      readonly: true,
      store: false,
      compute: ({ id, get }) =>
        String(get('mimetype')).startsWith('image/')
          ? `/web/image/${id}-${String(get('checksum')).slice(0, 8)}/${get('name')}`
          : null
    }),
    create_date: datetime('Created on', { readonly: true })
  },
  access: [['base.group_user', 'crwu']],
  guard: attachmentGuard,
  readsFirst: () => 'u',
  beforeCreate: guessType,
  copyDefaults: ({ get }) => ({ datas: get('datas') as string | null }),
  methods: {
    generate_access_token: { on: 'records', params: [], run: accessTokens }
  },
  listView: major =>
    listArch(major, 'Attachments', 'name res_model res_field res_id type file_size company_id create_date')
}

function recordName(env: Env, name: string, id: number): string | null {
  const model = env.models.get(name)
  return model !== undefined && env.tables.row(name, id) !== undefined ? displayNameOf(env.sudo(), model, id) : null
}
