import type { Detection, Instant } from '../../sdk/index.ts'
import { publicKeyOf, type SshPublicKey } from './ssh-public-key.ts'

const MOST_CREDENTIALS = 20_000
/** A password that everybody copies stands in hundreds of files, and each of them must be changed. */
const MOST_PLACES_EACH = 2_000
const MOST_PLACES = 200_000

export interface LeakPlace {
  file: string
  /** The how-manieth of the same value in the file, from 1. */
  ordinal: number
  line: number
  column: number
  layer: string | null
  note: string | null
  commit: string | null
  author: string | null
  date: Instant | null
  /** Null when only the folder was looked at. */
  atHead: boolean | null
  lastSeen: Instant | null
  inFolder: boolean
  tracked: boolean
}

export interface Leak {
  fingerprint: string
  /** Of the first detection, without its value. */
  detection: Omit<Detection, 'value'>
  isPrivateKey: boolean
  /** The value is the public half of a pair: a name, not a secret. */
  isPublicId: boolean
  /** Of a private key, where it can be told. */
  publicKey: SshPublicKey | null
  /** All places, kept or not. */
  total: number
  places: LeakPlace[]
}

/**
 * Gathers detections into one leak per fingerprint and one place per (file, ordinal). Bounded: of a value that is everywhere
 * the first places are kept and all are counted; beyond the most credentials what comes is dropped and counted.
 */
export function leakLog() {
  const leaks = new Map<string, { leak: Leak; places: Map<string, LeakPlace> }>()
  let dropped = 0
  let kept = 0
  return {
    get dropped() {
      return dropped
    },
    take(fingerprint: string, { value, ...detection }: Detection, place: LeakPlace): void {
      let known = leaks.get(fingerprint)
      if (!known) {
        if (leaks.size >= MOST_CREDENTIALS) {
          dropped++
          return
        }
        const isPrivateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/.test(value.reveal())
        const publicKey = isPrivateKey ? publicKeyOf(value.reveal()) : null
        known = {
          leak: {
            fingerprint,
            detection,
            isPrivateKey,
            isPublicId: value.reveal() === detection.keyId,
            publicKey,
            total: 0,
            places: [],
          },
          places: new Map(),
        }
        leaks.set(fingerprint, known)
      }
      const id = `${place.file}\0${place.ordinal}`
      const same = known.places.get(id)
      if (same) join(same, place)
      else {
        known.leak.total++
        if (known.places.size < MOST_PLACES_EACH && kept < MOST_PLACES) {
          known.places.set(id, place)
          kept++
        }
      }
    },
    *leaks(): Generator<Leak> {
      foldPairs(leaks)
      for (const { leak, places } of leaks.values()) {
        leak.places = [...places.values()].sort((a, b) =>
          a.file < b.file ? -1 : a.file > b.file ? 1 : a.ordinal - b.ordinal,
        )
        yield leak
      }
    },
  }
}

/** Where both halves of a pair were found, the public one is a further place of the secret one: one credential, one finding. */
function foldPairs(leaks: Map<string, { leak: Leak; places: Map<string, LeakPlace> }>): void {
  const secrets = new Map(
    [...leaks.values()].flatMap((known) => {
      const { keyId } = known.leak.detection
      return keyId === undefined || known.leak.isPublicId ? [] : [[keyId, known] as const]
    }),
  )
  for (const [fingerprint, { leak, places }] of leaks) {
    const secret = leak.isPublicId ? secrets.get(leak.detection.keyId!) : undefined
    if (!secret) continue
    leaks.delete(fingerprint)
    secret.leak.total += leak.total
    for (const place of places.values()) {
      if (secret.places.size >= MOST_PLACES_EACH) break
      let { ordinal } = place
      while (secret.places.has(`${place.file}\0${ordinal}`)) ordinal++
      secret.places.set(`${place.file}\0${ordinal}`, { ...place, ordinal })
    }
  }
}

/** The same place seen again: the oldest commit brought it, the newest text says where it stands. */
function join(known: LeakPlace, seen: LeakPlace): void {
  if (
    seen.inFolder ||
    (seen.atHead === true && !known.inFolder) ||
    (known.atHead === false && isLater(seen.lastSeen, known.lastSeen))
  ) {
    known.line = seen.line
    known.column = seen.column
  }
  if (seen.date !== null && (known.date === null || seen.date < known.date)) {
    known.date = seen.date
    known.commit = seen.commit
    known.author = seen.author
  }
  known.lastSeen =
    known.atHead || seen.atHead ? null : isLater(seen.lastSeen, known.lastSeen) ? seen.lastSeen : known.lastSeen
  known.atHead = known.atHead || seen.atHead
  known.inFolder ||= seen.inFolder
  known.tracked ||= seen.tracked
}

const isLater = (a: Instant | null, b: Instant | null): boolean => a !== null && (b === null || a > b)
