import type { AuditEntry } from '../../src/core/audit.js'
import { createGateway, type GatewayParts } from '../../src/core/door.js'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import { createPolicy, type PolicySettings } from '../../src/core/policy.js'
import type { CallOutcome, Tool } from '../../src/core/ports/gateway.js'
import type { Log } from '../../src/core/ports/log.js'
import type { CallScope, FieldInfo, FieldMap, Identity, OdooLogin, OdooPort } from '../../src/core/ports/odoo.js'
import type { Caller, Session, Sessions } from '../../src/core/ports/sessions.js'
import { internalTools, tools } from '../../src/tools/index.js'

/** A field as Odoo describes it, stored and usable everywhere unless said otherwise. */
export function field(type: string, more: Partial<FieldInfo> = {}): FieldInfo {
  return {
    type,
    string: '',
    required: false,
    readonly: false,
    store: true,
    searchable: true,
    sortable: true,
    ...more
  }
}

const computed = { store: false, searchable: false, sortable: false, readonly: true }
const to = (relation: string) => ({ relation })
const many = (relation: string) => ({ relation, sortable: false })

function fieldMap(fields: Record<string, FieldInfo>): FieldMap {
  return new Map([
    ['id', field('integer', { readonly: true })],
    ['display_name', field('char', { ...computed, searchable: true })],
    ['create_date', field('datetime', { readonly: true })],
    ...Object.entries(fields)
  ])
}

/** Some models of an Odoo, cut down, with the kinds of fields that matter to the checks. */
export const models: ReadonlyMap<string, FieldMap> = new Map([
  [
    'res.partner',
    fieldMap({
      name: field('char', { required: true, string: 'Name' }),
      email: field('char', { string: 'Email' }),
      comment: field('html'),
      active: field('boolean'),
      is_company: field('boolean'),
      color: field('integer'),
      credit_limit: field('float'),
      credit: field('monetary', { ...computed, searchable: true }),
      mood: field('selection', { ...computed, searchable: true, selection: [['good', 'Good']] }),
      account_id: field('many2one', { ...to('res.groups'), company_dependent: true }),
      log_ids: field('one2many', many('mail.log')),
      date: field('date'),
      contact_address: field('char', computed),
      type: field('selection', {
        selection: [
          ['contact', 'Contact'],
          ['invoice', 'Invoice address']
        ]
      }),
      image_1920: field('binary', { sortable: false }),
      signup_token: field('char', { string: 'Signup Token' }),
      country_id: field('many2one', to('res.country')),
      parent_id: field('many2one', to('res.partner')),
      user_id: field('many2one', to('res.users')),
      mail_server_id: field('many2one', to('ir.mail_server')),
      child_ids: field('one2many', many('res.partner')),
      user_ids: field('one2many', many('res.users')),
      category_id: field('many2many', many('res.partner.category')),
      group_ids: field('many2many', many('res.groups')),
      server_ids: field('many2many', many('ir.mail_server')),
      origin: field('reference'),
      res_id: field('many2one_reference'),
      extra: field('json'),
      traits: field('properties', { definition_record: 'parent_id', definition_record_field: 'traits_definition' })
    })
  ],
  [
    'res.users',
    fieldMap({
      name: field('char'),
      login: field('char', { required: true }),
      password: field('char'),
      partner_id: field('many2one', to('res.partner')),
      api_key_ids: field('one2many', many('res.users.apikeys'))
    })
  ],
  ['res.users.apikeys', fieldMap({ name: field('char'), key: field('char') })],
  ['res.groups', fieldMap({ name: field('char') })],
  ['res.country', fieldMap({ name: field('char', { required: true }), code: field('char') })],
  ['res.partner.category', fieldMap({ name: field('char'), partner_ids: field('many2many', many('res.partner')) })],
  [
    'sale.order',
    fieldMap({
      name: field('char', { required: true }),
      state: field('selection', {
        selection: [
          ['draft', 'Quotation'],
          ['sale', 'Sales Order']
        ]
      }),
      partner_id: field('many2one', { ...to('res.partner'), required: true }),
      date_order: field('datetime', { required: true }),
      amount_total: field('monetary'),
      amount_margin: field('monetary', computed),
      currency_id: field('many2one', to('res.currency')),
      order_line: field('one2many', many('sale.order.line')),
      access_token: field('char')
    })
  ],
  ['sale.order.line', fieldMap({ name: field('char'), order_id: field('many2one', to('sale.order')) })],
  ['res.currency', fieldMap({ name: field('char') })],
  ['mail.log', fieldMap({ body: field('html') })],
  ['ir.config_parameter', fieldMap({ key: field('char'), value: field('text') })],
  ['ir.mail_server', fieldMap({ name: field('char'), smtp_pass: field('char') })]
])

const traits_definition = [
  { name: 'colour', string: 'Colour', type: 'char' },
  { name: 'size', string: 'Size', type: 'integer' }
]

export function identityOf(major = 19): Identity {
  return {
    url: 'https://erp.example.com',
    database: 'prod',
    uid: 2,
    username: 'ada',
    lang: 'en_US',
    tz: 'Europe/Brussels',
    company: { id: 1, name: 'Main' },
    companies: [
      { id: 1, name: 'Main' },
      { id: 3, name: 'Branch' }
    ],
    server_version: `${major}.0`,
    major,
    protocol: 'jsonrpc'
  }
}

/** What reached Odoo: the name of the port's method, its arguments, and the scope it came with. */
export interface Sent {
  method: string
  args: unknown[]
  scope: CallScope
}

/** An Odoo in memory: remembers what reached it, and answers as scripted or with nothing in particular. */
export class FakeOdoo implements OdooLogin {
  /** Reads and writes of records. */
  readonly sent: Sent[] = []
  /** Models whose fields were asked for. */
  readonly described: string[] = []
  /** Models whose list view was asked for. */
  readonly viewed: string[] = []
  readonly identity: Identity

  constructor(
    major: number | undefined,
    private readonly answers: (scope: CallScope) => Partial<OdooPort> = () => ({})
  ) {
    this.identity = identityOf(major)
  }

  /** The arguments of what was sent. */
  get args(): unknown[][] {
    return this.sent.map(({ args }) => args)
  }

  port(scope: CallScope): OdooPort {
    const answers: OdooPort = { ...this.#nothingInParticular(), ...this.answers(scope) }
    const keep = (method: string, args: unknown[]) => {
      scope.onRequest?.()
      this.sent.push({ method, args, scope })
    }
    return {
      identity: this.identity,
      fields: model => {
        this.described.push(model)
        return answers.fields(model)
      },
      models: () => answers.models(),
      listColumns: model => {
        this.viewed.push(model)
        return answers.listColumns(model)
      },
      nameSearch: (...args) => {
        keep('nameSearch', args)
        return answers.nameSearch(...args)
      },
      search: (...args) => {
        keep('search', args)
        return answers.search(...args)
      },
      read: (...args) => {
        keep('read', args)
        return answers.read(...args)
      },
      count: (...args) => {
        keep('count', args)
        return answers.count(...args)
      },
      describeFields: (...args) => {
        keep('describeFields', args)
        return answers.describeFields(...args)
      },
      aggregate: (...args) => {
        keep('aggregate', args)
        return answers.aggregate(...args)
      },
      fileFacts: (...args) => {
        keep('fileFacts', args)
        return answers.fileFacts(...args)
      },
      readFile: (...args) => {
        keep('readFile', args)
        return answers.readFile(...args)
      },
      openFile: (...args) => {
        keep('openFile', args)
        return answers.openFile(...args)
      },
      create: (...args) => {
        keep('create', args)
        return answers.create(...args)
      },
      write: (...args) => {
        keep('write', args)
        return answers.write(...args)
      },
      unlink: (...args) => {
        keep('unlink', args)
        return answers.unlink(...args)
      },
      call: (...args) => {
        keep('call', args)
        return answers.call(...args)
      }
    }
  }

  #nothingInParticular(): OdooPort {
    return {
      identity: this.identity,
      fields: async model => {
        const found = models.get(model)
        if (found === undefined) throw new GatewayError('not_found', `Object ${model} doesn't exist`)
        return found
      },
      models: async () => [...models.keys()].map(model => ({ model, name: model })),
      listColumns: async () => [],
      nameSearch: async () => [],
      // What partners define for their children.
      search: async (_model, { fields }) =>
        fields.includes('traits_definition') ? [{ id: 1, traits_definition }] : [],
      read: async (_model, ids) => ids.map(id => ({ id })),
      count: async () => 0,
      aggregate: async () => ({ groups: [], more: false }),
      describeFields: async model =>
        Object.fromEntries([...(models.get(model) as FieldMap)].map(([name, { type }]) => [name, { type }])),
      fileFacts: async () => undefined,
      readFile: async () => '',
      openFile: async () => undefined,
      create: async (_model, rows) => rows.map((_row, index) => 100 + index),
      write: async () => ({ result: true }),
      unlink: async () => ({ result: true }),
      call: async () => ({ result: true })
    }
  }
}

export const caller: Caller = { principal: 'key:ci', surface: 'rest', opens: 'bearer', requestId: 'r-1' }

/** One line of the log. */
export interface Line {
  level: 'debug' | 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

export function memoryLog(): Log & { lines: Line[] } {
  const lines: Line[] = []
  const add = (level: Line['level']) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message })
  }
  return { lines, debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') }
}

export interface DoorOptions {
  major?: number
  policy?: Partial<PolicySettings>
  answers?: (scope: CallScope) => Partial<OdooPort>
  tools?: readonly Tool[]
  sessions?: Partial<Sessions>
  limits?: GatewayParts['limits']
  clock?: () => number
  onWrite?: GatewayParts['onWrite']
}

/** The door with our tools, on a fake Odoo, and what came of the calls through it. */
export function openDoor(options: DoorOptions = {}) {
  const odoo = new FakeOdoo(options.major, options.answers)
  const log = memoryLog()
  const settled: { session: Session; error: unknown }[] = []
  const counted: CallOutcome[] = []
  const session: Session = {
    id: '0123456789abcdef0123456789abcdef',
    kind: 'bearer',
    principal: caller.principal,
    odoo,
    expiresAt: Date.UTC(2026, 0, 2)
  }
  const sessions: Sessions = {
    resolve: async () => session,
    open: async () => ({ session, secret: 'oms_b_secret' }),
    close: async () => {},
    release: () => {},
    touch: () => {},
    hold: async caller => ({ sessionId: session.id, identity: odoo.identity, caller, release: () => {} }),
    settled: (ended, error) => {
      settled.push({ session: ended, error })
    },
    connected: true,
    ...options.sessions
  }
  const policy = createPolicy({
    readOnly: false,
    allowedModels: [],
    deniedModels: [],
    deniedMethods: [],
    ...options.policy
  })
  const gateway = createGateway({
    tools: options.tools ?? [...tools, ...internalTools],
    sessions,
    policy,
    limits: options.limits ?? { default_limit: 100, max_limit: 1000, max_result_bytes: 100_000 },
    timeouts: { read: 30_000, write: 120_000 },
    log,
    onCall: call => counted.push(call),
    clock: options.clock ?? (() => 1_000_000),
    ...(options.onWrite && { onWrite: options.onWrite })
  })
  const { signal } = new AbortController()
  const call = (tool: string, input?: unknown): Promise<JsonObject> => gateway.call({ tool, input, caller, signal })
  return {
    gateway,
    odoo,
    lines: log.lines,
    settled,
    counted,
    call,
    /** The error that a call ends with. */
    refused: (tool: string, input?: unknown): Promise<GatewayError> => refusalOf(call(tool, input)),
    audits: (): AuditEntry[] =>
      log.lines.flatMap(({ fields }) => (fields.audit === undefined ? [] : [fields.audit as AuditEntry]))
  }
}

/** The GatewayError that a promise ends with; anything else fails the test. */
export async function refusalOf(promise: Promise<unknown>): Promise<GatewayError> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error(`was not refused: ${JSON.stringify(result)}`)
}

/** What a search sends as its domain. */
export async function domainSent(domain: unknown, options: DoorOptions = {}, model = 'res.partner'): Promise<Json> {
  const door = openDoor(options)
  await door.call('odoo_count', { model, domain })
  return door.odoo.sent.find(({ method }) => method === 'count')?.args[1] as Json
}

/** Why a search with this domain is refused. */
export function domainRefused(domain: unknown, options: DoorOptions = {}, model = 'res.partner') {
  return openDoor(options).refused('odoo_count', { model, domain })
}
