import { clean } from './host.ts'
import { type PublicKey, parsePublicLine } from './ssh-key.ts'

interface AuthorizedKey {
  line: number
  key: PublicKey & { comment: string }
  /** `from`, `command`, `cert-authority`, …; a flag has the value true. */
  options: Map<string, string | true>
}

const LONGEST_LINE = 40_000
const MOST_KEYS = 5000

/** The keys of an authorized_keys file (sshd(8)). Lines that hold none are left out, as sshd does. */
export function parseAuthorizedKeys(text: string): AuthorizedKey[] {
  const keys: AuthorizedKey[] = []
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length && keys.length < MOST_KEYS; at++) {
    const line = lines[at]!.trim()
    if (line === '' || line.startsWith('#') || line.length > LONGEST_LINE) continue
    const bare = parsePublicLine(line)
    if (bare) {
      keys.push({ line: at + 1, key: bare, options: new Map() })
      continue
    }
    const end = endOfOptions(line)
    const key = parsePublicLine(line.slice(end))
    if (key) keys.push({ line: at + 1, key, options: optionsOf(line.slice(0, end)) })
  }
  return keys
}

/** The first blank outside of quotes. */
function endOfOptions(line: string): number {
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\' && quoted) at++
    else if (line[at] === '"') quoted = !quoted
    else if (!quoted && (line[at] === ' ' || line[at] === '\t')) return at
  }
  return line.length
}

function optionsOf(text: string): AuthorizedKey['options'] {
  const options: AuthorizedKey['options'] = new Map()
  for (const [, name, value] of text.matchAll(/([A-Za-z][A-Za-z0-9-]{0,40})(?:="((?:[^"\\]|\\.){0,8000})")?(?:,|$)/g)) {
    const lower = name!.toLowerCase()
    if (!options.has(lower)) options.set(lower, value === undefined ? true : clean(value.replaceAll('\\"', '"'), 1000))
  }
  return options
}

/** `YYYYMMDD[HHMM[SS]][Z]`, in the host's own time zone, which is taken for UTC; milliseconds since 1970. */
export function expiryOf(options: AuthorizedKey['options']): number | null {
  const found = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z?$/.exec(String(options.get('expiry-time') ?? ''))
  if (!found) return null
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0))
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!)
}
