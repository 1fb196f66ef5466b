import type { Method, Severity } from '../sdk/index.ts'

/**
 * What an anchor says: here, and nowhere else, a match of the detector may begin. The engine looks for anchors in one pass
 * over the bytes and tries the pattern only there, so an anchor must hold for every match (a test compares the engine with a
 * twin that tries every pattern at every byte).
 */
export interface Anchor {
  /** At least two ASCII bytes; two only together with `next`. Other bytes as latin1 characters. */
  literal: string
  /** ASCII letters match in both cases. */
  anyCase?: boolean
  /** The class of the byte after the literal, as it stands between brackets in a regular expression. */
  next?: string
}

/** What a pattern matched, with as much of the neighbourhood as the detector asked for; latin1 text. */
export interface Match {
  value: string
  groups: Readonly<Record<string, string | undefined>>
  /** At most `before` bytes in front of the anchor, and at most `span` bytes from the anchor on. */
  window: string
  /** Offset of the anchor, and of the value, in the window. */
  anchor: number
  at: number
  file: string
}

/** What a detector says of a match: null is "not a secret", `veto` is "known not to be one, whatever others think". */
export type Opinion =
  | null
  | 'veto'
  | {
      title?: string
      provider?: string
      severity?: Severity
      method?: Method
      keyId?: string | undefined
    }

export interface Sieve {
  /** Tried at the anchor without what it says around, behind and at most: looks, back references, upper bounds. */
  pattern: RegExp
  /** Matches the 64 bytes before the anchor, ended with `$`. */
  behind?: RegExp
  /** The files in which it is tried; all unless given. What it says may depend on the name alone. */
  where?: (file: string) => boolean
}

export interface Detector {
  /** Kebab case, stable for ever. */
  id: string
  /** The system the secret opens; `generic` when the format does not say. */
  provider: string
  title: string
  severity: Severity
  method: Method
  anchors: readonly Anchor[]
  /** It matches the beginning of a file only, and needs no anchor. */
  atStart?: true
  /** The byte before the anchor is no letter, digit or underscore (or ends an escape such as `\n` or `%3D`). */
  boundary?: boolean
  /**
   * Tried at the anchor (sticky). The value is the group `value`, or the whole match; a look-behind may set it before the
   * anchor. Bounded quantifiers only, no nested repetition over the same characters.
   */
  pattern: RegExp
  /**
   * What lets the pattern be tried at an anchor, in place of the pattern itself: one of these must hold wherever the pattern matches
   * something that `judge` does not turn down. They only save work; the twin of the engine does not know them.
   */
  sieves?: readonly Sieve[]
  /**
   * Without this text in the window, in this case and with what `behind` matches (ended with `$`) in the 16 bytes before it, `judge` turns
   * everything down; saves work like the sieves.
   */
  beside?: { text: string; behind: RegExp }
  /** Bytes the pattern and `judge` may see before the anchor (64) and from the anchor on (512). */
  before?: number
  span?: number
  /** Characters of the public prefix that may be shown. */
  prefix?: number
  /** Least Shannon entropy of the value, bits per character. */
  entropy?: number
  /** Of overlapping detections the higher rank stays: 3 a format of its own, 2 a shape beside a name, 1 a known assignment, 0 a guess. */
  rank: 0 | 1 | 2 | 3
  judge?: (match: Match) => Opinion
  /**
   * False where `judge` turns down every match with this value, whatever stands around it: asked first, and remembered for values that are met
   * again.
   */
  glance?: (value: string) => boolean
  cases: {
    yes: readonly string[]
    no: readonly string[]
    /** The name of the file the cases stand in. */
    file?: string
  }
}

const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/** A short name counts only where no letter stands before it. */
const bounded = (name: string): string => (name.length <= 4 ? `(?<![A-Za-z])${escaped(name)}` : escaped(name))

/** What may not follow a value, by the alphabet it is written in. */
const END = '(?![A-Za-z0-9])'

type Basics = Pick<Detector, 'id' | 'provider' | 'title' | 'cases'> &
  Partial<Pick<Detector, 'severity' | 'method' | 'entropy' | 'judge' | 'span' | 'before' | 'rank'>>

/** A token with a prefix of its own: `prefix` (or several) and what follows it, as a regular expression. */
export const prefixed = (
  token: Basics & { prefix: string | readonly string[]; body: string; end?: string; next?: string },
): Detector => {
  const { prefix, body, end = END, next, ...basics } = token
  const prefixes = typeof prefix === 'string' ? [prefix] : prefix
  return {
    severity: 'high',
    method: 'token',
    rank: 3,
    ...basics,
    boundary: true,
    anchors: prefixes.map((literal) => (next === undefined ? { literal } : { literal, next })),
    prefix: Math.max(...prefixes.map((literal) => literal.length)),
    pattern: new RegExp(`(?<value>(?:${prefixes.map(escaped).join('|')})(?:${body}))${end}`),
  }
}

const GLUE = String.raw`["'\x60\])]{0,3}[ \t]{0,8}(?::[ \t]{0,2}[A-Za-z]{3,10}[ \t]{0,2}=|\|\|=|=>|->|:=|==|[=:,(>]|[ \t_-])[ \t]{0,8}(?:["'\x60]|\\["'])?`

/**
 * A value without a mark of its own beside the name of its system: `name`, at most 40 characters of a longer name, an
 * operator, the value.
 */
export const named = (
  token: Basics & { name: string | readonly string[]; middle?: string; body: string; end?: string; next?: string },
): Detector => {
  const { name, middle = String.raw`[\w.\- ]{0,40}?`, body, end = END, ...basics } = token
  const names = typeof name === 'string' ? [name] : name
  return {
    severity: 'high',
    method: 'token',
    rank: 2,
    ...basics,
    anchors: names.map((literal) => ({ literal, anyCase: true })),
    pattern: new RegExp(`(?:${names.map(bounded).join('|')})${middle}${GLUE}(?<value>${body})${end}`, 'i'),
  }
}
