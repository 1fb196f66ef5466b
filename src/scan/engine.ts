import type { Anchor, Detector, Match, Opinion } from './detector.ts'
import { entropyOf } from './value.ts'

/**
 * The engine: one pass over the bytes for the anchors of all detectors, then the pattern in a window at each anchor. What a
 * match may see is cut to the detector's window before the pattern runs, so a result does not depend on how a file is read in
 * pieces. A later engine replaces the inside; the detectors and the semantics of `attempt` stay.
 */

/** A match that its detector holds for a secret (or vetoes), before overlaps are resolved. Offsets in the piece. */
export interface Candidate {
  detector: Detector
  opinion: Exclude<Opinion, null>
  start: number
  end: number
}

export interface Engine {
  readonly detectors: readonly Detector[]
  /** Bytes that must be there before and after a range, unless the file begins or ends, for the result to be exact. */
  readonly reach: { before: number; after: number }
  /** All candidates whose anchor lies in `from` ≤ offset < `to`. `text` is `bytes` as latin1; `isStart`: the file begins with them. */
  find(bytes: Uint8Array, text: string, from: number, to: number, file: string, isStart: boolean): Candidate[]
}

const DEFAULT_BEFORE = 64
const DEFAULT_SPAN = 512
/** How far from a value a comment can be that allows it. */
export const COMMENT_REACH = 512

const isLetterOrDigit = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
const isHex = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)

/** Nothing, no letter or digit, or the end of an escape (`\n`, `%3D`) stands before the offset. */
const isBoundary = (text: string, at: number): boolean => {
  if (at === 0 || !isLetterOrDigit(text.charCodeAt(at - 1))) return true
  const before = text.charCodeAt(at - 1)
  if (at >= 2 && text.charCodeAt(at - 2) === 92 && (before === 110 || before === 114 || before === 116)) return true
  return at >= 3 && text.charCodeAt(at - 3) === 37 && isHex(text.charCodeAt(at - 2)) && isHex(before)
}

/** Tries one detector at one offset: the whole meaning of a detector, shared by the engine and its slow twin. */
export const attempt = (
  detector: Detector,
  pattern: RegExp,
  text: string,
  at: number,
  file: string,
): Candidate | null => {
  if (detector.boundary === true && !isBoundary(text, at)) return null
  const head = Math.max(0, at - (detector.before ?? DEFAULT_BEFORE))
  const window = text.slice(head, at + (detector.span ?? DEFAULT_SPAN))
  pattern.lastIndex = at - head
  const found = pattern.exec(window)
  if (found === null) return null
  const groups: Match['groups'] = found.groups ?? {}
  const value = groups['value'] ?? found[0]
  const span = groups['value'] === undefined ? undefined : found.indices?.groups?.['value']
  const from = span?.[0] ?? found.index
  if (value === '' || (detector.entropy !== undefined && entropyOf(value) < detector.entropy)) return null
  const opinion =
    detector.judge === undefined ? {} : detector.judge({ value, groups, window, anchor: at - head, at: from, file })
  return opinion === null ? null : { detector, opinion, start: head + from, end: head + from + value.length }
}

/** The pattern as `attempt` wants it: sticky, with the offsets of groups. */
export const armed = (detector: Detector): RegExp =>
  new RegExp(detector.pattern.source, `dy${detector.pattern.flags.replace(/[dgy]/g, '')}`)

/** The bytes of a class such as `a-f0-9`. */
const bytesOf = (charClass: string): number[] => {
  const one = new RegExp(`[${charClass}]`)
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => one.test(String.fromCharCode(byte)))
}

/** How often a byte is met in text, roughly: the anchor is looked up by its rarest three bytes. */
const FREQUENT = ' etaoinsrhldcumfpgwybvkxjqz_-0123456789'
const weight = (byte: number): number => {
  const rank = FREQUENT.indexOf(String.fromCharCode(byte | 0x20))
  return rank < 0 ? 1 : (FREQUENT.length - rank) / 4 + 1
}
/** The three letters met most in code and prose, most first. */
const COMMON = new Map(
  `ion tio ing str con the ent ons tri ame typ nst ter ype nam rin res ser sel for ect elf sta ate com and ass
  err def est tur par ret pro ati ert ver int cti ode tes equ ort etu ext ers val urn nte rea men che all get
  por pti ist ile unc rro one ror ast ite dat ind thi opt ine ify tor end key nct not fin per his req sse ont
  ess ith sti tif ult fun lin pat fas ead set fil nde mat pre ble ten ali jec exp ted met ins obj cod wor ope
  ord out alu lue cal sio tat ace age der ara rom nce tex tru use rep ath imp htt tho las ttp abl rat ack ase
  ars bje que lse orm omp rou tch ram ema ual mpo pac wit cla are num era sin tra hem arg mpl sch nts ple ste
  fro len efi enc und rse han qua ire exe ric lis ata cat ber att mod cha her non rip scr our ere add eve mes
  rce ain tin mbe pla lic cri atc esc ime esp ict tan spa omm fer ute ref rsi dis app act nal ner lex als art
  des ipt ens ive umb ues rec tim cte ele nod eri ler tre eme rop tem tar ren rma xer eco anc pen ces rue eth
  tps ore ria ini sou pec urc les efa url ide nse inc aul fau red ned`
    .split(/\s+/)
    .map((letters, rank) => [letters, 1e6 - 1e3 * rank] as const),
)
const fold = (byte: number): number => byte | 0x20
const gramOf = (a: number, b: number, c: number): number => fold(a) | (fold(b) << 8) | (fold(c) << 16)
const TABLE_BITS = 17
const slotOf = (gram: number): number => Math.imul(gram, 0x9e3779b1) >>> (32 - TABLE_BITS)

interface Entry {
  gram: number
  /** Offset of the three bytes in the literal. */
  offset: number
  literal: string
  anyCase: boolean
  next: Uint8Array | null
  detector: number
}

const entriesOf = (anchor: Anchor, detector: number): Entry[] => {
  const literal = anchor.anyCase === true ? anchor.literal.toLowerCase() : anchor.literal
  const following = anchor.next === undefined ? null : bytesOf(anchor.next)
  const next =
    following === null ? null : Uint8Array.from({ length: 256 }, (_, byte) => (following.includes(byte) ? 1 : 0))
  const entry = { literal, anyCase: anchor.anyCase === true, next, detector }
  const code = (at: number): number => literal.charCodeAt(at)
  if (literal.length < 3) {
    if (literal.length < 2 || following === null) throw new RangeError(`anchor ${JSON.stringify(literal)} is too short`)
    const grams = new Set(following.map((byte) => gramOf(code(0), code(1), byte)))
    return [...grams].map((gram) => ({ ...entry, gram, offset: 0 }))
  }
  let offset = 0
  let best = Infinity
  for (let at = 0; at + 3 <= literal.length; at++) {
    const cost =
      COMMON.get(literal.slice(at, at + 3).toLowerCase()) ??
      weight(code(at)) * weight(code(at + 1)) * weight(code(at + 2))
    if (cost < best) [best, offset] = [cost, at]
  }
  return [{ ...entry, gram: gramOf(code(offset), code(offset + 1), code(offset + 2)), offset }]
}

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

const holds = (entry: Entry, bytes: Uint8Array, at: number): boolean => {
  const { literal, anyCase, next } = entry
  if (at + literal.length > bytes.length) return false
  for (let i = 0; i < literal.length; i++) {
    const byte = bytes[at + i]!
    if ((anyCase ? lower(byte) : byte) !== literal.charCodeAt(i)) return false
  }
  return next === null || (at + literal.length < bytes.length && next[bytes[at + literal.length]!] === 1)
}

/** The detectors that look at the beginning of a file only. */
const atStart = (
  detectors: readonly Detector[],
  patterns: readonly RegExp[],
  text: string,
  file: string,
): Candidate[] =>
  detectors.flatMap((detector, index) =>
    detector.atStart === true ? (attempt(detector, patterns[index]!, text, 0, file) ?? []) : [],
  )

export const compile = (detectors: readonly Detector[]): Engine => {
  const patterns = detectors.map(armed)
  const entries = detectors.flatMap((detector, index) => detector.anchors.flatMap((anchor) => entriesOf(anchor, index)))
  const table = new Uint16Array(1 << TABLE_BITS)
  const buckets: Entry[][] = [[]]
  for (const entry of entries) {
    const slot = slotOf(entry.gram)
    if (table[slot] === 0) table[slot] = buckets.push([]) - 1
    buckets[table[slot]!]!.push(entry)
  }
  const longest = Math.max(3, ...entries.map((entry) => entry.literal.length + 1))
  const reach = {
    before: Math.max(DEFAULT_BEFORE, ...detectors.map((d) => d.before ?? DEFAULT_BEFORE)) + 2 * COMMENT_REACH,
    after: Math.max(DEFAULT_SPAN, ...detectors.map((d) => d.span ?? DEFAULT_SPAN)) + COMMENT_REACH,
  }

  const find: Engine['find'] = (bytes, text, from, to, file, isStart) => {
    const found = isStart ? atStart(detectors, patterns, text, file) : []
    const triedAt = new Float64Array(detectors.length).fill(-1)
    const end = Math.min(bytes.length, to + longest)
    let gram = 0
    for (let i = from; i < end; i++) {
      gram = (gram >>> 8) | ((bytes[i]! | 0x20) << 16)
      const bucket = table[Math.imul(gram, 0x9e3779b1) >>> (32 - TABLE_BITS)]!
      if (bucket === 0) continue
      for (const entry of buckets[bucket]!) {
        const at = i - 2 - entry.offset
        if (entry.gram !== gram || at < from || at >= to || triedAt[entry.detector] === at || !holds(entry, bytes, at))
          continue
        triedAt[entry.detector] = at
        const candidate = attempt(detectors[entry.detector]!, patterns[entry.detector]!, text, at, file)
        if (candidate !== null) found.push(candidate)
      }
    }
    return found
  }
  return { detectors, reach, find }
}

/** The slow, obvious twin of `compile`: every pattern at every byte. */
export const compileSlowly = (detectors: readonly Detector[]): Engine => {
  const patterns = detectors.map(armed)
  return {
    ...compile(detectors),
    find: (_bytes, text, from, to, file, isStart) => {
      const found = isStart ? atStart(detectors, patterns, text, file) : []
      for (let at = from; at < Math.min(to, text.length); at++)
        for (const [index, detector] of detectors.entries()) {
          const candidate = detector.atStart === true ? null : attempt(detector, patterns[index]!, text, at, file)
          if (candidate !== null) found.push(candidate)
        }
      return found
    },
  }
}
