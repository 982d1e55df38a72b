import { type Call, type Case, describe, type Json, type Kind, type WireKind } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { type Comparison, compare } from './compare.js'
import { forSide } from './labels.js'
import type { Answer, Side } from './sides.js'

/** What one case gave: the first of its calls that differs, or the last. */
export interface Outcome extends Comparison {
  kind: Kind | WireKind
  /** The call that differs. */
  call: string
  /** What went before it in the same case. */
  before: string[]
}

/** Runs all cases on both Odoos. */
export function runCases(cases: Case[], real: Side, sandbox: Side, catalogue: Catalogue): Promise<Outcome[]> {
  return inParallel(cases.map(one => () => runCase(one, real, sandbox, catalogue)))
}

/** Four at a time: a real Odoo gains nothing from more. */
export async function inParallel<T>(jobs: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  const queue = jobs.entries()
  const work = async () => {
    for (const [index, job] of queue) results[index] = await job()
  }
  await Promise.all([work(), work(), work(), work()])
  return results
}

async function runCase({ kind, calls }: Case, real: Side, sandbox: Side, catalogue: Catalogue): Promise<Outcome> {
  const before: string[] = []
  let outcome: Outcome | undefined
  for (const call of calls) {
    const [a, b] = (await Promise.all([send(call, real), send(call, sandbox)])) as [Answer, Answer]
    for (const [side, answer] of [
      [real, a],
      [sandbox, b]
    ] as const) {
      learn(call, answer, side)
    }
    const comparison = compare(call, { side: real, answer: a }, { side: sandbox, answer: b }, catalogue)
    outcome = { kind, call: describe(call), before: [...before], ...comparison }
    if (comparison.verdict !== 'same' || comparison.codesDiffer) return outcome
    // What comes next is about a record that is not there.
    if (call.creates !== undefined && a.error !== undefined) return outcome
    before.push(describe(call))
  }
  if (outcome === undefined) throw new Error('A case without calls')
  return outcome
}

export function send(call: Call, side: Side): Promise<Answer> {
  const [model, method, args, kwargs] = [call.model, call.method, call.args, call.kwargs ?? {}].map(value =>
    forSide(value, side)
  ) as [Json, Json, Json, Json]
  return side.call(call.as ?? 'admin', model, method, args, kwargs)
}

/** Remembers the records that a call created, also under the name that the case gives them. */
function learn({ creates, model, method }: Call, { result }: Answer, { labels, created }: Side): void {
  if (result === undefined || !/^(create|copy|name_create)$/.test(String(method))) return
  // name_create gives a pair of id and name.
  const ids = (Array.isArray(result) ? result : [result]).filter(id => typeof id === 'number')
  created[String(model)] = [...(created[String(model)] ?? []), ...ids]
  if (creates === undefined) return
  for (const [index, id] of ids.entries()) {
    labels.add(String(model), index === 0 ? creates : `${creates}.${index}`, id)
  }
}
