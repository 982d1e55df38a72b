import { type ReadSettings, readSettings } from '../config/config.js'
import { isSecret, type SettingName, settingGroups, settingNames, settings } from '../config/settings.js'
import type { Sources } from '../config/sources.js'
import { version } from '../version.js'

/** One setting as it counts, and why. */
interface Shown {
  /** A secret is masked; null where there is no value. */
  value: string | null
  /** `flag --port`, `variable PORT`, `PORT in .env`, `config.yaml:3`, `default`. */
  source: string
}

const mask = '********'

/**
 * `odoo-mcp config`: writes every setting with its value and source to stdout, secrets masked, and what is wrong to
 * stderr. Asks nobody anything and writes no file. Gives whether all is well.
 */
export function showConfig(
  sources: Sources,
  json: boolean,
  out: (text: string) => void = text => process.stdout.write(text),
  err: (text: string) => void = text => process.stderr.write(text)
): boolean {
  const read = readSettings(undefined, sources)
  out(json ? asJson(read) : asText(read))
  const { problems } = read
  if (problems.length > 0 && !json) err(`\nProblems:\n${problems.map(problem => `  ${problem}\n`).join('')}`)
  return problems.length === 0
}

function asJson({ config, values, problems }: ReadSettings): string {
  const all = Object.fromEntries(settingNames.map(name => [name, show(name, values)]))
  const shown = { version, surface: config.surface, settings: all, own_hosts: config.ownHosts, problems }
  return `${JSON.stringify(shown, null, 2)}\n`
}

function asText({ config, values }: ReadSettings): string {
  const { surface, ownHosts } = config
  const other = surface === 'stdio' ? '--connection-type=http' : '--connection-type=stdio'
  const command = surface === 'stdio' ? 'stdio' : 'serve'
  const groups = Object.entries(settingGroups).map(([title, group]) => {
    const rows = (Object.keys(group) as SettingName[]).map((name): Row => {
      const { value, source } = show(name, values)
      return [name, value ?? '-', source]
    })
    return `${title}\n${table(rows)}`
  })
  return `Settings of odoo-mcp ${version} for the command ${command} (${other}: for the other one)

${groups.join('\n\n')}

Answers to the host names ${ownHosts.join(', ')}${config.allowedHosts.map(host => `, ${host}`).join('')}
`
}

type Row = [name: string, value: string, source: string]

function table(rows: readonly Row[]): string {
  const widest = Math.min(40, Math.max(...rows.map(([, value]) => value.length)))
  return rows.map(([name, value, source]) => `  ${name.padEnd(28)}${value.padEnd(widest)}  ${source}`).join('\n')
}

function show(name: SettingName, values: ReadSettings['values']): Shown {
  const given = values.given(name)
  const text = values.text(name)
  const source = given === undefined ? 'default' : (given.source ?? given.from)
  if (text === undefined) return { value: null, source }
  return { value: isSecret(name) ? mask : masked(text, settings[name].kind === 'url'), source }
}

/** An address may carry a login, and a query, though both are refused. */
function masked(text: string, isUrl: boolean): string {
  const bare = text.replace(/\/\/.*@/gs, `//${mask}@`)
  if (!isUrl) return bare
  return bare.replace(/^(?!.*\/\/).*@/s, `${mask}@`).replace(/[?#].*$/s, match => `${match[0]}${mask}`)
}
