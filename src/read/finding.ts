import { sql } from 'kysely'
import { z } from 'zod'
import type { Db, Tx } from '../platform/index.ts'
import { Instant, ReeveError } from '../sdk/index.ts'
import { FindingRow, findingColumns, findingRows, type StoredFinding } from './findings.ts'
import { Owners, ScorePart } from './owner.ts'
import { dependentsOf, reachOf, stepByStep } from './reach.ts'
import { EntityRef } from './ref.ts'
import { actorName, iso, isoOrNull, nodeOf, ownersOf } from './refs.ts'

/** Numbered evidence: the sentence, and where and when it was read. */
export const Evidence = z.object({
  number: z.number().int(),
  says: z.string(),
  connection: z.string().nullable(),
  source: z.string().nullable(),
  readAt: Instant.nullable(),
  /** How complete that read was, a sentence: `14 of 14 users read`. */
  ledger: z.string().nullable(),
  complete: z.boolean().nullable(),
})
export type Evidence = z.infer<typeof Evidence>

/** What somebody did or what became of it, newest first. */
export const FindingEvent = z.object({
  at: Instant,
  what: z.enum(['opened', 'changed', 'muted', 'accepted', 'reopened', 'resolved']),
  by: z.string().nullable(),
  says: z.string(),
  /** For `POST /v1/findings/{id}/undo`, while nothing else happened since; null for what nobody can take back. */
  undo: z.string().nullable(),
})
export type FindingEvent = z.infer<typeof FindingEvent>

export const FindingPage = z.object({
  finding: FindingRow,
  why: z.string(),
  because: z.array(Evidence),
  cost: z.object({
    /** What is reached if it is used by somebody else; `sensitive` are among `reached`. */
    reached: z.array(EntityRef.extend({ sensitivity: z.string().nullable() })),
    reachedCount: z.number().int(),
    sensitiveCount: z.number().int(),
    /** What would break if it were taken away. */
    dependents: z.array(EntityRef),
    dependentCount: z.number().int(),
    /** Why the two lists may be short. */
    unknown: z.array(z.object({ reason: z.string(), permission: z.string().nullable() })),
  }),
  owners: Owners,
  fix: z.array(z.string()),
  effort: z.number().int().nullable(),
  undo: z.string(),
  /** Proofs, all of which must hold. */
  closes: z.array(z.object({ says: z.string(), holds: z.boolean().nullable(), because: z.string().nullable() })),
  alsoCloses: z.array(FindingRow),
  severityParts: z.array(ScorePart),
  /** For an unknown verdict: what decides it, and the grant to copy. */
  unknown: z.object({ reason: z.string(), permission: z.string().nullable() }).nullable(),
  secret: z
    .object({
      detector: z.string(),
      provider: z.string(),
      redacted: z.string(),
      keyId: z.string().nullable(),
      fingerprint: z.string().nullable(),
      live: z.string(),
    })
    .nullable(),
  state: z.object({
    by: z.string().nullable(),
    reason: z.string().nullable(),
    since: Instant.nullable(),
    until: Instant.nullable(),
    /** An acceptance that waits for its second person. */
    asked: z.object({ by: z.string(), until: Instant, reason: z.string(), at: Instant }).nullable(),
    evidence: z.array(z.string()),
  }),
  history: z.array(FindingEvent),
})
export type FindingPage = z.infer<typeof FindingPage>

interface Stored extends StoredFinding {
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
  evidence: { says?: string[] } | null
  asked: { by: string; until: string; reason: string; at: string } | null
  why: string | null
  undo: string | null
}

const LISTED = 100

/** One finding by its number (`F-1043`) or id. Throws `finding/unknown`. */
export const readFinding = (db: Db, id: string): Promise<FindingPage> => stepByStep(db, (tx) => findingOf(tx, id))

async function findingOf(db: Tx, id: string): Promise<FindingPage> {
  const number = /^F-(\d{1,15})$/i.exec(id)?.[1] ?? null
  const { rows } = await sql<Stored>`
    select ${findingColumns}, r.title as rule_title, f.because, f.detector, f.provider, f.fingerprint, f.redacted, f.key_id, f.live, f.permission,
      f.unverified_reason, f.unverified_permission, ${actorName(sql`f.by`)} as by, f.reason, f.evidence, f.asked, r.why, r.undo
    from assess.finding f left join assess.rule r on r.id = f.rule
    where f.id = ${id} or f.number = ${number}::bigint order by f.id = ${id} desc limit 1`.execute(db)
  const found = rows[0]
  if (!found) throw new ReeveError('finding/unknown', `there is no finding ${id.slice(0, 80)}`)
  const node = await nodeOf(db, found.subject)
  const [[row], sources, cost, owners, also, history, parts] = await Promise.all([
    findingRows(db, [found]),
    evidenceSources(db, node?.id ?? null),
    costOf(db, node?.id ?? null),
    ownersOf(db, found.subject),
    alsoClosed(db, found),
    historyOf(db, found.id),
    severityParts(db, found.subject),
  ])
  const source = sources[0]
  return {
    finding: row!,
    why: found.why ?? '',
    because: found.because.map((says, index) => ({
      number: index + 1,
      says,
      connection: source?.connection ?? null,
      source: source ? `${source.connection}, ${source.collection}` : null,
      readAt: isoOrNull(source?.read_at),
      ledger: source ? ledgerSentence(source) : null,
      complete: source?.complete ?? null,
    })),
    cost,
    owners,
    fix: found.fix,
    effort: found.effort,
    undo: found.undo ?? '',
    closes: proofsOf(
      found,
      sources.map(({ connection }) => connection),
    ),
    alsoCloses: also,
    severityParts: parts,
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
    },
    history,
  }
}

function unknownOf(found: Stored): FindingPage['unknown'] {
  if (found.verdict === 'unknown') return { reason: found.because[0] ?? found.says, permission: found.permission }
  return found.unverified_reason === null
    ? null
    : { reason: found.unverified_reason, permission: found.unverified_permission }
}

interface EvidenceSource {
  connection: string
  collection: string
  read_at: Date
  complete: boolean
  expected: number | null
  obtained: number | null
  refused: number | null
}

async function evidenceSources(db: Db, id: number | null): Promise<EvidenceSource[]> {
  if (id === null) return []
  const { rows } = await sql<EvidenceSource>`
    select s.connection, s.collection, s.read_at, s.complete, sum(l.expected)::int as expected, sum(l.obtained)::int as obtained, sum(l.refused)::int as refused
    from graph.node n join graph.source s on s.id = any(n.sources) left join graph.ledger l on l.source_id = s.id
    where n.id = ${id} group by s.id, s.connection, s.collection, s.read_at, s.complete order by s.connection, s.collection`.execute(db)
  return rows
}

function ledgerSentence({ expected, obtained, refused, complete }: EvidenceSource): string {
  const got =
    obtained === null
      ? complete
        ? 'read completely'
        : 'read in part'
      : expected === null
        ? `${obtained} read`
        : `${obtained} of ${expected} read`
  return refused ? `${got}, ${refused} refused` : got
}

async function costOf(db: Db, id: number | null): Promise<FindingPage['cost']> {
  if (id === null)
    return { reached: [], reachedCount: 0, sensitiveCount: 0, dependents: [], dependentCount: 0, unknown: [] }
  const [reach, { dependents, more }] = await Promise.all([reachOf(db, id), dependentsOf(db, id, LISTED)])
  const unknown = [
    ...(reach.undescribed > 0
      ? [{ reason: `${reach.undescribed} on the way were named and never read`, permission: null }]
      : []),
    ...(reach.more ? [{ reason: 'it reaches more than was counted here', permission: null }] : []),
  ]
  return {
    reached: reach.resources
      .slice(0, LISTED)
      .map(({ key, kind, type, name, sensitivity }) => ({ key, kind, type, name, gone: null, sensitivity })),
    reachedCount: reach.resources.length,
    sensitiveCount: reach.resources.filter(({ sensitive }) => sensitive).length,
    dependents: dependents.map(({ key, kind, type, name }) => ({ key, kind, type, name, gone: null })),
    dependentCount: dependents.length + more,
    unknown,
  }
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

export async function severityParts(db: Db, subject: string): Promise<ScorePart[]> {
  const { rows } = await sql<{
    parts: ScorePart[] | null
  }>`select score_parts as parts from assess.standing where subject = ${subject}`.execute(db)
  return rows[0]?.parts ?? []
}
