// Lets the conformance runner start on Node 20: it imports `globSync` from 'fs', which Node 20 does not export, and an
// import of a missing name fails before anything runs.
import { register } from 'node:module'

const fs = `
  export * from 'node:fs'
  export { default } from 'node:fs'
  export const globSync = () => { throw new Error('globSync needs Node 22') }
`
const fsUrl = `data:text/javascript,${encodeURIComponent(fs)}`
const hooks = `
  export async function resolve(specifier, context, next) {
    const runner = context.parentURL?.includes('/@modelcontextprotocol/conformance/')
    return runner && /^(node:)?fs$/.test(specifier) ? { url: ${JSON.stringify(fsUrl)}, shortCircuit: true } : next(specifier, context)
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
