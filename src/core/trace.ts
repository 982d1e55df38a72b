/**
 * The trace that a W3C `traceparent` names, 32 hex digits. Undefined for one that is malformed in any way: then whoever
 * sent it is taken to have sent none, as the standard wants it.
 */
export function traceIdOf(traceparent: unknown): string | undefined {
  const [, version, traceId, parentId, more] = (typeof traceparent === 'string' && form.exec(traceparent)) || []
  if (version === undefined || version === 'ff' || traceId === zeros(32) || parentId === zeros(16)) return undefined
  // Later versions may say more behind a dash, this one does not.
  return version === '00' && more !== undefined ? undefined : traceId
}

/** Version, trace, parent and flags, in lower case. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.{0,200})?$/

const zeros = (count: number) => '0'.repeat(count)
