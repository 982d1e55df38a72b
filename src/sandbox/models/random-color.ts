/** The color of a new tag: any of the eleven, as Odoo draws it by lot. */
export function randomColor({ now }: { now: string }): number {
  return 1 + (Number(now.slice(-6)) % 11)
}
