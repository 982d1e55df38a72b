import { nearest } from '../core/nearest.js'
import { keysOf, type SettingName, settingNames, settings, variablesOf } from './settings.js'
import type { Found, Given, Sources } from './sources.js'
import { readText } from './text-file.js'
import { isAbsent, reasonOf } from './unreadable.js'
import { readSecret } from './variables.js'
import { parseYaml, type Yaml, type YamlEntry } from './yaml-document.js'
import { isEmpty, textOf } from './yaml-text.js'

/** Where a file is looked for when none is named. */
const usual = ['config.yaml', 'config/config.yaml']

/** The settings of the YAML file that is named, else of the first usual one that is there. */
export function readConfigFile(named: Given | undefined, sources: Sources, problems: string[]): Found {
  if (named?.refused) return {}
  for (const path of named === undefined ? usual : [named.text]) {
    const text = read(path, named, sources, problems)
    if (text === undefined) continue
    const before = problems.length
    const found = new YamlFile(path, sources, problems).settings(text)
    if (named !== undefined) return found
    if (problems.length > before && Object.keys(found).length === 0) {
      problems.push(`${path} was found in the working folder; if it is not meant, name another: --config, CONFIG_FILE`)
    }
    return { config_file: { text: path, from: path, source: 'found there' }, ...found }
  }
  return {}
}

function read(path: string, named: Given | undefined, sources: Sources, problems: string[]): string | undefined {
  try {
    return readText(path, sources)
  } catch (error) {
    const shown = named === undefined ? path : `${named.from}: ${JSON.stringify(path)}`
    if (named !== undefined || !isAbsent(error)) problems.push(`${shown} cannot be read, ${reasonOf(error)}`)
    return undefined
  }
}

/** What a key is: a setting, or the name of the file that holds a secret. */
interface Meaning {
  name: SettingName
  isFile: boolean
}

const meanings = new Map(
  settingNames.flatMap(name =>
    keysOf(name).map((key): [string, Meaning] => [key, { name, isFile: key !== name && key === `${name}_file` }])
  )
)

class YamlFile {
  readonly #found: Found = {}
  /** Keys so far, and the lines that they are in. */
  readonly #seen = new Map<string, number>()

  constructor(
    private readonly path: string,
    private readonly sources: Sources,
    private readonly problems: string[]
  ) {}

  settings(text: string): Found {
    const { root, problems } = parseYaml(text)
    for (const { line, problem } of problems) this.#tell(line, problem)
    if (root === undefined || isEmpty(root)) return this.#found
    if (root.is === 'map') for (const entry of root.entries) this.#readEntry(entry, '')
    else this.#tell(root.line, 'expected keys and values, such as "port: 8000"')
    return this.#found
  }

  #readEntry({ key: name, line, value }: YamlEntry, prefix: string): void {
    const key = prefix + name
    const first = this.#seen.get(key)
    const meaning = meanings.get(key)
    this.#seen.set(key, first ?? line)
    if (first !== undefined) this.#tell(line, `given twice; it is also in line ${first}`, shownKey(key))
    else if (meaning !== undefined) this.#take(key, line, meaning, value)
    else if (key === 'logging') this.#readLogging(line, value)
    else this.#tell(line, `unknown key${meant(key)}`, shownKey(key))
  }

  #readLogging(line: number, value: Yaml): void {
    if (value.is === 'map') for (const entry of value.entries) this.#readEntry(entry, 'logging.')
    else if (!isEmpty(value)) this.#tell(line, 'expected level, format and handlers below it', 'logging')
  }

  #take(key: string, line: number, { name, isFile }: Meaning, value: Yaml): void {
    const read = textOf(value, isFile ? 'text' : settings[name].kind)
    if (read === undefined) return
    const rival = this.#found[name]
    const wrong = [rival && `given beside ${rival.from}; expected one of the two`, read.problem]
    const [text, unreadable] = isFile && read.problem === undefined ? readSecret(read.text, this.sources) : [read.text]
    const problems = [...wrong, unreadable].filter(problem => problem !== undefined)
    for (const problem of problems) this.#tell(line, problem, key)
    const from = `${this.path}:${line}: ${key}`
    this.#found[name] = { text, from, source: `${this.path}:${line}`, ...(problems.length > 0 && { refused: true }) }
  }

  #tell(line: number, what: string, key = ''): void {
    this.problems.push(`${this.path}:${line}: ${key === '' ? '' : `${key}: `}${what}`)
  }
}

/** A key that looks like none may be a piece of a secret that lacks its quotes. */
function shownKey(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? key : ''
}

function meant(key: string): string {
  // Some write the variable in lower case: odoo_db.
  const owner = settingNames.find(name => variablesOf(name).includes(key.toUpperCase()))
  const near = (owner && keysOf(owner)[0]) ?? nearest(key, [...meanings.keys(), 'logging'])
  return near === undefined ? '' : `; did you mean ${near}?`
}
