import { createRequire } from 'node:module'
import type * as Package from 'yaml'

/** A value of a YAML file, and the line that it begins in. */
export type Yaml = { line: number } & (
  | { is: 'scalar'; value: unknown; source: string }
  | { is: 'list'; items: readonly Yaml[] }
  | { is: 'map'; entries: readonly YamlEntry[] }
)

export interface YamlEntry {
  key: string
  line: number
  value: Yaml
}

export interface SyntaxProblem {
  line: number
  problem: string
}

/** Reads one document. With problems there is no root; an empty file has the scalar null. */
export function parseYaml(text: string): { root?: Yaml; problems: readonly SyntaxProblem[] } {
  // Loaded for those who have a file: an MCP client waits for `stdio` to start.
  const yaml = createRequire(import.meta.url)('yaml') as typeof Package
  const lines = new yaml.LineCounter()
  const lineAt = (offset = 0) => Math.max(1, lines.linePos(offset).line)
  try {
    const documents = yaml.parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      logLevel: 'silent'
    })
    const problems = syntaxProblems(yaml, documents, lineAt)
    if (problems.length > 0) return { problems }
    return { root: treeOf(yaml, documents[0]?.contents ?? null, lineAt), problems }
  } catch {
    // The stack has an end.
    return { problems: [{ line: 1, problem: sentences.RESOURCE_EXHAUSTION ?? '' }] }
  }
}

type LineAt = (offset?: number) => number

function treeOf(yaml: typeof Package, node: Package.Node | null, lineAt: LineAt, line = 1): Yaml {
  const at = node?.range ? lineAt(node.range[0]) : line
  if (yaml.isSeq(node)) {
    return {
      is: 'list',
      line: at,
      items: node.items.map(item => treeOf(yaml, item as Package.Node | null, lineAt, at))
    }
  }
  if (yaml.isMap(node)) {
    const entries = node.items.map(pair => {
      const key = treeOf(yaml, pair.key as Package.Node | null, lineAt, at)
      const text = key.is === 'scalar' ? String(key.value) : ''
      return { key: text, line: key.line, value: treeOf(yaml, pair.value as Package.Node | null, lineAt, key.line) }
    })
    return { is: 'map', line: at, entries }
  }
  const { value = null, source = String(value) } = yaml.isScalar(node) ? node : {}
  return { is: 'scalar', line: at, value, source }
}

/**
 * What makes a text no file of settings, at most one problem a line. The parser's own messages may quote the text, and
 * with it a secret: these sentences never do.
 */
function syntaxProblems(
  yaml: typeof Package,
  documents: readonly Package.Document[],
  lineAt: LineAt
): readonly SyntaxProblem[] {
  const found = new Map<number, string>()
  const tell = (offset: number | undefined, problem: string) => {
    const line = lineAt(offset)
    if (!found.has(line)) found.set(line, problem)
  }
  const [first, second] = documents
  for (const error of [...(first?.errors ?? []), ...(first?.warnings ?? [])]) tell(error.pos[0], sentenceOf(error))
  if (first !== undefined) {
    // Nobody needs them here, and a few lines of them can stand for gigabytes.
    yaml.visit(first, { Alias: (_key, { range }) => tell(range?.[0], aliasSentence) })
  }
  if (second !== undefined)
    tell(second.contents?.range?.[0] ?? second.range?.[0], 'a second document begins; expected one, without "---"')
  return [...found].slice(0, 5).map(([line, problem]) => ({ line, problem }))
}

function sentenceOf({ code }: Package.YAMLError): string {
  return sentences[code] ?? 'this is not YAML; expected keys and values, such as "port: 8000"'
}

const aliasSentence = 'anchors and aliases are not understood; a value that begins with "*" or "&" needs quotes'

const sentences: Partial<Record<Package.YAMLError['code'], string>> = {
  ALIAS_PROPS: aliasSentence,
  BAD_ALIAS: aliasSentence,
  BAD_DQ_ESCAPE: 'a backslash in double quotes escapes nothing; expected two of them, or single quotes',
  BAD_INDENT: 'this line is not indented like those that it belongs to',
  BAD_SCALAR_START: 'a value begins with a character that YAML keeps for itself; expected quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'a value holds ": "; expected quotes around it',
  MISSING_CHAR: 'a quote, a bracket or a ": " is missing',
  RESOURCE_EXHAUSTION: 'this is nested too deep',
  TAB_AS_INDENT: 'this line is indented by a tab; expected spaces',
  TAG_RESOLVE_FAILED: 'tags are not understood; a value that begins with "!" needs quotes'
}
