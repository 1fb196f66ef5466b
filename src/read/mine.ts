import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import type { Owasp, Severity } from '../sdk/index.ts'
import { costOf, worstOf } from './finding-parts.ts'
import type { Weigh } from './finding-read.ts'
import { findingName } from './findings.ts'
import { findingsWhere } from './findings-where.ts'
import { spell } from './query.ts'
import { stepByStep } from './reach.ts'
import { Person } from './ref.ts'
import { accountableOf, iso, refOr, refsOf, suggestionsOf } from './refs.ts'
import type { Thing } from './thing.ts'

/** What one person answers for, as queries: every number of an overview of theirs is that of the rows these find. */
export const Mine = z.object({
  /** Null when the caller is no person that is known, and `nobody` says why. */
  person: Person.nullable(),
  nobody: z.string().nullable(),
  /** Of the inventory. */
  identities: z.string(),
  /** Of findings: those of what is theirs and of what proves it. */
  findings: z.string(),
})
export type Mine = z.infer<typeof Mine>

/** The keys under which a person is known, the first of which names them. */
export function mineOf(people: readonly Person[]): Mine {
  const words = (field: string) => people.map(({ key }) => `${field}:${spell(key, true)}`).join(' ')
  const [person] = people
  return {
    person: person ? { key: person.key, name: person.name } : null,
    nobody: person ? null : 'your account has no address by which a person is known',
    identities: words('owner'),
    findings: words('answers'),
  }
}

/** So many fixes are weighed, the gravest of them. */
const WEIGHED = 10
/** Minutes that any fix takes beside its own: to read, to ask, to look afterwards. */
const BESIDE = 15

interface Candidate {
  id: string
  number: string | null
  subject: string
  node: number | null
  severity: Severity
  says: string
  title: string
  because: string[]
  owasp: Owasp[]
  fix: string[]
  undo: string
  effort: number
  opened_at: Date
  more: number
}

/** The first five things to know for one person: their open findings by fix, what could cost most for each minute first. */
export async function readThingsOf(db: Db, q: string, now: Date, weigh: Weigh): Promise<Thing[]> {
  const { rows } = await sql<Candidate>`
    with found as (
      select f.id, f.number, f.subject, n.id as node, f.severity, f.says, r.title, f.because, f.owasp, f.fix, r.undo, r.effort, f.opened_at,
        array_position('{critical,high,medium,low,info}'::text[], f.severity::text) * 1000 - least(coalesce(s.reach, 0), 999) as place, f.rule
      from assess.finding f join assess.rule r on r.id = f.rule left join graph.key k on k.key = f.subject left join graph.node n on n.id = k.id
      left join assess.standing s on s.subject = f.subject where ${findingsWhere(q, now).where}
    ), ranked as (
      select *, row_number() over by_fix as nth, (count(*) over (partition by rule, fix))::int - 1 as more from found
      window by_fix as (partition by rule, fix order by place, subject)
    )
    select * from ranked where nth = 1 order by place, effort, says limit ${sql.lit(WEIGHED)}`.execute(db)
  const weighed = await stepByStep(db, async (tx) => {
    const things: { row: Candidate; cost: Thing['cost']; value: number }[] = []
    for (const row of rows) {
      const { cost, reach } = await costOf(tx, row.node)
      const { total } = weigh({
        findings: [row],
        reached: Math.min(100, reach.resources.length),
        mostSensitive: worstOf(reach),
      })
      things.push({
        row,
        cost: {
          reached: cost.reachedCount,
          sensitive: cost.sensitiveCount,
          dependents: cost.dependentCount,
          unknown: reach.undescribed,
        },
        value: Math.round((1000 * total) / (BESIDE + row.effort)) / 1000,
      })
    }
    return things.sort((a, b) => b.value - a.value || (a.row.says < b.row.says ? -1 : 1)).slice(0, 5)
  })
  const subjects = weighed.map(({ row }) => row.subject)
  const [refs, owners, suggestions] = await Promise.all([
    refsOf(db, subjects),
    accountableOf(db, subjects),
    suggestionsOf(db, subjects),
  ])
  return weighed.map(({ row, cost, value }) => {
    const owner = owners.get(row.subject)
    return {
      opens: { what: 'finding', id: findingName(row) },
      mark: row.severity,
      says: row.says,
      because: row.because,
      subject: refOr(refs, row.subject),
      more: row.more,
      owner: {
        accountable: owner ? { key: owner.key, name: owner.name } : null,
        suggested: owner ? null : (suggestions.get(row.subject) ?? null),
      },
      fix: row.fix,
      undo: row.undo,
      effort: row.effort,
      cost,
      owasp: row.owasp,
      opened: iso(row.opened_at),
      value,
    }
  })
}
