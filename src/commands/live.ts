import { composeCore } from '../compose.js'
import type { Config } from '../config/config.js'
import { GatewayError } from '../core/errors.js'
import { createPolicy } from '../core/policy.js'
import type { CallScope, Credential, OdooLogin } from '../core/ports/odoo.js'
import { probeBus } from '../odoo/bus/probe.js'
import { createLiveRules, type LiveState } from '../odoo/live-rules/live-rules.js'
import type { LiveWish } from './live-wish.js'

type Say = (line: string) => void

/**
 * `odoo-mcp live`: makes, checks or removes the automation rules by which Odoo tells on its bus of every change. Gives
 * whether all is well.
 */
export async function live(
  config: Config,
  wish: LiveWish,
  say: Say = line => process.stdout.write(`${line}\n`)
): Promise<boolean> {
  const { odoo } = config
  if (odoo === undefined) {
    say('There is no default connection. Set ODOO_URL, ODOO_DATABASE, ODOO_USERNAME and ODOO_API_KEY.')
    return false
  }
  const core = composeCore({ ...config, log: { ...config.log, level: 'silent' } })
  const scope = (): CallScope => ({
    signal: new AbortController().signal,
    deadline: Date.now() + config.timeouts.write
  })
  try {
    return await run(await core.odoo.login(odoo, scope()), wish, { config, odoo, scope, say })
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    sayFailure(error, odoo, say)
    return false
  } finally {
    await core.odoo.close()
  }
}

interface Around {
  config: Config
  odoo: Credential
  scope: () => CallScope
  say: Say
}

async function run(login: OdooLogin, wish: LiveWish, around: Around): Promise<boolean> {
  const { odoo, scope, say } = around
  const rules = createLiveRules(login, scope)
  const where = `database ${odoo.database} of ${odoo.url}`
  if (wish.action === 'uninstall') {
    const models = await rules.uninstall()
    say(
      models.length === 0 ? `There are no rules in ${where}.` : `Removed from ${where}: the rules of ${list(models)}.`
    )
    if (around.config.live.bus !== undefined)
      say('Remove live_channel, live_models and bus_url from the settings, too.')
    return true
  }
  if (wish.action === 'install') refuseHidden(wish.models, around.config)
  const state = wish.action === 'install' ? await rules.install(wish.models) : await rules.status()
  if (state.channel === undefined && state.broken.length === 0) {
    say(`There are no rules in ${where}. Make them with: odoo-mcp live install --models res.partner,sale.order`)
    return false
  }
  sayState(state, where, say)
  return (await sayBus(state, login, around)) && state.broken.length === 0
}

/** Nobody could subscribe to them. */
function refuseHidden(models: readonly string[], config: Config): void {
  const policy = createPolicy(config.policy)
  const hidden = models.find(model => !policy.mayRead(model))
  if (hidden === undefined) return
  throw new GatewayError('policy_denied', `models: the policy of this server gives no access to ${hidden}.`)
}

function sayState({ models, broken }: LiveState, where: string, say: Say): void {
  if (models.length > 0) say(`ok    rules      in ${where}, every change is told of: ${list(models)}`)
  if (broken.length === 0) return
  say(`fail  rules      incomplete, switched off or changed by hand: ${list(broken)}`)
  say(`                 Put them right with: odoo-mcp live install --models ${broken.join(',')}`)
}

/** Whether this server can listen, and the settings with which it does. */
async function sayBus(state: LiveState, login: OdooLogin, { config, odoo, say }: Around): Promise<boolean> {
  const { channel, models } = state
  if (channel === undefined) return false
  const { major } = login.identity
  const busUrl = config.live.bus?.url
  const { url, database } = odoo
  const why = await probeBus(
    {
      ...{ url, database, channel, models, tls: config.tls, connectTimeoutMs: config.timeouts.connect, log: silent },
      guard: { allowedHosts: config.allowedOdooHosts },
      ...(busUrl !== undefined && { busUrl })
    },
    major
  )
  if (why === undefined) say(`ok    bus        ${busUrl ?? url} answers`)
  else {
    say(`fail  bus        ${busUrl ?? url}: ${why}`)
    say(
      `                 With worker processes, Odoo serves its bus on the port of ${portSetting(major)} alone, often 8072:`
    )
    say('                 let the proxy lead there, or set bus_url to that port, such as http://odoo.example.com:8072')
  }
  saySettings(state, config, say)
  return why === undefined
}

function portSetting(major: number): string {
  return major >= 16 ? 'gevent_port' : 'longpolling_port'
}

function saySettings({ channel = '', models }: LiveState, { live: { bus } }: Config, say: Say): void {
  const isSet = bus?.channel === channel && list([...bus.models].sort()) === list(models)
  if (isSet) {
    say('ok    settings   live_channel and live_models are set')
    return
  }
  say('')
  say('Give these settings to the server. The channel is a secret: whoever knows it can hear which records change.')
  say('')
  say(`LIVE_CHANNEL=${channel}`)
  say(`LIVE_MODELS=${models.join(',')}`)
}

function sayFailure({ code, detail, extra }: GatewayError, { username, uid }: Credential, say: Say): void {
  if (code !== 'access_denied') {
    say(detail)
    if (extra.hint !== undefined) say(extra.hint)
    return
  }
  say(`The user ${username ?? uid ?? 'of this API key'} may not do this: ${detail}`)
  say('Rules are made by users with the access right Administration: Settings. Use one for this command alone.')
}

const list = (names: readonly string[]) => names.join(', ')

const silent = { debug() {}, info() {}, warn() {}, error() {} }
