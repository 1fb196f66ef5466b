import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../platform/index.ts'
import { codeOf, Instant, known } from '../sdk/index.ts'
import { readCard } from './card-read.ts'
import { findingName } from './findings.ts'
import { fold } from './query.ts'
import { recognise } from './recognise.ts'
import { EntityRef, Mark, Person } from './ref.ts'
import { accountableOf, markOf, refOr, refsOf } from './refs.ts'
import type { Roll } from './roll.ts'

/** A hit; exact ones come first, also among what was deleted. */
export const Hit = z.object({
  entity: EntityRef,
  exact: z.boolean(),
  /** What matched. `name` also stands for a part of a key or another name. */
  by: z.enum(['key', 'alias', 'fingerprint', 'path', 'name']),
  mark: Mark,
  owner: Person.nullable(),
  /** The card in short, for the first exact hits. */
  preview: z
    .object({
      lastUsed: known(Instant),
      lastUsedBy: known(z.string()),
      dependents: z.number().int(),
      reached: known(z.number().int()),
      copies: z.number().int(),
      rotate: z.object({ answer: z.string(), reason: z.string() }),
    })
    .nullable(),
})
export type Hit = z.infer<typeof Hit>

export const Found = z.object({
  /** What the form of the text says it is: `AWS access key id`; null when it has no known form. */
  recognised: z.string().nullable(),
  /** It has the form of a secret value: it was not looked up; use `/v1/find/secret`. */
  secret: z.boolean(),
  hits: z.array(Hit),
  findings: z.array(z.object({ id: z.string(), says: z.string(), mark: Mark })),
  /** What could hide it when nothing was found: a sentence for each source that was not wholly read. */
  unread: z.array(z.string()),
})
export type Found = z.infer<typeof Found>

const NAMED = 12
const PREVIEWED = 3

/** Whatever is meant by a pasted text. A secret value is not looked up: it should not have come this way. */
export async function find(db: Db, current: () => Promise<Roll>, text: string, now: Date): Promise<Found> {
  const asked = text.trim()
  const { title, secret } = recognise(asked)
  if (secret || asked === '') return { recognised: title, secret, hits: [], findings: [], unread: [] }
  const exact = await exactly(db, asked)
  // A whole key is what it says; only what may be a part of something is looked for everywhere.
  const whole = exact.some(({ by }) => by === 'key')
  const named = whole ? [] : search(await current(), asked)
  return answer(db, { title, exact, named: named.filter((key) => !exact.some((hit) => hit.key === key)), asked, now })
}

const search = (roll: Roll, text: string): string[] => roll.search(fold(text), NAMED).map((row) => roll.keys[row]!)

/** The credentials and copies with a keyed fingerprint. */
export async function findFingerprint(db: Db, fingerprint: string, now: Date): Promise<Found> {
  const { rows } = await sql<{ key: string }>`
    select k.key from graph.key k join graph.node n on n.id = k.id where n.fingerprint = ${fingerprint}
    union select k.key from graph.entity e join graph.key k on k.id = e.key_id where e.fingerprint = ${fingerprint} limit 20`.execute(
    db,
  )
  return answer(db, {
    title: 'a secret value',
    exact: rows.map(({ key }) => ({ key, by: 'fingerprint' as const })),
    named: [],
    asked: null,
    now,
  })
}

type Exact = { key: string; by: Hit['by'] }

async function exactly(db: Db, text: string): Promise<Exact[]> {
  const forms = [text, `person:${text.toLowerCase()}`, `ssh:${text}`, ...(/:/.test(text) ? [text.toLowerCase()] : [])]
  const { rows } = await sql<Exact>`
    select coalesce(c.key, k.key) as key, 'key' as by from graph.key k left join graph.key c on c.id = k.same_as where k.key = any(${forms}::text[])
    union all select n.key, 'alias' from graph.node n where n.aliases && ${forms}::text[]
    union all select n.key, 'fingerprint' from graph.node n where n.fingerprint = ${text}
    limit 50`.execute(db)
  const known = new Map<string, Exact>()
  for (const row of rows) if (!known.has(row.key)) known.set(row.key, row)
  if (known.size > 0) return [...known.values()]
  // Only what is no key is looked for among all paths, which no index orders.
  const paths = text.includes('/')
    ? await sql<Exact>`select n.key, 'path' as by from graph.node n
        where n.kind = 'secret' and n.body->'attributes'->>'file' = ${text} limit 20`.execute(db)
    : { rows: [] }
  if (paths.rows.length > 0) return paths.rows
  // Perhaps it had the name once.
  const past =
    await sql<Exact>`select distinct k.key, 'alias' as by from graph.entity e join graph.key k on k.id = e.key_id
    where e.valid_to is not null and e.body->'aliases' ? ${text} limit 20`.execute(db)
  return past.rows
}

async function answer(
  db: Db,
  {
    title,
    exact,
    named,
    asked,
    now,
  }: { title: string | null; exact: Exact[]; named: string[]; asked: string | null; now: Date },
): Promise<Found> {
  const keys = [...exact.map(({ key }) => key), ...named]
  const [refs, owners, marks, findings, unread, previews] = await Promise.all([
    refsOf(db, keys),
    accountableOf(db, keys),
    sql<{
      subject: string
      worst: number
    }>`select subject, worst from assess.standing where subject = any(${keys}::text[])`.execute(db),
    asked === null ? [] : findingsAbout(db, asked, keys),
    keys.length === 0 ? unreadOf(db) : [],
    Promise.all(exact.slice(0, PREVIEWED).map(async ({ key }) => [key, await previewOf(db, key, now)] as const)),
  ])
  const worst = new Map(marks.rows.map((row) => [row.subject, row.worst]))
  const preview = new Map(previews)
  const hit = (key: string, by: Hit['by'], isExact: boolean): Hit => {
    const owner = owners.get(key)
    return {
      entity: refOr(refs, key),
      exact: isExact,
      by,
      mark: markOf(worst.get(key)),
      owner: owner ? { key: owner.key, name: owner.name } : null,
      preview: preview.get(key) ?? null,
    }
  }
  return {
    recognised: title,
    secret: false,
    hits: [...exact.map(({ key, by }) => hit(key, by, true)), ...named.map((key) => hit(key, 'name', false))],
    findings,
    unread,
  }
}

async function previewOf(db: Db, key: string, now: Date): Promise<Hit['preview']> {
  try {
    const card = await readCard(db, key, now)
    const { permissions, lastUsed, lastUsedBy } = card.attributes
    return {
      lastUsed,
      lastUsedBy,
      dependents: card.usedBy.consumers.length + card.usedBy.more,
      reached: 'value' in permissions ? { value: permissions.value.resources } : permissions,
      copies: card.credentials.reduce((sum, credential) => sum + credential.copyCount, 0),
      rotate: { answer: card.touch.rotate.answer, reason: card.touch.rotate.reason },
    }
  } catch (error) {
    // A key that only edges name has no card.
    if (codeOf(error) === 'entity/unknown') return null
    throw error
  }
}

/** The finding of that number, and what is open about what was found. */
async function findingsAbout(db: Db, text: string, subjects: readonly string[]): Promise<Found['findings']> {
  const number = /^F-(\d{1,15})$/i.exec(text)?.[1] ?? null
  const { rows } = await sql<{ id: string; number: string | null; says: string; severity: Hit['mark'] }>`
    with about as materialized (select * from assess.finding
      where number = ${number}::bigint or id = ${text} or subject = any(${subjects}::text[]))
    select id, number, says, severity from about where verdict = 'fail' and state <> 'resolved'
    order by number = ${number}::bigint desc nulls last, rank, opened_at limit 5`.execute(db)
  return rows.map(({ id, number, says, severity }) => ({ id: findingName({ id, number }), says, mark: severity }))
}

/** What could hide something that was not found. */
export async function unreadOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ says: string }>`
    select s.connection || ', ' || s.collection || coalesce(': ' || (select reason from graph.ledger l where l.source_id = s.id and reason is not null
      order by refused desc, scope limit 1), '') as says
    from graph.source s where not s.complete and s.removed_at is null order by 1 limit 20`.execute(db)
  return rows.map(({ says }) => says)
}
