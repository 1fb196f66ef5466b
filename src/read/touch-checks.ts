import type { Kind, Known, Method } from '../sdk/index.ts'
import type { CardSource, Check, Consumer, Quiet } from './card.ts'

export const DAY = 86_400_000
/** Used within so many days: it is in use. */
export const RECENT = 30
/** A quarter and some days: a job that runs each quarter shows in a record of this length. */
export const QUARTER = 100
/** So long is something watched after it was disabled. */
const WATCHED = 30
/** A read older than this says nothing of today. */
const STALE = 7

/** What the answers are made from. All of it was read; nothing is assumed. */
export interface Evidence {
  kind: Kind
  gone: boolean
  now: number
  /** Why it is out of force already (`disabled`) and since when that was seen, or null. */
  off: { word: string; since: number | null } | null
  lastUsed: Known<string>
  /** The latest use that anything tells: its own source, a credential of it, a call. */
  sighting: { at: number; by: string | null } | null
  /** Since when a use would have been seen, without a hole until the last read. */
  recorded: Known<string>
  /** The longest quiet after which it was used again. */
  quiet: Quiet | null
  consumers: readonly Consumer[]
  moreConsumers: number
  credentials: number
  methods: readonly Method[]
  /** Credentials of it of which no source tells when they were used: what opens it unseen. */
  untold: readonly string[]
  /** Copies of its credentials of which no reader was seen. */
  unread: readonly { name: string; where: string }[]
  /** Other identities that its credentials open as well, or, of a credential, all beyond the first. */
  shared: readonly string[]
  /** Who holds it: of an entitlement. */
  holders: number
  /** How many things it may change at their source, which somebody else must be able to do. */
  controls: number
  /** Refused attempts since it is off; null where no source reports them. */
  refused: number | null
  /** What speaks against it however little it is used: kept for emergencies, part of the system, the last administrator. */
  stakes: readonly { weight: 'stops' | 'care'; says: string }[]
  grants: { total: number; used: number; partly: number; notUsed: number; unknown: number }
  /** The listings that describe it. */
  sources: readonly CardSource[]
  /** Listings that were not read whole and in which a user of it could stand: of the same connections first. */
  elsewhere: readonly CardSource[]
}

/** `stops`: it must not be done. `holds`: so far well. `care`: may be done, minding this. `unknown`: not known, and what would tell. */
export type Weight = 'stops' | 'care' | 'unknown' | 'holds'
export interface Weighed extends Check {
  weight: Weight
}

export const check = (
  weight: Weight,
  says: string,
  at: Partial<Pick<Check, 'permission' | 'connection'>> = {},
): Weighed => ({
  weight,
  says,
  holds: weight === 'holds' ? true : weight === 'unknown' ? null : false,
  permission: at.permission ?? null,
  connection: at.connection ?? null,
})

/** Read whole and lately, listing by listing: what was refused, and what is too old to speak of today. */
export function readWhole({ sources, now }: Evidence): Weighed[] {
  const gaps = sources.flatMap((source) => {
    const { title, collection, complete, reason, permission, connection, readAt } = source
    const days = readAt === null ? null : Math.floor((now - Date.parse(readAt)) / DAY)
    if (!complete)
      return check('unknown', `${title}, ${collection}, was not read whole: ${reason ?? 'part of it is missing'}.`, {
        permission,
        connection,
      })
    if (days !== null && days > STALE)
      return check('unknown', `${title}, ${collection}, was last read ${days} days ago and may say otherwise today.`, {
        connection,
      })
    return []
  })
  if (gaps.length > 0) return gaps
  return sources.length === 0
    ? [check('unknown', 'No listing describes it: others name it, and what it is was not read.')]
    : [check('holds', 'Everything that describes it was read whole, within the last 7 days.')]
}

/** The same of what other sources could tell: what cannot be taken back wants each of them named. */
export function readElsewhere({ elsewhere }: Evidence, weight: 'unknown' | 'care'): Weighed[] {
  if (elsewhere.length === 0) return [check('holds', 'Every listing in which a user of it could stand was read whole.')]
  if (weight === 'care' && elsewhere.length > 1)
    return [
      check(
        'care',
        `A user of it could stand in ${elsewhere.length} listings that were not read whole: ${list(elsewhere.map(({ title, collection }) => `${title} (${collection})`))}.`,
      ),
    ]
  return elsewhere.map(({ title, collection, reason, permission, connection }) =>
    check(
      weight,
      `A user of it could stand in ${title}, ${collection}, which was not read whole: ${reason ?? 'part of it is missing'}.`,
      { permission, connection },
    ),
  )
}

/** What forbids it however little it is used. */
export const standing = ({ stakes }: Evidence): Weighed[] => stakes.map(({ weight, says }) => check(weight, says))

export function nobodyUsesIt(evidence: Evidence): Weighed[] {
  const { consumers, moreConsumers } = evidence
  const count = consumers.length + moreConsumers
  return count === 0
    ? [check('holds', 'Nothing that uses it was found.')]
    : [check('stops', `${names(consumers, moreConsumers)} would fail.`)]
}

/** How long use must have stayed away: a quarter, or longer where it came back after a longer quiet before. */
export const needed = ({ quiet }: Evidence): number => Math.max(QUARTER, quiet ? Math.ceil(quiet.days * 1.25) : 0)

/** Whether it was used lately, and whether that would have been seen. */
export function unused(evidence: Evidence, short: 'unknown' | 'care'): Weighed[] {
  const { lastUsed, sighting, recorded, quiet, now, off } = evidence
  if (sighting && now - sighting.at < RECENT * DAY)
    return [
      check(
        'stops',
        off ? `It is ${off.word}, and was used ${since(evidence)} all the same.` : `It was used ${since(evidence)}.`,
      ),
    ]
  if ('unknown' in recorded) {
    const { permission } = recorded
    return [
      check(
        'unknown',
        'unknown' in lastUsed
          ? `When it was last used is not known: ${lastUsed.unknown}.`
          : `Whether it was used lately is not known: ${recorded.unknown}.`,
        permission === undefined ? {} : { permission },
      ),
    ]
  }
  if (!('value' in recorded)) return [check('unknown', 'Its source keeps no record of use.')]
  const days = needed(evidence)
  const idle = sighting ? Math.floor((now - sighting.at) / DAY) : null
  const watched = Math.floor((now - Date.parse(recorded.value)) / DAY)
  if (idle !== null && quiet && idle < days)
    return [
      check(
        short,
        `It was last used ${since(evidence)}, and was used again before after ${quiet.days} quiet days (${on(quiet.from)} to ${on(quiet.until)}): only ${days} days without use would tell.`,
      ),
    ]
  if (idle !== null && idle < days)
    return [check(short, `It was last used ${since(evidence)}: a job that runs each quarter would not show yet.`)]
  if (watched < days)
    return [
      check(
        idle === null ? 'unknown' : short,
        `Its use is recorded since ${on(recorded.value)} only, ${watched} days: a job that runs each quarter would not show.`,
      ),
    ]
  return [
    check(
      'holds',
      sighting
        ? `It was last used ${since(evidence)}, and a use since would have been seen.`
        : `No use of it is on record since ${on(recorded.value)}, ${watched} days.`,
    ),
  ]
}

/** An account's own record need not tell of each key that opens it. */
export const credentialsSeen = ({ untold }: Evidence, weight: 'unknown' | 'care'): Weighed[] =>
  untold.length === 0
    ? []
    : [check(weight, `When ${list(untold)} ${untold.length === 1 ? 'was' : 'were'} last used is not known.`)]

/** Copies that something may read without being seen. */
export const copies = ({ unread }: Evidence, weight: 'unknown' | 'care'): Weighed[] =>
  unread.length === 0
    ? []
    : [
        check(
          weight,
          `A copy of ${unread[0]!.name} stands in ${places(unread.map(({ where }) => where))}: who reads it there is not known.`,
        ),
      ]

export const shared = ({ shared, kind }: Evidence): Weighed[] =>
  shared.length === 0
    ? []
    : [
        check(
          'care',
          `${kind === 'credential' ? 'It opens' : 'A credential of it opens'} ${list(shared)} as well, and would be changed for both.`,
        ),
      ]

/** Off, and for long enough that somebody would have missed it. */
export function disabledFirst(evidence: Evidence): Weighed[] {
  const { off, now, refused } = evidence
  if (off === null)
    return [check('unknown', `It is in force: disable it first, and watch for ${WATCHED} days who is refused.`)]
  if (off.since === null) return [check('unknown', `It is ${off.word}, but not known since when.`)]
  const days = Math.floor((now - off.since) / DAY)
  const need = Math.max(WATCHED, evidence.quiet ? Math.ceil(evidence.quiet.days * 1.25) : 0)
  if (days < need)
    return [check('unknown', `It is ${off.word} since ${on(off.since)}, ${count(days)}: watch until it is ${need}.`)]
  return [
    check('holds', `It is ${off.word} since ${on(off.since)}, ${count(days)}.`),
    refused === null
      ? check('care', 'Whether anything was refused since then, its source does not report.')
      : refused > 0
        ? check(
            'stops',
            `Something still tries: ${refused} ${refused === 1 ? 'attempt was' : 'attempts were'} refused since.`,
          )
        : check('holds', 'No attempt was refused since.'),
  ]
}

export const handedOver = ({ controls }: Evidence): Weighed[] =>
  controls === 0
    ? []
    : [
        check(
          'care',
          `It may change ${controls === 1 ? 'one thing' : `${controls} things`} at the source: see that somebody else can before it goes.`,
        ),
      ]

/** Who must be given a new one. */
export function takers({ consumers, moreConsumers, methods }: Evidence): Weighed[] {
  const all = consumers.length + moreConsumers
  const by = Map.groupBy(consumers, ({ takesNewKey }) => takesNewKey)
  const hand = by.get('by-hand') ?? []
  const unclear = by.get('unknown') ?? []
  const found: Weighed[] = []
  if (hand.length > 0)
    found.push(
      check(
        'care',
        all === 1
          ? `The one that uses it must be given the new one by hand: ${names(hand, 0)}.`
          : `${hand.length} of ${all} that use it must be given the new one by hand: ${names(hand, 0)}.`,
      ),
    )
  if (unclear.length > 0 || moreConsumers > 0)
    found.push(check('care', `Of ${names(unclear, moreConsumers)} we do not know how a new one reaches them.`))
  if (found.length === 0 && all > 0)
    found.push(
      check(
        'holds',
        all === 1
          ? 'The one that uses it takes a new one by itself.'
          : `All ${all} that use it take a new one by themselves.`,
      ),
    )
  if (methods.includes('password'))
    found.push(check('care', 'A password has no overlap: the old one stops when the new one is set.'))
  return found
}

/** Nobody seen to hold it: then its use must tell. */
export function seenUse(evidence: Evidence): Weighed[] {
  const { sighting, now, consumers, moreConsumers } = evidence
  if (consumers.length + moreConsumers > 0) return []
  if (sighting && now - sighting.at < QUARTER * DAY)
    return [check('care', `It was used ${since(evidence)}, and who holds it we do not see.`)]
  return unused(evidence, 'unknown')
}

/** `within the last day by deploy.yml` */
export function since({ now, sighting }: Pick<Evidence, 'now' | 'sighting'>): string {
  if (sighting === null) return 'at a time we do not know'
  const days = Math.floor((now - sighting.at) / DAY)
  const when = days < 1 ? 'within the last day' : days === 1 ? 'yesterday' : `${days} days ago`
  return sighting.by === null
    ? when
    : `${when} by ${sighting.by.length > 120 ? `${sighting.by.slice(0, 119)}…` : sighting.by}`
}

function names(consumers: readonly Consumer[], more: number): string {
  const named = consumers.map(({ entity: { name, type } }) => {
    const short = name.length > 80 ? `${name.slice(0, 79)}…` : name
    return type === null ? `${short} (never read itself)` : `${short} (${type.replaceAll('_', ' ')})`
  })
  return list([...named, ...Array.from({ length: more }, () => '')])
}

function list(of: readonly string[]): string {
  const shown = of
    .filter((name) => name !== '')
    .slice(0, 3)
    .map((name) => (name.length > 140 ? `${name.slice(0, 139)}…` : name))
  const left = of.length - shown.length
  if (left > 0) return shown.length === 0 ? `${left} others` : `${shown.join(', ')} and ${left} more`
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : (shown[0] ?? 'nobody')
}

const places = (where: readonly string[]): string => list(where)
const count = (days: number): string => (days === 1 ? 'one day' : `${days} days`)

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const on = (at: string | number): string => date.format(typeof at === 'string' ? Date.parse(at) : at)
