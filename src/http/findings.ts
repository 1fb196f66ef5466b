import { sql } from 'kysely'
import { z } from 'zod'
import {
  approveAcceptance,
  askAcceptance,
  mute,
  reopen,
  rules,
  score,
  storedFindings,
  toSarif,
  undo,
} from '../assess/index.ts'
import { loadSources } from '../graph/index.ts'
import type { Tx } from '../platform/index.ts'
import { FindingPage, FindingsPage, findingsWhere, readFinding, readFindings } from '../read/index.ts'
import { Finding, Instant, LedgerLine, ReeveError } from '../sdk/index.ts'
import type { Serving } from './app.ts'
import { personOf } from './may.ts'
import { AsOf, AsOfQuery, Cursor, Id, Limit, QueryText } from './parameters.ts'
import { route } from './route.ts'

const Until = z.strictObject({ until: z.union([Instant, z.iso.date()]), reason: z.string().trim().min(3).max(2_000) })

/** What became of one of several: `undo` for `POST /v1/findings/{id}/undo`, or why it was refused. */
const Muted = z.object({ id: z.string(), undo: z.string().nullable(), refused: z.string().nullable() })

/** A day means its end. */
const endOf = (until: string): Date => new Date(until.length === 10 ? `${until}T23:59:59.999Z` : until)

async function act(
  app: Serving,
  id: string,
  step: (tx: Tx, finding: string) => Promise<unknown>,
): Promise<z.input<typeof FindingPage>> {
  await app.db.transaction().execute((tx) => step(tx, id))
  return readFinding(app.db, id, score)
}

export const findingRoutes = [
  route({
    method: 'GET',
    path: '/v1/findings',
    can: 'see',
    says: 'Findings in groups, the worst first: by the fix that closes them, by identity, or by rule.',
    query: z.object({
      q: QueryText,
      by: z.enum(['fix', 'identity', 'rule']).default('fix'),
      cursor: Cursor,
      limit: Limit,
      'as-of': AsOf,
    }),
    answers: FindingsPage,
    handle: ({ app, query }) => readFindings(app.db, app.clock.now(), query),
  }),
  route({
    method: 'GET',
    path: '/v1/findings.json',
    can: 'see',
    says: 'Findings with the ledger, as `reeve findings --json` prints them.',
    query: AsOfQuery.extend({ q: QueryText }),
    answers: z.object({
      findings: z.array(Finding),
      ledger: z.array(LedgerLine),
      summary: z.record(z.string(), z.number().int()),
    }),
    async handle({ app, query }) {
      const [findings, ledger] = await Promise.all([everyFinding(app, query.q), everyLine(app)])
      const failed = findings.filter(({ verdict }) => verdict === 'fail')
      const bySeverity = Object.fromEntries(
        Map.groupBy(failed, ({ severity }) => severity)
          .entries()
          .map(([severity, list]) => [severity, list.length]),
      )
      return {
        findings,
        ledger,
        summary: { ...bySeverity, open: failed.length, unknown: findings.length - failed.length },
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/findings.sarif',
    can: 'see',
    says: 'Findings as SARIF 2.1.0; muted and accepted ones are suppressed results.',
    query: AsOfQuery.extend({ q: QueryText }),
    streams: 'application/sarif+json; charset=utf-8',
    async handle({ app, query }) {
      const [findings, ledger] = await Promise.all([everyFinding(app, query.q), everyLine(app)])
      return JSON.stringify(toSarif(findings, { version: app.version, rules, ledger }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/findings/{id}',
    can: 'see',
    says: 'One finding: because, cost, who, fix, way back, what closes it.',
    params: Id,
    query: AsOfQuery,
    answers: FindingPage,
    handle: ({ app, params }) => readFinding(app.db, params.id, score),
  }),
  route({
    method: 'POST',
    path: '/v1/findings/mute',
    can: 'operate',
    says: 'Puts several aside until a date, each for itself: one that is refused holds no other back.',
    body: Until.extend({ ids: z.array(Id.shape.id).min(1).max(200) }),
    answers: z.object({ rows: z.array(Muted) }),
    async handle({ app, caller, body: { ids, until, reason } }) {
      const rows: z.infer<typeof Muted>[] = []
      for (const finding of new Set(ids)) {
        try {
          const given = { finding, by: personOf(caller), until: endOf(until), reason, now: app.clock.now() }
          const { event } = await app.db.transaction().execute((tx) => mute(tx, given))
          rows.push({ id: finding, undo: String(event), refused: null })
        } catch (error) {
          if (!(error instanceof ReeveError)) throw error
          rows.push({ id: finding, undo: null, refused: error.message })
        }
      }
      return { rows }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/findings/{id}/mute',
    can: 'operate',
    says: 'Puts it aside until a date, at most 90 days off; then it opens by itself.',
    params: Id,
    body: Until,
    answers: FindingPage,
    handle: ({ app, caller, params, body }) =>
      act(app, params.id, (tx, finding) =>
        mute(tx, {
          finding,
          by: personOf(caller),
          until: endOf(body.until),
          reason: body.reason,
          now: app.clock.now(),
        }),
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/findings/{id}/accept',
    can: 'operate',
    says: 'Asks that the risk be accepted until a date; a second person approves.',
    params: Id,
    body: Until,
    answers: FindingPage,
    handle: ({ app, caller, params, body }) =>
      act(app, params.id, (tx, finding) =>
        askAcceptance(tx, {
          finding,
          by: personOf(caller),
          until: endOf(body.until),
          reason: body.reason,
          now: app.clock.now(),
        }),
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/findings/{id}/approve',
    can: 'operate',
    says: 'The second person accepts what the first asked for.',
    params: Id,
    answers: FindingPage,
    handle: ({ app, caller, params }) =>
      act(app, params.id, (tx, finding) =>
        approveAcceptance(tx, { finding, by: personOf(caller), now: app.clock.now() }),
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/findings/{id}/reopen',
    can: 'operate',
    says: 'Opens it before its date, or takes back the request to accept.',
    params: Id,
    answers: FindingPage,
    handle: ({ app, caller, params }) =>
      act(app, params.id, (tx, finding) => reopen(tx, { finding, by: personOf(caller), now: app.clock.now() })),
  }),
  route({
    method: 'POST',
    path: '/v1/findings/{id}/undo',
    can: 'operate',
    says: 'Takes back the last step, named by its `undo`, if nothing happened since.',
    params: Id,
    body: z.strictObject({ undo: z.string().regex(/^\d{1,15}$/) }),
    answers: FindingPage,
    handle: ({ app, caller, params, body }) =>
      act(app, params.id, (tx) => undo(tx, { event: Number(body.undo), by: personOf(caller), now: app.clock.now() })),
  }),
]

/** What a query means, unknown verdicts too unless it says otherwise. */
async function everyFinding(app: Serving, q: string) {
  const { where, query } = findingsWhere(q, app.clock.now(), { unknownToo: true })
  const all = query.terms.length === 0
  return storedFindings(
    app.db,
    all
      ? sql`state = 'open'`
      : sql`id in (select f.id from assess.finding f left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id where ${where})`,
  )
}

async function everyLine({ db }: Serving): Promise<LedgerLine[]> {
  const { sources } = await loadSources(db)
  return sources.flatMap(({ lines }) => [...lines])
}
