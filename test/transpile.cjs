// Turns TypeScript into JavaScript once per file and not once per test: every test runs in a process of its own, and most of
// them load most of src. ts-node, which runs the tests for tap, is told of it in tsconfig.tap.json; types are checked by
// `npm run types`.
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')
const ts = require('typescript')

const root = join(__dirname, '..')
const folder = join(root, '.tap', 'transpiled')

/** ts-node's own interface of a transpiler. @param {{ service: { config: { options: ts.CompilerOptions } } }} tsNode */
exports.create = ({ service }) => {
  // All files are ES modules: package.json says so. Nothing is resolved here, and this way goes with such modules.
  const esm = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }
  const compilerOptions = { ...service.config.options, ...esm }
  mkdirSync(folder, { recursive: true })
  return {
    /** @param {string} code @param {{ fileName: string }} options */
    transpile(code, { fileName }) {
      const key = createHash('sha256')
        .update(JSON.stringify([ts.version, compilerOptions, fileName, code]))
        .digest('hex')
      const path = join(folder, `${relative(root, fileName).replace(/[\\/]/g, '+')}.json`)
      const kept = read(path)
      if (kept?.key === key) return kept
      const output = ts.transpileModule(code, { fileName, compilerOptions, reportDiagnostics: true })
      // What cannot be read: ts-node says where.
      if (output.diagnostics?.length) return output
      const { outputText, sourceMapText } = output
      write(path, { key, outputText, sourceMapText })
      return output
    }
  }
}

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Other processes read it meanwhile: they see all of it or nothing. @param {string} path @param {object} content */
function write(path, content) {
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, JSON.stringify(content))
  renameSync(unfinished, path)
}
