export interface SshdSettings {
  /** Keyword in lower case → its first value outside of Match; lists keep all words. */
  global: Map<string, string>
  matches: { criteria: string; settings: Map<string, string>; file: string; line: number }[]
}

export interface SshdLine {
  keyword: string
  value: string
  file: string
  line: number
}

/** Keywords that add up instead of the first one counting. */
const ADDING = new Set([
  'hostkey',
  'acceptenv',
  'allowusers',
  'allowgroups',
  'denyusers',
  'denygroups',
  'listenaddress',
  'port',
  'hostcertificate',
])

export function parseSshdLines(text: string, file: string): SshdLine[] {
  return text.split(/\r?\n/).flatMap((raw, at) => {
    const found = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(raw)
    if (!found) return []
    const value = found[2]!.replace(/(^|\s)#.*$/, '').trim()
    return [{ keyword: found[1]!.toLowerCase(), value: value.replace(/^"([^"]*)"$/, '$1'), file, line: at + 1 }]
  })
}

/** Lines in the order sshd reads them, includes unfolded: the first value of a keyword counts. */
export function settle(lines: readonly SshdLine[]): SshdSettings {
  const settings: SshdSettings = { global: new Map(), matches: [] }
  let into = settings.global
  for (const { keyword, value, file, line } of lines) {
    if (keyword === 'match') {
      into = new Map()
      if (/^all$/i.test(value)) into = settings.global
      else settings.matches.push({ criteria: value, settings: into, file, line })
    } else if (keyword === 'endofinclude') {
      into = settings.global
    } else if (!into.has(keyword)) into.set(keyword, value)
    else if (ADDING.has(keyword)) into.set(keyword, `${into.get(keyword)} ${value}`)
  }
  return settings
}

/** The value a certain account gets, where Match blocks are about accounts or groups alone; null where one asks for more. */
export function valueFor(
  settings: SshdSettings,
  keyword: string,
  account: string,
  groups: readonly string[],
): { value: string | undefined; sure: boolean } {
  let sure = true
  for (const match of settings.matches) {
    if (!match.settings.has(keyword)) continue
    const applies = matchApplies(match.criteria, account, groups)
    // Of several Match blocks the first counts, and any of them beats what stands before.
    if (applies === true) return { value: match.settings.get(keyword), sure }
    if (applies === null) sure = false
  }
  return { value: settings.global.get(keyword), sure }
}

function matchApplies(criteria: string, account: string, groups: readonly string[]): boolean | null {
  const words = criteria.split(/\s+/)
  let unsure = false
  for (let at = 0; at + 1 < words.length; at += 2) {
    const patterns = words[at + 1]!.split(',')
    const kind = words[at]!.toLowerCase()
    if (kind === 'user') {
      if (!anyMatches(patterns, [account])) return false
    } else if (kind === 'group') {
      if (!anyMatches(patterns, groups)) return false
    } else unsure = true
  }
  return unsure ? null : true
}

function anyMatches(patterns: readonly string[], names: readonly string[]): boolean {
  const test = (pattern: string) => names.some((name) => globOf(pattern).test(name))
  return (
    !patterns.some((pattern) => pattern.startsWith('!') && test(pattern.slice(1))) &&
    patterns.some((pattern) => !pattern.startsWith('!') && test(pattern))
  )
}

export const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .slice(0, 255)
      .replace(/\*+/g, '*')
      .replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )
