import { type Context, hasVariable, withVariables } from './condition.ts'
import { globMatches, hasWildcard, plainText } from './glob.ts'
import type { Patterns } from './model.ts'
import { either, not, type Verdict, verdictOf } from './verdict.ts'

/** The resources of a statement, ready to be asked: whole ids in a set, the rest as globs, those with variables apart. */
export interface Resources {
  not: boolean
  everything: boolean
  whole: ReadonlySet<string>
  globs: readonly string[]
  /** Patterns that say `${aws:username}` or the like: what they mean depends on who asks. */
  variable: readonly string[]
}

export function resourcesOf({ not: turned, patterns }: Patterns): Resources {
  const plain = patterns.filter((pattern) => !hasVariable(pattern))
  return {
    not: turned,
    everything: plain.includes('*'),
    whole: new Set(plain.filter((pattern) => !hasWildcard(pattern)).map(plainText)),
    globs: plain.filter(hasWildcard),
    variable: patterns.filter(hasVariable),
  }
}

/** A pattern whose variable nobody here can fill in is `depends`, unless it could not fit whatever it says. */
export function resourceFits(resources: Resources, resource: string, context: Context): Verdict {
  let found: Verdict = verdictOf(
    resources.everything ||
      resources.whole.has(resource) ||
      resources.globs.some((pattern) => globMatches(pattern, resource)),
  )
  if (found === 'no')
    for (const pattern of resources.variable) {
      if (!globMatches(pattern.replaceAll(/\$\{[^{}]*\}/g, '*'), resource)) continue
      const text = withVariables(pattern, context)
      found = either(found, text === undefined ? 'depends' : verdictOf(text !== null && globMatches(text, resource)))
    }
  return resources.not ? not(found) : found
}
