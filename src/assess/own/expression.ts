import { type ASTNode, TypeError as CheckError, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { type JsonValue, ReeveError } from '../../sdk/index.ts'
import { linearMatcher } from './linear-match.ts'

/** What an expression may see, by name. Absent names of a map are errors of evaluation, which make a verdict unknown. */
export type Variables = Record<string, unknown>

export type Answer = { value: boolean } | { missing: string } | { failed: string }

/** An expression that is ready to be asked. */
export interface Expression {
  ask(variables: Variables): Answer
}

const MOST_CHARACTERS = 4_000
const MOST_ELEMENTS = 1_000
const MOST_TEXT = 10_000
const LIMITS = { maxAstNodes: 1_000, maxDepth: 40, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 }
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/**
 * Makes ready a CEL expression that must be true or false. CEL ends by construction; what would let it run for long is refused
 * here: loops within loops beyond two deep, inner loops over lists that the expression makes itself, `cel.bind` (which can double a text
 * again and again), patterns that go back. Throws `assess/expression` with line and column.
 */
export function compileExpression(
  source: string,
  names: Readonly<Record<string, 'map' | 'list' | 'timestamp'>>,
): Expression {
  if (source.length > MOST_CHARACTERS)
    throw new ReeveError(
      'assess/expression',
      `reading the expression: it has ${source.length} characters, at most ${MOST_CHARACTERS}`,
    )
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS })
  const matchers = new Map<string, (text: string) => boolean>()
  environment.registerFunction('string.matched(string): bool', (text: string, pattern: string) => {
    let matcher = matchers.get(pattern)
    if (!matcher) {
      if (matchers.size >= 50) matchers.clear()
      matcher = linearMatcher(pattern)
      matchers.set(pattern, matcher)
    }
    return matcher(text)
  })
  for (const [name, type] of Object.entries(names)) {
    environment.registerVariable(name, type === 'timestamp' ? 'google.protobuf.Timestamp' : type)
  }
  const parsed = told(source, () => {
    const first = environment.parse(source)
    restrain(first.ast, source, new Set(Object.keys(names)), 0)
    return environment.parse(withLinearMatch(first.ast, source))
  })
  const checked = parsed.check()
  if (!checked.valid) throw positioned(source, checked.error)
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw new ReeveError(
      'assess/expression',
      `reading the expression: it gives ${checked.type}, and must give true or false`,
    )
  return {
    ask(variables) {
      const large = tooLarge(variables)
      if (large) return { failed: large }
      try {
        const value: unknown = parsed(variables)
        return typeof value === 'boolean' ? { value } : { failed: 'the expression gave neither true nor false' }
      } catch (error) {
        if (error instanceof EvaluationError && error.code === 'no_such_key')
          return { missing: error.summary.replace(/^No such key: /, '').slice(0, 80) }
        return {
          failed:
            error instanceof EvaluationError
              ? error.summary.slice(0, 200)
              : error instanceof ReeveError
                ? error.message
                : 'the expression could not be evaluated',
        }
      }
    },
  }
}

function told<T>(source: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof ReeveError ? error : positioned(source, error)
  }
}

function positioned(source: string, error: unknown): ReeveError {
  const known =
    error instanceof ParseError || error instanceof CheckError || error instanceof EvaluationError ? error : undefined
  return refusal(source, known?.range?.start ?? known?.node?.pos ?? 0, known?.summary ?? 'it cannot be read')
}

function refusal(source: string, at: number, why: string): ReeveError {
  const before = source.slice(0, at).split('\n')
  const line = before.length
  const column = before.at(-1)!.length + 1
  return new ReeveError('assess/expression', `reading the expression at line ${line}, column ${column}: ${why}`, {
    fields: { line, column },
  })
}

/** Walks the tree; `loops` is how many loops stand around the node. */
function restrain(node: ASTNode, source: string, known: ReadonlySet<string>, loops: number): void {
  if (node.op === 'rcall') {
    const [name, receiver, given] = node.args
    if (name === 'bind') throw refusal(source, node.start, 'cel.bind is not allowed')
    if (LOOPS.has(name)) {
      if (loops >= 2) throw refusal(source, node.start, 'loops may stand in loops two deep, not deeper')
      if (loops > 0 && !isPath(receiver))
        throw refusal(
          source,
          receiver.start,
          'an inner loop must go over a list that is given, not over one that the expression makes',
        )
      restrain(receiver, source, known, loops)
      for (const one of given) restrain(one, source, known, loops + 1)
      return
    }
    if (name === 'matches' && given[0]?.op === 'value' && typeof given[0].args === 'string')
      linearMatcher(given[0].args)
  }
  for (const child of childrenOf(node)) restrain(child, source, known, loops)
}

const isPath = (node: ASTNode): boolean =>
  node.op === 'id' || ((node.op === '.' || node.op === '[]') && isPath(node.args[0]))

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

function childrenOf(node: ASTNode): ASTNode[] {
  const children: ASTNode[] = []
  const gather = (value: unknown): void => {
    if (isNode(value)) children.push(value)
    else if (Array.isArray(value)) for (const one of value) gather(one)
  }
  gather(node.args)
  return children
}

/** `matches` goes back and can take for ever; the same letters later it is `matched`, so that positions stay. */
function withLinearMatch(root: ASTNode, source: string): string {
  let text = source
  const visit = (node: ASTNode): void => {
    if (node.op === 'rcall' && node.args[0] === 'matches') {
      const at = text.indexOf('matches', node.args[1].end)
      text = `${text.slice(0, at)}matched${text.slice(at + 7)}`
    }
    for (const child of childrenOf(node)) visit(child)
  }
  visit(root)
  return text
}

/** What makes the variables too large to be judged in bounded time; null when they are not. */
function tooLarge(value: unknown, depth = 0): string | null {
  if (typeof value === 'string')
    return value.length > MOST_TEXT ? `a text of ${value.length} characters is too long to be judged` : null
  if (typeof value !== 'object' || value === null || value instanceof Date) return null
  if (depth > 20) return 'it is nested too deep to be judged'
  const parts = Array.isArray(value) ? value : Object.values(value)
  if (parts.length > MOST_ELEMENTS) return `a list of ${parts.length} is too long to be judged`
  for (const part of parts) {
    const large = tooLarge(part, depth + 1)
    if (large) return large
  }
  return null
}

/** JSON as CEL sees it: whole numbers are ints. */
export const celValue = (value: JsonValue): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(celValue)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, celValue(one)]))
  return value
}
