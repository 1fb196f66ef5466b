import { type ParseError, parse as parseJsonc, printParseErrorCode } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { treeOf } from './names.ts'

export type Format = 'jsonc' | 'toml' | 'yaml' | 'markdown'

const DEEPEST = 60
const MOST_NODES = 50_000
/** Of formats whose parsers build a tree of their own first. */
const LARGEST = 1 << 20

/**
 * The tree of a configuration. Comments and trailing commas are taken as clients take them. Throws a sentence for what is no
 * configuration, and for what is too deep or too large to be one.
 */
export function parse(text: string, format: Format): Record<string, unknown> {
  const plain = text.replace(/^\uFEFF/, '')
  if (plain.includes('\0')) throw new Error('it holds NUL bytes, so it is no text')
  if (format !== 'jsonc' && plain.length > LARGEST) throw new Error(`it has more than ${LARGEST} characters`)
  const tree = parsers[format](plain)
  measure(tree)
  return treeOf(tree)
}

const parsers: Record<Format, (text: string) => unknown> = {
  jsonc(text) {
    if (deepest(text) > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`)
    const errors: ParseError[] = []
    const tree: unknown = parseJsonc(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
    const first = errors[0]
    if (first !== undefined) {
      const line = text.slice(0, first.offset).split('\n').length
      throw new Error(`line ${line} is not JSON (${printParseErrorCode(first.error)})`)
    }
    return tree
  },
  toml: (text) => {
    if (deepest(text) > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`)
    return parseToml(text)
  },
  yaml(text) {
    if (deepest(text) > DEEPEST || /^(?: {2}){60,}\S/m.test(text) || /^\s*(?:- ){60,}/m.test(text))
      throw new Error(`it is nested deeper than ${DEEPEST} levels`)
    return parseYaml(text, { maxAliasCount: 50, logLevel: 'error', stringKeys: true })
  },
  /** The head of a Markdown file, between two lines of dashes. */
  markdown(text) {
    const head = /^---\r?\n([\s\S]{0,20000}?)\r?\n---/.exec(text)?.[1]
    return head === undefined ? {} : parsers.yaml(head)
  },
}

/** How deep brackets go, before a parser that recurses is let at them. */
function deepest(text: string): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 91 || code === 123) most = Math.max(most, ++depth)
    else if (code === 93 || code === 125) depth = Math.max(0, depth - 1)
  }
  return most
}

/** Aliases of YAML make a small file a large tree, or one without end. */
function measure(root: unknown): void {
  const open: [unknown, number][] = [[root, 0]]
  for (let count = 0; open.length > 0; count++) {
    const [value, depth] = open.pop()!
    if (count > MOST_NODES) throw new Error(`it holds more than ${MOST_NODES} values`)
    if (depth > DEEPEST) throw new Error(`it is nested deeper than ${DEEPEST} levels`)
    if (value !== null && typeof value === 'object')
      for (const inner of Object.values(value)) open.push([inner, depth + 1])
  }
}
