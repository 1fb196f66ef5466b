import { sql } from 'kysely'
import type { Db, Tx } from '../platform/index.ts'
import { type Entity, type Owasp, ReeveError, type Severity } from '../sdk/index.ts'
import type { FindingEvent, FindingPage } from './finding.ts'
import { costOf, evidenceOf, listingsOf, worstOf } from './finding-parts.ts'
import { type FindingRow, findingColumns, findingRows, type StoredFinding } from './findings.ts'
import type { Owners, ScorePart } from './owner.ts'
import { stepByStep } from './reach.ts'
import { actorName, iso, isoOrNull, nodeOf, ownersOf } from './refs.ts'

export interface Stored extends StoredFinding {
  rule_title: string | null
  because: string[]
  detector: string | null
  provider: string | null
  fingerprint: string | null
  redacted: string | null
  key_id: string | null
  live: string | null
  permission: string | null
  unverified_reason: string | null
  unverified_permission: string | null
  by: string | null
  reason: string | null
  evidence: {
    says?: string[]
    changes?: { of: string; what: string; from: unknown; to: unknown }[]
    connection?: string
    run?: number
  } | null
  saw: Record<string, Record<string, unknown>> | null
  asked: { by: string; until: string; reason: string; at: string } | null
  why: string | null
  undo: string | null
}

/** Tells why a finding weighs what it weighs: whoever judges, judges that too. */
export type Weigh = (given: {
  findings: readonly { severity: Severity; owasp: Owasp[]; title: string }[]
  reached: number
  mostSensitive: Entity | undefined
}) => { total: number; parts: ScorePart[] }

/** One finding by its number (`F-1043`) or id. Throws `finding/unknown`. */
export const readFinding = (db: Db, id: string, weigh: Weigh): Promise<FindingPage> =>
  stepByStep(db, (tx) => findingOf(tx, id, weigh))

async function findingOf(db: Tx, id: string, weigh: Weigh): Promise<FindingPage> {
  const number = /^F-(\d{1,15})$/i.exec(id)?.[1] ?? null
  const { rows } = await sql<Stored>`
    select ${findingColumns}, r.title as rule_title, f.because, f.detector, f.provider, f.fingerprint, f.redacted, f.key_id, f.live, f.permission,
      f.unverified_reason, f.unverified_permission, ${actorName(sql`f.by`)} as by, f.reason, f.evidence, f.asked, f.saw, r.why, r.undo
    from assess.finding f left join assess.rule r on r.id = f.rule
    where f.id = ${id} or f.number = ${number}::bigint order by f.id = ${id} desc limit 1`.execute(db)
  const found = rows[0]
  if (!found) throw new ReeveError('finding/unknown', `there is no finding ${id.slice(0, 80)}`)
  const node = await nodeOf(db, found.subject)
  const [[row], sources, { cost, reach }, owners, also, history] = await Promise.all([
    findingRows(db, [found]),
    listingsOf(db, found.subject, found.saw),
    costOf(db, node?.id ?? null),
    ownersOf(db, found.subject),
    alsoClosed(db, found),
    historyOf(db, found.id),
  ])
  const { total, parts } = weigh({
    findings: [{ severity: found.severity, owasp: found.owasp, title: found.rule_title ?? found.says }],
    reached: Math.min(100, reach.resources.length),
    mostSensitive: worstOf(reach),
  })
  return {
    finding: row!,
    why: found.why ?? '',
    because: found.because.map((says, index) => evidenceOf(index + 1, says, sources)),
    cost,
    owners,
    fix: found.fix,
    change: changeOf(found, owners),
    reeveDoes: OWNER_RULES.has(found.rule) && found.verdict === 'fail' ? 'owner' : null,
    effort: found.effort,
    undo: found.undo ?? '',
    closes: proofsOf(found, [...new Set(sources.of.get(found.subject)?.map(({ title }) => title))]),
    alsoCloses: also,
    severityParts: parts,
    score: total,
    unknown: unknownOf(found),
    secret: found.detector
      ? {
          detector: found.detector,
          provider: found.provider ?? 'generic',
          redacted: found.redacted ?? '',
          keyId: found.key_id,
          fingerprint: found.fingerprint,
          live: found.live ?? 'not-asked',
        }
      : null,
    state: {
      by: found.by,
      reason: found.reason,
      since: history[0]?.at ?? null,
      until: isoOrNull(found.until),
      asked: found.asked,
      evidence: found.evidence?.says ?? [],
      changes: (found.evidence?.changes ?? []).map(({ of, what, from, to }) => ({
        of,
        name: what,
        from: printed(from),
        to: printed(to),
      })),
      closed: found.evidence
        ? { connection: found.evidence.connection ?? null, run: found.evidence.run ?? null }
        : null,
    },
    history,
  }
}

const printed = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)

/** Of these the fix is a name, which is ours to write down. */
const OWNER_RULES: ReadonlySet<string> = new Set(['identity-without-owner', 'identity-owner-gone'])

/** What the fix would change, where that can be told before it is done. */
function changeOf(found: Stored, owners: Owners): FindingPage['change'] {
  if (OWNER_RULES.has(found.rule))
    return [
      {
        of: '',
        name: 'accountable owner',
        from: owners.accountable ? `${owners.accountable.name}, who has left` : 'nobody',
        to: owners.suggested ? `${owners.suggested.person.name}, as suggested, or whom you name` : 'whom you name',
      },
    ]
  return found.places
    .filter(({ file, atHead }) => file !== undefined && atHead !== false)
    .slice(0, 20)
    .map(({ file, line }) => ({
      of: line === undefined ? file! : `${file}:${line}`,
      name: found.detector ?? 'as it stands',
      from: found.redacted ?? 'what the finding is about',
      to: null,
    }))
}

function unknownOf(found: Stored): FindingPage['unknown'] {
  if (found.verdict === 'unknown') return { reason: found.because[0] ?? found.says, permission: found.permission }
  return found.unverified_reason === null
    ? null
    : { reason: found.unverified_reason, permission: found.unverified_permission }
}

/** What must be shown before it counts as closed. A secret is not closed by taking away the line. */
function proofsOf(found: Stored, connections: readonly string[]): FindingPage['closes'] {
  const where = connections.length > 0 ? connections.join(' and ') : 'its source'
  const evidence = found.evidence?.says ?? []
  const read = {
    says: `A complete read of ${where} shows that the cause is gone`,
    holds: found.state === 'resolved',
    because: evidence[0] ?? null,
  }
  if (found.detector === null) return [read]
  const live = found.live ?? 'not-asked'
  const here = found.places.filter((place) => place.atHead !== false).length
  return [
    {
      says: 'Its issuer does not accept it any more',
      holds: live === 'dead' ? true : live === 'live' ? false : null,
      because: LIVE[live] ?? null,
    },
    {
      says: 'No copy is left in the newest state of its places',
      holds: here === 0,
      because: `${here} of ${found.places.length} places hold it`,
    },
    read,
  ]
}

const LIVE: Readonly<Record<string, string>> = {
  live: 'It was accepted when last asked.',
  dead: 'It was refused when last asked.',
  blocked: 'It is known to its issuer, and blocked.',
  indeterminate: 'The answer was not clear.',
  'not-asked': 'Nobody asked its issuer.',
}

async function alsoClosed(db: Db, found: Stored): Promise<FindingRow[]> {
  const { rows } = await sql<StoredFinding>`
    select ${findingColumns} from assess.finding f left join assess.rule r on r.id = f.rule
    where f.subject = ${found.subject} and f.id <> ${found.id} and f.state = 'open' and f.verdict = 'fail' and f.fix[1] = ${found.fix[0] ?? ''}
    order by f.rank, f.id limit 20`.execute(db)
  return findingRows(db, rows)
}

async function historyOf(db: Db, id: string): Promise<FindingEvent[]> {
  const { rows } = await sql<{
    id: string
    at: Date
    what: FindingEvent['what']
    by: string | null
    says: string
    undoable: boolean
  }>`
    select id, at, what, ${actorName(sql`e.by`)} as by, says, before is not null and id = max(id) over () as undoable from assess.event e where finding = ${id} order by id desc limit 200`.execute(
    db,
  )
  return rows.map((row) => ({ ...row, at: iso(row.at), undo: row.undoable ? row.id : null }))
}
