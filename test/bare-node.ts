/**
 * The command line that starts Node without tap's hooks. A plain `node` that a test starts gets them in NODE_OPTIONS,
 * whatever environment it is given, and takes three times the CPU to start: worth it where its coverage is looked at, and
 * not where the same code runs in the process of the test as well.
 */
export function bareNode(args: string[]): { command: string; args: string[] } {
  return { command: 'env', args: ['-u', 'NODE_OPTIONS', process.execPath, ...args] }
}
