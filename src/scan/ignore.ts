/**
 * `.reeveignore`: paths that are not scanned, in the syntax of .gitignore. Comments, `!`, a trailing `/` for folders only, a leading or inner
 * `/` that anchors to the file's folder, `*`, `?`, `[…]` and `**`. The last line that matches decides.
 */
export interface Ignore {
  /** `path` is relative to the folder of the file; undefined when no line speaks of it. */
  decides(path: string, isFolder: boolean): boolean | undefined
}

interface Line {
  ignores: boolean
  foldersOnly: boolean
  anchored: boolean
  segments: string[]
}

const lineOf = (text: string): Line | null => {
  let pattern = text.replace(/(?<!\\)[ \t\r]{1,1000}$/, '')
  if (pattern === '' || pattern.startsWith('#')) return null
  const ignores = !pattern.startsWith('!')
  if (!ignores) pattern = pattern.slice(1)
  const foldersOnly = pattern.endsWith('/')
  const segments = pattern
    .replace(/^\\(?=[#!])/, '')
    .split('/')
    .filter((segment) => segment !== '')
  if (segments.length === 0) return null
  return { ignores, foldersOnly, anchored: pattern.startsWith('/') || segments.length > 1, segments }
}

/** Does one character match the class at `[`? Gives the index after the class, or -1. */
const inClass = (pattern: string, open: number, c: string): { matches: boolean; next: number } | null => {
  let at = open + 1
  const negated = pattern[at] === '!' || pattern[at] === '^'
  if (negated) at++
  let matches = false
  for (let first = true; at < pattern.length; first = false) {
    if (pattern[at] === ']' && !first) return { matches: matches !== negated, next: at + 1 }
    const from = pattern[at]!
    if (pattern[at + 1] === '-' && at + 2 < pattern.length && pattern[at + 2] !== ']') {
      matches ||= from <= c && c <= pattern[at + 2]!
      at += 3
    } else {
      matches ||= from === c
      at++
    }
  }
  return null
}

/** One segment against one name; in time of their product at worst. */
const segmentMatches = (pattern: string, name: string): boolean => {
  let p = 0
  let n = 0
  let star = -1
  let mark = 0
  while (n < name.length) {
    const c = pattern[p]
    const set = c === '[' ? inClass(pattern, p, name[n]!) : null
    if (c === '*') {
      star = p++
      mark = n
    } else if (set?.matches === true) {
      p = set.next
      n++
    } else if (
      set === null &&
      c !== undefined &&
      (c === '?' || c === name[n] || (c === '\\' && pattern[p + 1] === name[n]))
    ) {
      p += c === '\\' && pattern[p + 1] === name[n] ? 2 : 1
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

const pathMatches = (pattern: readonly string[], path: readonly string[]): boolean => {
  // reachable[j]: the pattern so far can end after j segments of the path
  let reachable = new Array<boolean>(path.length + 1).fill(false)
  reachable[0] = true
  for (const [i, segment] of pattern.entries()) {
    const next = new Array<boolean>(path.length + 1).fill(false)
    for (let j = 0; j <= path.length; j++) {
      if (segment === '**')
        next[j] = (i < pattern.length - 1 && reachable[j]!) || (j > 0 && (reachable[j - 1]! || next[j - 1]!))
      else if (j > 0) next[j] = reachable[j - 1]! && segmentMatches(segment, path[j - 1]!)
    }
    reachable = next
  }
  return reachable[path.length]!
}

export const parseIgnore = (text: string): Ignore => {
  const lines = text
    .split('\n')
    .map(lineOf)
    .filter((line) => line !== null)
    .reverse()
  return {
    decides(path, isFolder) {
      const segments = path.split('/')
      for (const line of lines) {
        if (line.foldersOnly && !isFolder) continue
        if (line.anchored ? pathMatches(line.segments, segments) : segmentMatches(line.segments[0]!, segments.at(-1)!))
          return line.ignores
      }
      return undefined
    },
  }
}

/** Whether the path of a file, or a folder above it, is ignored. */
export const isIgnored = (ignore: Ignore, path: string): boolean => {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (ignore.decides(path.slice(0, slash), true) === true) return true
  }
  return ignore.decides(path, false) === true
}
