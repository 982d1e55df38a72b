import type { Value } from '../orm/types.js'

/** The image of a contact, or its first letter as a picture. */
export function avatar(image: Value, name: Value): string {
  if (typeof image === 'string') return image
  const letter =
    String(name ?? '')
      .charAt(0)
      .toUpperCase() || '?'
  const text = letter.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const svg = `<?xml version='1.0' encoding='UTF-8' ?><svg height='180' width='180' xmlns='http://www.w3.org/2000/svg'><rect fill='hsl(180, 45%, 45%)' height='180' width='180'/><text fill='#ffffff' font-size='96' text-anchor='middle' x='90' y='125' font-family='sans-serif'>${text}</text></svg>`
  return Buffer.from(svg).toString('base64')
}
