import fc, { runs } from '../fast-check.js'

/** Messages of many kinds. */
export interface Messages<M> {
  /** Those that are few: each is to be sent. */
  listed: M[]
  /** One for each kind of those that are without number. */
  made: fc.Arbitrary<M>[]
}

/** All that are listed, and as many of each other kind as make `count` of them, or a few more. */
export function drawn<M>({ listed, made }: Messages<M>, count: number): M[] {
  const each = Math.ceil((count - listed.length) / made.length)
  if (each < 1) throw new Error(`${count} messages have no room for all kinds`)
  return [...listed, ...made.flatMap(kind => fc.sample(kind, runs(each)))]
}
