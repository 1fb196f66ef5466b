import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../platform/index.ts'
import type { JsonValue } from '../sdk/index.ts'
import type { Certification, Certifications } from './inbox.ts'
import { actorName, iso, refOr, refsOf } from './refs.ts'

/** Which records: of a thing, by a person, or all. */
export interface CertificationsAsked {
  entity?: string | undefined
  person?: string | undefined
}

interface Row {
  id: string
  entity: string
  person: string
  person_name: string
  answer: Certification['answer']
  to_person: string | null
  to_name: string | null
  note: string | null
  by: string
  at: Date
  shown: Record<string, JsonValue>
  taken_at: Date | null
  taken_by: string | null
}

const BATCH = 500

const chosen = ({ entity, person }: CertificationsAsked): RawBuilder<unknown> => sql`c.takes_back is null
  and (${entity ?? null}::text is null or c.entity = ${entity ?? null} or ${entity ?? null} = any(c.aliases))
  and (${person ?? null}::text is null or c.person = ${person ?? null})`

/** Newest first. */
export async function readCertifications(
  db: Db,
  asked: CertificationsAsked,
  { before, limit }: { before: number | null; limit: number },
): Promise<Certifications> {
  const [rows, total] = await Promise.all([
    page(db, asked, before, limit + 1),
    sql<{ count: number }>`select count(*)::int as count from act.certification c where ${chosen(asked)}`.execute(db),
  ])
  return {
    rows: rows.slice(0, limit),
    total: total.rows[0]!.count,
    next: rows.length > limit ? rows[limit - 1]!.id : null,
  }
}

/** All of them, newest first, a handful at a time. */
export async function* streamCertifications(db: Db, asked: CertificationsAsked): AsyncGenerator<Certification> {
  for (let before: number | null = null; ; ) {
    const rows: Certification[] = await page(db, asked, before, BATCH)
    yield* rows
    if (rows.length < BATCH) return
    before = Number(rows.at(-1)!.id)
  }
}

async function page(
  db: Db,
  asked: CertificationsAsked,
  before: number | null,
  limit: number,
): Promise<Certification[]> {
  const { rows } = await sql<Row>`
    select c.id, c.entity, c.person, c.person_name, c.answer, c.to_person, p.name as to_name, c.note, ${actorName(sql`c.by`)} as by, c.at, c.shown,
      t.at as taken_at, ${actorName(sql`t.by`)} as taken_by
    from act.certification c left join act.certification t on t.takes_back = c.id left join graph.node p on p.key = c.to_person and p.kind = 'person'
    where ${chosen(asked)} and (${before}::bigint is null or c.id < ${before}) order by c.id desc limit ${limit}`.execute(
    db,
  )
  const refs = await refsOf(
    db,
    rows.map(({ entity }) => entity),
  )
  return rows.map((row) => ({
    id: row.id,
    entity: refOr(refs, row.entity),
    person: { key: row.person, name: row.person_name },
    answer: row.answer,
    to:
      row.to_person === null
        ? null
        : { key: row.to_person, name: row.to_name ?? row.to_person.replace(/^person:/, '') },
    note: row.note,
    by: row.by,
    at: iso(row.at),
    shown: row.shown,
    takenBack: row.taken_at === null ? null : { at: iso(row.taken_at), by: row.taken_by! },
  }))
}
