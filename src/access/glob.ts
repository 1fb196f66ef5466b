/** Stand for a star and a question mark that mean themselves, inside a pattern: what a policy variable brings is never a wildcard. */
export const LITERAL_STAR = '\ue000'
export const LITERAL_MARK = '\ue001'

export const literal = (text: string): string => text.replaceAll('*', LITERAL_STAR).replaceAll('?', LITERAL_MARK)

/** The text that a pattern without wildcards stands for. */
export const plainText = (pattern: string): string =>
  pattern.replaceAll(LITERAL_STAR, '*').replaceAll(LITERAL_MARK, '?')

export const hasWildcard = (pattern: string): boolean => pattern.includes('*') || pattern.includes('?')

const means = (pattern: string): string => (pattern === LITERAL_STAR ? '*' : pattern === LITERAL_MARK ? '?' : pattern)

/** Does `*` (any run) and `?` (any one character) make the whole text out of the pattern? Never worse than length times length. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let retry = 0
  let place = 0
  while (place < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at++
      retry = place
    } else if (wanted !== undefined && (wanted === '?' || means(wanted) === text[place])) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++retry
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** What stands before the first wildcard or variable. */
export const literalPrefix = (pattern: string): string => /^(?:[^*?$]|\$(?!\{))*/.exec(pattern)![0]
