/** How the rules about repositories read the places that a leaked secret was seen in. */
import type { Entity, Neighbour, Outcome, Place, Severity } from '../../sdk/index.ts'
import { day, days, daysBetween, list, nameOf } from './standing.ts'

export interface Leak {
  place: Place & { file: string }
  repository: string
  inRepository: boolean
  inFolder: boolean
  tracked: boolean
  example: boolean
  /** Anybody on the internet can read the repository. */
  open: boolean
  openSince: string | undefined
  /** What else is known of the place. */
  note: string | undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const count = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

/** The places of a credential in files and commits, newest state first, then oldest commit first. */
export function leaksOf(copies: readonly Neighbour[]): Leak[] {
  const leaks: Leak[] = []
  for (const { entity } of copies) {
    if (entity?.type !== 'git_leak') continue
    const { file, line, column, commit, author, date, atHead, layer, note } = entity.attributes
    const { inFolder, tracked, repository, repositoryName, example, public: open, publicSince } = entity.attributes
    if (typeof file !== 'string') continue
    leaks.push({
      place: {
        file,
        line: count(line),
        column: count(column),
        commit: text(commit),
        author: text(author),
        date: text(date),
        atHead: atHead === true,
        ...(text(layer) === undefined ? {} : { layer: text(layer) }),
      },
      repository: text(repositoryName) ?? 'the repository',
      inRepository: repository === true,
      inFolder: inFolder === true,
      tracked: tracked === true,
      example: example === true,
      open: open === true,
      openSince: text(publicSince),
      note: text(note),
    })
  }
  const rank = (leak: Leak) => (isNow(leak) ? 0 : 1)
  return leaks.sort((a, b) => rank(a) - rank(b) || ((a.place.date ?? '') < (b.place.date ?? '') ? -1 : 1))
}

/** Does whoever has the newest state of the source have it? A folder without repository has one state only. */
export const isNow = ({ place, inRepository, inFolder, tracked }: Leak): boolean =>
  place.atHead === true || (inFolder && (tracked || !inRepository))

export const isOnlyHere = ({ place, inRepository, inFolder, tracked }: Leak): boolean =>
  inRepository && inFolder && !tracked && place.atHead !== true && place.commit === undefined

/** `config/prod.env:3, since 5 March 2024 by Ada <ada@acme.test>`. */
export function sentence({ place, repository, note }: Leak): string {
  const where = `${place.file}${place.line ? `:${place.line}` : ''}`
  const when = place.date ? ` since ${day(Date.parse(place.date))}` : ''
  const who = place.author ? `, committed by ${place.author.slice(0, 100)}` : ''
  const commit = place.commit ? ` (${place.commit.slice(0, 10)})` : ''
  return `${repository}: ${where}${when}${who}${commit}${note === undefined ? '' : ` (${note})`}.`
}

export const secretOf = ({
  attributes,
  fingerprint,
}: Entity): NonNullable<Extract<Outcome, { verdict: 'fail' }>['secret']> => ({
  detector: text(attributes['detector']) ?? 'unknown',
  provider: text(attributes['provider']) ?? 'generic',
  redacted: text(attributes['redacted']) ?? '…',
  ...(text(attributes['keyId']) ? { keyId: text(attributes['keyId']) } : {}),
  ...(fingerprint ? { fingerprint } : {}),
})

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

/** The detection's own severity, at most `most`; in tests and examples alone it is low, since such values mostly are made up. */
export function severityOf(entity: Entity, leaks: readonly Leak[], most: Severity = 'critical'): Severity {
  // Its service was asked: nothing about the place matters more.
  if (entity.attributes['live'] === 'live') return 'critical'
  if (entity.attributes['live'] === 'dead') return 'low'
  const own = SEVERITIES.indexOf(entity.attributes['severity'] as Severity)
  const severity = Math.min(own < 0 ? SEVERITIES.indexOf('high') : own, SEVERITIES.indexOf(most))
  return SEVERITIES[leaks.every((leak) => leak.example) ? Math.min(severity, 1) : severity]!
}

/** `has been public for 10 days in deploy/legacy.env`, else `is in deploy/legacy.env since 2 March 2025`. */
export function standsIn(leaks: readonly Leak[], now: Date): string {
  const open = leaks.filter((leak) => leak.open)
  const since = (dates: (string | undefined)[]): number =>
    Date.parse(dates.filter((date) => date !== undefined).sort()[0]!)
  if (open.length > 0) {
    const from = since(open.map(({ openSince }) => openSince))
    return `has been public${Number.isNaN(from) ? '' : ` for ${days(daysBetween(from, now.getTime()))}`} in ${files(open)}`
  }
  const from = since(leaks.map(({ place }) => place.date))
  return `is in ${files(leaks)}${Number.isNaN(from) ? '' : ` since ${day(from)}`}`
}

/** The evidence of a finding about a leak: its places, and what else makes it worse or better. */
export function evidence(entity: Entity, leaks: readonly Leak[]): string[] {
  const all = entity.attributes['leakPlaces']
  const more = (typeof all === 'number' ? all : leaks.length) - 5
  const asked = text(entity.attributes['liveSays'])
  return [
    ...(asked === undefined || entity.attributes['live'] === 'not-asked' ? [] : [asked]),
    ...leaks.slice(0, 5).map(sentence),
    ...[
      ...new Set(
        leaks
          .filter(({ open }) => open)
          .map(
            ({ repository, openSince }) =>
              `Anybody can read ${repository}${openSince ? ` since ${day(Date.parse(openSince))}` : ''}.`,
          ),
      ),
    ],
    ...(more > 0 && leaks.length > 5 ? [`It is in ${more} more places.`] : []),
    ...(leaks.every((leak) => leak.example)
      ? ['All places are tests, examples, documentation or vendored code; look whether the value is real.']
      : []),
  ]
}

/** What the secret is, for the start of a sentence: `AWS access key AKIA…4XYZ`. */
export const what = (entity: Entity): string => nameOf(entity)

export const files = (leaks: readonly Leak[]): string => list([...new Set(leaks.map(({ place }) => place.file))], 3)

/** Rows of an attribute that holds a list of facts with lines. */
export const rows = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? value.filter(
        (row): row is Record<string, unknown> => typeof row === 'object' && row !== null && !Array.isArray(row),
      )
    : []

export const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []

/** `.github/workflows/ci.yml:12`, as evidence and as a place. */
export function at(entity: Entity, line?: unknown): { said: string; place: Place } {
  const file = text(entity.attributes['file']) ?? entity.name
  const number = count(line) ?? count(entity.attributes['line'])
  return { said: number ? `${file}:${number}` : file, place: { file, ...(number ? { line: number } : {}) } }
}
