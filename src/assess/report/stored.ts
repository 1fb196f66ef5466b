import { sql } from 'kysely'
import type { Db } from '../../platform/index.ts'
import { type Instant, type LedgerLine, type Owasp, type Rule, Severity } from '../../sdk/index.ts'
import { storedFindings } from '../finding-rows.ts'
import { OWASP } from '../frameworks/owasp.ts'
import { TEN_NAMES } from '../frameworks/ten-names.ts'
import { owaspIds } from '../score.ts'
import type { PostureReport } from './posture.ts'

/** So many findings are told one by one; the rest is counted, and the table of findings has them all. */
const LISTED = 100

/** The posture as it is stored: counted where it stands, so that a large estate is not read into memory. */
export async function storedPosture(
  db: Db,
  given: {
    title: string
    asOf: Instant | null
    owned: number
    things: PostureReport['things']
    ledger: readonly LedgerLine[]
    rules: readonly Rule[]
  },
): Promise<PostureReport> {
  const [kinds, counts, worst, lost] = await Promise.all([
    sql<{ kind: string; count: number }>`select n.kind, count(*)::int as count from graph.node n group by 1`.execute(
      db,
    ),
    sql<{ owasp: Owasp[]; severity: Severity; verdict: 'fail' | 'unknown'; lost: boolean; count: number }>`
      select f.owasp, f.severity, f.verdict, f.verdict = 'unknown' or f.unverified_since is not null as lost, count(*)::int as count
      from assess.finding f where f.state = 'open' group by 1, 2, 3, 4`.execute(db),
    storedFindings(
      db,
      sql`id in (select f.id from assess.finding f where f.state = 'open' and f.verdict = 'fail' order by f.rank, f.opened_at, f.id limit ${sql.lit(LISTED)})`,
    ),
    sql<{ connection: string; permission: string | null; reason: string; verdicts: number }>`
      select l.connection, l.permission, l.reason, l.verdicts from assess.lost l
      order by l.verdicts desc, l.reason collate "C", l.connection collate "C", l.permission collate "C"`.execute(db),
  ])
  const of = (kind: string): number => kinds.rows.find((row) => row.kind === kind)?.count ?? 0
  const sum = (fits: (row: (typeof counts.rows)[number]) => boolean): number =>
    counts.rows.filter(fits).reduce((total, { count }) => total + count, 0)
  const fails = (fits: (ids: readonly Owasp[]) => boolean): Record<Severity, number> =>
    Object.fromEntries(
      Severity.options.map((severity) => [
        severity,
        sum((row) => row.verdict === 'fail' && row.severity === severity && fits(row.owasp)),
      ]),
    ) as Record<Severity, number>
  const open = fails(() => true)
  const named = new Set(worst.map(({ rule }) => rule))
  return {
    title: given.title,
    asOf: given.asOf,
    estate: {
      identities: of('identity'),
      people: of('person'),
      credentials: of('credential'),
      secrets: of('secret'),
      workloads: of('workload'),
      entitlements: of('entitlement'),
      resources: of('resource'),
      owned: given.owned,
    },
    open,
    unknown: sum(({ lost: notKnown }) => notKnown),
    things: given.things,
    owasp: owaspIds.map((id) => ({
      id,
      title: OWASP[id].title,
      rules: given.rules.filter(({ owasp }) => owasp.includes(id)).length,
      open: fails((ids) => ids.includes(id)),
      unknown: sum((row) => row.lost && row.owasp.includes(id)),
    })),
    tenNames: TEN_NAMES.map(({ name, owasp }) => ({
      name,
      open: sum((row) => row.verdict === 'fail' && row.owasp.some((id) => owasp.includes(id))),
    })),
    lost: lost.rows,
    ledger: [...given.ledger].sort(
      (a, b) => order(a.connection, b.connection) || order(a.collection, b.collection) || order(a.scope, b.scope),
    ),
    findings: worst.map(({ number: _, state: __, until: ___, reason: ____, ...finding }) => finding),
    more: Object.values(open).reduce((total, count) => total + count, 0) - worst.length,
    rules: given.rules
      .filter(({ id }) => named.has(id))
      .map(({ id, title, severity, owasp, why, undo }) => ({ id, title, severity, owasp: [...owasp], why, undo }))
      .sort((a, b) => order(a.id, b.id)),
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
