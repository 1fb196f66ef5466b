import { sql } from 'kysely'
import { audit, type Tx } from '../platform/index.ts'
import { type JsonValue, ReeveError } from '../sdk/index.ts'
import { findOwner, knownAs, putOwner, withdraw } from './assign.ts'
import { openBatch } from './assign-many.ts'
import type { NamedPerson } from './people.ts'

export type OwnersAnswer = 'mine' | 'not-mine' | 'not-needed'

export interface Answering {
  entity: string
  /** Who answers: the accountable person, or whoever they are represented by. */
  person: NamedPerson
  answer: OwnersAnswer
  /** Of `not-mine`: whose it is instead, as `assignOwner` takes it. */
  to?: string | undefined
  note?: string | undefined
  by: string
  now: Date
  /** What was shown when it was answered: evidence, last use, findings. */
  shown: Record<string, JsonValue>
}

export interface Answer {
  batch: number
  certification: number
}

/**
 * Records what an owner says of a thing; the record is never changed. `mine` makes them its owner here where only a source named them
 * or nobody; `not-mine` gives it to somebody else or to nobody, and they are not suggested for it again; `not-needed` leaves it as it is
 * and asks the operators to end it. Throws `act/answer`.
 */
export async function certify(tx: Tx, given: Answering): Promise<Answer> {
  const { person, answer, by, now } = given
  if (given.to !== undefined && answer !== 'not-mine')
    throw new ReeveError(
      'act/answer',
      `answering for ${given.entity.slice(0, 200)}: only what is not yours goes to somebody else`,
    )
  const entity = await knownAs(tx, given.entity)
  const batch = await openBatch(tx, { what: 'answer', by, now })
  const { rows: held } = await sql<{ value: string; team: string | null; standing: boolean }>`
    select a.value, a.team, coalesce(${person.key} = any(t.members), false) as standing from act.assignment a
    left join act.team t on t.id = a.team and t.ended_at is null
    where a.entity = ${entity.key} and a.sort = 'owner' and a.ended_at is null for update of a`.execute(tx)
  const holder = held[0]
  let to: string | null = null
  if (answer === 'mine' && holder?.value !== person.key) {
    // A member who takes it over answers for their team.
    await putOwner(tx, { entity: entity.key, person, team: holder?.standing ? holder.team : null, by, now })
  } else if (answer === 'not-mine' && given.to !== undefined) {
    const other = await findOwner(tx, given.to)
    to = other.person.key
    if (to === person.key)
      throw new ReeveError(
        'act/answer',
        `answering for ${entity.key}: it cannot be somebody else's and go to ${person.name}`,
      )
    await putOwner(tx, { entity: entity.key, ...other, by, now, ...(given.note ? { reason: given.note } : {}) })
  } else if (answer === 'not-mine' && holder?.value === person.key) {
    await withdraw(tx, { entity: entity.key, sort: 'owner', by, now })
  }
  // What this answer decided goes back with it.
  await sql`update act.assignment set batch = ${batch} where entity = ${entity.key} and sort = 'owner' and at = ${now} and ended_at is null and batch is null`.execute(
    tx,
  )
  const { rows } = await sql<{ id: string }>`
    insert into act.certification (entity, aliases, person, person_name, answer, to_person, note, by, at, shown, batch)
    values (${entity.key}, ${entity.aliases}, ${person.key}, ${person.name}, ${answer}, ${to}, ${given.note ?? null}, ${by}, ${now},
      ${JSON.stringify(given.shown)}::jsonb, ${batch}) returning id`.execute(tx)
  const certification = Number(rows[0]!.id)
  await audit.record(tx, {
    actor: by,
    action: 'owner.certify',
    subject: entity.key,
    after: { certification, person: person.key, answer, to, note: given.note ?? null, shown: given.shown },
  })
  return { batch, certification }
}
