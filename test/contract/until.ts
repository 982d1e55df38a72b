import { setTimeout as wait } from 'node:timers/promises'

/** Waits until a condition holds and gives its value; fails loudly after the deadline (ms). */
export async function until<T>(
  what: string,
  condition: () => T | undefined | Promise<T | undefined>,
  deadline = 60_000
): Promise<NonNullable<T>> {
  const end = Date.now() + deadline
  for (;;) {
    const value = await condition()
    if (value) return value as NonNullable<T>
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await wait(20)
  }
}
