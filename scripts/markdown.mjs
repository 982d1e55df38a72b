/** @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cellText).join(' | ')} |`)
  return lines.join('\n')
}

/** @param {string} text */
export function code(text) {
  return `\`${text}\``
}

/** @param {string} cell */
function cellText(cell) {
  return cell.replaceAll('|', '\\|')
}
