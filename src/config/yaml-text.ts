import type { SettingKind } from './setting.js'
import type { Yaml } from './yaml-document.js'

export interface YamlText {
  text: string
  /** What is wrong with the type of the value. */
  problem?: string
}

/**
 * A value of a YAML file as the text that a flag would have, so that all sources are read by the same rules. Nothing is
 * coerced: a number is no text, and a text no number. Undefined for an empty value, which is one that nobody gave.
 */
export function textOf(value: Yaml, kind: SettingKind): YamlText | undefined {
  if (isEmpty(value) || (value.is === 'scalar' && value.value === '')) return undefined
  if (kind === 'log handlers') return { text: JSON.stringify(plain(value)) }
  if (kind === 'boolean') return scalarOf(value, 'boolean', 'expected true or false, without quotes')
  if (kind === 'integer' || kind === 'seconds' || kind === 'bytes')
    return scalarOf(value, 'number', 'expected a number, without quotes and without a unit')
  if (kind === 'user' && value.is === 'scalar' && typeof value.value === 'number') return { text: value.source }
  const isList = kind === 'list' || kind === 'secrets'
  if (isList && value.is === 'list') return listOf(value.items)
  const expected = isList ? 'expected a list of texts' : 'expected a text'
  return scalarOf(value, 'string', value.is === 'scalar' ? `${expected}; put it in quotes` : expected)
}

export function isEmpty(value: Yaml): boolean {
  return value.is === 'scalar' && value.value === null
}

function scalarOf(scalar: Yaml, type: 'boolean' | 'number' | 'string', problem: string): YamlText {
  if (scalar.is !== 'scalar') return { text: '', problem }
  // As it is written: 010 and 1e3 are judged by what people see.
  const text = type === 'number' ? scalar.source : String(scalar.value)
  return typeof scalar.value === type ? { text } : { text, problem }
}

function listOf(items: readonly Yaml[]): YamlText {
  const texts = items.map(item => (item.is === 'scalar' && typeof item.value === 'string' ? item.value : undefined))
  const wrong = texts.indexOf(undefined)
  const text = JSON.stringify(texts.map(item => item ?? ''))
  return wrong === -1 ? { text } : { text, problem: `item ${wrong + 1}: expected a text; put it in quotes` }
}

/** The same as JSON has it. */
function plain(value: Yaml): unknown {
  if (value.is === 'scalar') return value.value
  if (value.is === 'list') return value.items.map(plain)
  return Object.fromEntries(value.entries.map(entry => [entry.key, plain(entry.value)]))
}
