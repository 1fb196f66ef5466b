import { heldBy, proposalsFor } from './leaving-read.ts'
import type { Suggestion } from './owner.ts'
import type { ActedRow } from './owners.ts'
import { queueOf } from './owners-queue.ts'
import type { OwnersLook } from './owners-read.ts'
import { ownersRoll } from './owners-roll.ts'
import type { Person } from './ref.ts'
import { suggestionsOf } from './refs.ts'
import type { Roll } from './roll.ts'

/** Of these identities, or of all that nobody answers for: whose suggestion can be accepted, and why the others' cannot. */
export async function acceptable(
  { db, clock }: OwnersLook,
  roll: Roll,
  entities: readonly string[] | null,
): Promise<{ found: { entity: string; suggestion: Suggestion }[]; refused: ActedRow[] }> {
  const owners = await ownersRoll(db, roll, clock.now())
  const waiting = new Map(queueOf(owners).map((row) => [row.key, row]))
  const asked = entities === null ? [...waiting.keys()] : [...new Set(entities)]
  const suggestions = await suggestionsOf(
    db,
    asked.filter((key) => waiting.get(key)?.suggested),
  )
  const found: { entity: string; suggestion: Suggestion }[] = []
  const refused: ActedRow[] = []
  const refuse = (entity: string, code: string, says: string) =>
    refused.push({ entity, to: null, state: 'refused', code, says })
  for (const entity of asked) {
    const row = waiting.get(entity)
    const suggestion = suggestions.get(entity)
    if (row && suggestion && row.suggested !== null) found.push({ entity, suggestion })
    else if (entities === null) continue
    else if (!row) refuse(entity, 'owner/not-waiting', 'somebody answers for it, or nobody has to')
    else if (row.declined.length > 0)
      refuse(entity, 'owner/no-suggestion', 'whoever was suggested said that it is not theirs')
    else refuse(entity, 'owner/no-suggestion', 'no evidence names anybody')
  }
  return { found, refused }
}

export interface Movable {
  entity: string
  team: string | null
  teamMembers: readonly string[]
  to: Person | null
}

/** What a person answers for, and who should have each. */
export async function movesOf({ db, clock }: OwnersLook, roll: Roll, person: string): Promise<Movable[]> {
  const owners = await ownersRoll(db, roll, clock.now())
  const held = await heldBy(db, person)
  const moves = await proposalsFor(db, { person, held, owners, now: clock.now() })
  return held.map(({ key, team }, at) => {
    const to = moves.moves[at]!.to
    return {
      entity: key,
      team,
      teamMembers: team === null ? [] : (owners.teams.get(team)?.members ?? []),
      to: to && { key: to.key, name: to.name },
    }
  })
}
