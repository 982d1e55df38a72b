import { valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr } from '../../python.js'
import type { Env } from '../env.js'
import { toUtc } from '../group/time-zone.js'
import { type Condition, condition, invert, type Node, nary, no } from './domain-19.js'
import { OrderedSet } from './ordered-set.js'
import { relativeDate, zoneOf } from './relative-date.js'

/** The days that a condition on a date means. */
export function dateCondition(env: Env, node: Condition): Node {
  const { path, operator, value } = node
  const toDay = (item: Json): Json => {
    if (item === false) return false
    if (typeof item !== 'string') throw cannotCast(item, 'date')
    return relativeDate(item, env).text.slice(0, 10)
  }
  const items = value instanceof OrderedSet ? value.items : Array.isArray(value) ? value : undefined
  if (items === undefined) {
    const day = toDay(value as Json)
    if (day === false && /^[<>]/.test(operator)) return no
    return day === value ? node : condition(path, operator, day)
  }
  const days = OrderedSet.of(items.map(toDay))
  const isSame = value instanceof OrderedSet && days.items.every((day, n) => day === items[n])
  return isSame ? node : condition(path, operator, days)
}

/** The seconds that a condition on a datetime means: all of a day where an inequality names one. */
export function datetimeCondition(env: Env, node: Condition): Node {
  const { operator, value } = node
  if (value instanceof OrderedSet) return secondsOf(env, node, value)
  if (Array.isArray(value)) {
    for (const item of value) toMoment(env, item)
    return node
  }
  const moment = toMoment(env, value as Json)
  if (moment === null) return no
  const { text, isDate } = moment
  const seconds = isDate ? 86_400 : 1
  if (operator === '>') return condition(node.path, '>=', later(text, seconds))
  if (operator === '<=') return condition(node.path, '<', later(text, seconds))
  return text === value ? node : condition(node.path, operator, text)
}

function secondsOf(env: Env, node: Condition, { items }: OrderedSet): Node {
  const { path, operator } = node
  const moments = items.map(item => toMoment(env, item))
  if (moments.every(moment => moment === null)) return node
  const parts = moments.map(moment => {
    if (moment === null) return condition(path, 'in', OrderedSet.of([false]))
    return nary('and', [condition(path, '>=', moment.text), condition(path, '<', later(moment.text, 1))])
  })
  const any = nary('or', parts)
  return operator === 'in' ? any : invert(any)
}

/** A day begins at midnight of the user's time zone. */
function toMoment(env: Env, value: Json): { text: string; isDate: boolean } | null {
  if (value === false) return null
  if (typeof value !== 'string') throw cannotCast(value, 'datetime')
  const { text, isDate, isRelative } = relativeDate(value, env)
  if (!isDate) return { text: text.slice(0, 19), isDate }
  return { text: toUtc(`${text} 00:00:00`, zoneOf(env)), isDate: !isRelative }
}

function cannotCast(value: Json, type: string): Error {
  return valueError(`Failed to cast ${repr(value)} into a ${type}`)
}

function later(text: string, seconds: number): string {
  const moment = Date.parse(`${text.replace(' ', 'T')}Z`) + seconds * 1000
  return new Date(moment).toISOString().slice(0, 19).replace('T', ' ')
}
