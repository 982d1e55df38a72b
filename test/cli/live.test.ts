import { createServer } from 'node:http'
import t from 'tap'
import { live } from '../../src/commands/live.js'
import { liveWish } from '../../src/commands/live-wish.js'
import { ConfigError, loadConfig } from '../../src/config/config.js'
import { until } from '../contract/until.js'
import { people } from '../lab/people.js'
import { logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { busFor, watchOf } from '../odoo/bus-watch.js'
import { connectionOf, run as runProcess } from './cli.js'

const models = ['res.partner.category', 'crm.tag']
const ours = [[['name', '=like', 'odoo-mcp live: %']]]

/** Runs `odoo-mcp live …` in this process: one of its own costs a second to start. */
async function run([, action = '', flag, value]: readonly string[], env: Record<string, string>) {
  const lines: string[] = []
  const config = loadConfig('stdio', { flags: {}, env, readFile: () => '' })
  const isWell = await live(config, liveWish([action], flag && value), line => lines.push(line))
  return { code: isWell ? 0 : 1, stdout: lines.map(line => `${line}\n`).join('') }
}

/** The settings that a command printed. */
const settingsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(LIVE_[A-Z]+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value]))

for (const odoo of await witnesses()) {
  const { url, database } = odoo
  const env = connectionOf(odoo)

  t.test(`${odoo.name}: live install, status and uninstall go through the life of the rules`, async t => {
    const direct = await logInDirectly(odoo)
    const left = async () => [
      await direct.call('base.automation', 'search_count', ours, { context: { active_test: false } }),
      await direct.call('ir.actions.server', 'search_count', ours)
    ]
    await run(['live', 'uninstall'], env)
    t.teardown(() => run(['live', 'uninstall'], env))
    const before = await run(['live', 'status'], env)
    t.equal(before.code, 1)
    t.match(before.stdout, /^There are no rules in database \S+ of http:\S+\. Make them with: odoo-mcp live install /)

    const first = await run(['live', 'install', '--models', models[0] as string], env)
    t.equal(first.code, 0, first.stdout)
    t.match(first.stdout, /^ok {4}rules +in database .*: res\.partner\.category\nok {4}bus +http:\S+ answers\n/)
    t.match(settingsIn(first.stdout), { LIVE_CHANNEL: /^odoo-mcp-[0-9a-f]{32}$/, LIVE_MODELS: models[0] })
    const both = await run(['live', 'install', '--models', models.join(',')], env)
    const settings = settingsIn(both.stdout)
    t.strictSame(settings, {
      LIVE_CHANNEL: settingsIn(first.stdout).LIVE_CHANNEL,
      LIVE_MODELS: [...models].sort().join()
    })
    const again = await run(['live', 'install', '--models', models.join(', ')], env)
    t.strictSame(settingsIn(again.stdout), settings, 'again, it changes nothing')
    t.strictSame((await left())[0], 4)

    const status = await run(['live', 'status'], { ...env, ...settings })
    t.equal(status.code, 0, status.stdout)
    t.match(status.stdout, /\nok {4}settings +live_channel and live_models are set\n$/)

    const channel = settings.LIVE_CHANNEL as string
    const bus = busFor(t, { url, database, channel, models })
    const watched = watchOf(odoo, 'crm.tag')
    bus.watch(watched)
    await until('the bus is connected', () => bus.covers(watched))
    const id = await direct.call<number>('crm.tag', 'create', [{ name: `Told of ${channel}` }])
    await until('its creation is told of', () => watched.looks.some(look => look !== 'all' && look.includes(id)))
    await direct.call('crm.tag', 'unlink', [[id]])

    const [rule] = await direct.call<number[]>('base.automation', 'search', ours)
    await direct.call('base.automation', 'write', [[rule], { active: false }] as never)
    const broken = await run(['live', 'status'], env)
    t.equal(broken.code, 1)
    t.match(broken.stdout, /^fail {2}rules +incomplete, switched off or changed by hand: \S+$/m)
    const [, advice = ''] = /Put them right with: odoo-mcp (.*)/.exec(broken.stdout) ?? []
    const mended = await run(advice.split(' '), env)
    t.equal(mended.code, 0)
    t.strictSame(settingsIn(mended.stdout), settings, 'with the channel that it had')

    const gone = await run(['live', 'uninstall'], { ...env, ...settings })
    t.equal(gone.code, 0)
    t.match(gone.stdout, /^Removed from .*: the rules of crm\.tag, res\.partner\.category\.\nRemove live_channel, /)
    t.strictSame(await left(), [0, 0], 'nothing is left')
    t.match((await run(['live', 'uninstall'], env)).stdout, /^There are no rules in /)
  })

  t.test(
    `${odoo.name}: live install changes nothing for a model that does not exist, or that nobody may see`,
    async t => {
      const unknown = await run(['live', 'install', '--models', 'res.partner.categroy'], env)
      t.equal(unknown.code, 1)
      t.match(
        unknown.stdout,
        /^models: there is no model res\.partner\.categroy .*\nDid you mean res\.partner\.category\?/
      )
      const hidden = await run(['live', 'install', '--models', 'res.partner.category,bus.bus'], env)
      t.equal(hidden.code, 1)
      t.equal(hidden.stdout, 'models: the policy of this server gives no access to bus.bus.\n')
    }
  )

  if (odoo.name.startsWith('sandbox')) continue
  t.test(`${odoo.name}: live says which rights are missing`, async t => {
    const { sales } = await people(odoo)
    const login = {
      ODOO_URL: url,
      ODOO_DATABASE: database,
      ODOO_USERNAME: sales.username,
      ODOO_PASSWORD: sales.password
    }
    for (const args of [['status'], ['install', '--models', 'res.partner.category'], ['uninstall']]) {
      const { code, stdout } = await run(['live', ...args], login)
      t.equal(code, 1)
      t.match(stdout, /^The user \S+ may not do this: .*\nRules are made by users with .* Settings\. /s)
    }
  })

  t.test(`${odoo.name}: live says when the bus is not where it is sought, and what to set`, async t => {
    const server = createServer((_, response) => response.writeHead(500).end())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const { port } = server.address() as { port: number }
    const bus = { LIVE_CHANNEL: 'any', LIVE_MODELS: 'res.partner', BUS_URL: `http://127.0.0.1:${port}` }
    await run(['live', 'install', '--models', 'crm.tag'], env)
    t.teardown(() => run(['live', 'uninstall'], env))
    const { code, stdout } = await run(['live', 'status'], { ...env, ...bus })
    t.equal(code, 1)
    t.match(stdout, new RegExp(`^fail  bus        http://127.0.0.1:${port}: HTTP 500\n.*_port alone, often 8072`, 'm'))
    t.match(stdout, 'set bus_url to that port')
  })
}

for (const [words, models, problem] of [
  [[], undefined, 'live: no action; expected one of install, status, uninstall, such as odoo-mcp live status'],
  [['remove'], undefined, 'live: "remove" is no action; expected one of install, status, uninstall'],
  [['status', 'now'], undefined, 'live status: "now" is not understood; expected flags'],
  [['status'], 'crm.tag', '--models: given with live status; expected with live install alone'],
  [['install'], undefined, '--models: missing; expected technical names, such as --models res.partner,sale.order'],
  [
    ['install'],
    "crm.tag,a'b",
    '--models: "a\'b" is no name of a model; expected technical names, such as --models res.partner,sale.order'
  ]
] as const) {
  t.test(`live ${words.join(' ')} with the models ${models ?? 'missing'} is refused, and says why`, async t => {
    t.throws(() => liveWish(words, models), new ConfigError([problem]))
  })
}

for (const [args, problem] of [
  [
    ['live', 'instal'],
    'live: "instal" is no action; expected one of install, status, uninstall; did you mean install?'
  ],
  [['live', 'install', '--models=crm.tag', '--model=x'], '--model: unknown flag; did you mean --models?'],
  [['doctor', '--models', 'crm.tag'], '--models: unknown flag']
] as const) {
  t.test(`odoo-mcp ${args.join(' ')} is refused, and says why`, async t => {
    const { code, stderr } = await runProcess([...args])
    t.equal(code, 2)
    t.equal(stderr, `The settings have a problem:\n  ${problem}\n`)
  })
}

t.test('odoo-mcp live without a connection says which settings make one', async t => {
  const { code, stdout } = await runProcess(['live', 'status'])
  t.equal(code, 1)
  t.match(stdout, /^There is no default connection\. Set ODOO_URL, /)
})
