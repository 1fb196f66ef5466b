import { z } from 'zod'
import { assignAll, findOwner, findPerson, handOver, type Wanted } from '../act/index.ts'
import type { Tx } from '../platform/index.ts'
import { Acted, type ActedRow, acceptable, movesOf } from '../read/index.ts'
import { codeOf, Key, ReeveError } from '../sdk/index.ts'
import { personOf } from './may.ts'
import { readSelfAgain } from './ownership.ts'
import { KeyParam } from './parameters.ts'
import { route } from './route.ts'

const MOST_ROWS = 1_000
const SomeOwner = z.string().trim().min(1).max(500)

export const ownersActRoutes = [
  route({
    method: 'POST',
    path: '/v1/owners/accept',
    can: 'answer',
    says: 'Accepts the suggested owners of some identities or of all that nobody answers for, in one go and with one way back.',
    body: z
      .strictObject({
        entities: z.array(Key).min(1).max(5_000).optional(),
        all: z.literal(true).optional(),
        dryRun: z.boolean().default(false),
      })
      .refine(({ entities, all }) => (entities === undefined) !== (all === undefined), 'give `entities`, or `all`'),
    answers: Acted,
    async handle({ app, caller, body: { entities, dryRun } }) {
      const by = personOf(caller)
      const { found, refused } = await acceptable(app, await app.rolls.current(), entities ?? null)
      const wanted = found.map(
        ({ entity, suggestion: { person, because } }): Wanted => ({
          entity,
          sort: 'owner',
          person,
          team: null,
          reason: `Suggested: ${because.join(' ')}`.slice(0, 2_000),
        }),
      )
      const { batch, changed } = await app.db
        .transaction()
        .execute((tx) => assignAll(tx, { what: 'accept', wanted, by, now: app.clock.now(), dryRun }))
      if (batch !== null) await readSelfAgain(app, by)
      return actedOf(wanted, changed, refused, { dryRun, batch })
    },
  }),
  route({
    method: 'POST',
    path: '/v1/owners/people/{key}/handover',
    can: 'answer',
    says: 'Gives what a person answers for to others, in one step and with one way back: as moved one by one, as proposed, or all to one.',
    params: KeyParam,
    body: z
      .strictObject({
        moves: z
          .array(z.strictObject({ entity: Key, to: SomeOwner }))
          .max(5_000)
          .default([]),
        to: SomeOwner.optional().meta({
          description: 'who gets all that is not moved one by one: a person or `team:<id>`',
        }),
        suggested: z.boolean().default(false).meta({ description: 'the rest goes to whom `leaving` proposes' }),
        dryRun: z.boolean().default(false),
      })
      .refine(
        ({ moves, to, suggested }) => moves.length > 0 || to !== undefined || suggested,
        'give `moves`, `to` or `suggested`',
      ),
    answers: Acted.extend({
      /** Teams that have another accountable person now, and things that have another backup. */
      teams: z.number().int(),
      backups: z.number().int(),
    }),
    async handle({ app, caller, params: { key }, body: { moves, to, suggested, dryRun } }) {
      const by = personOf(caller)
      const held = await movesOf(app, await app.rolls.current(), key)
      const asked = new Map(moves.map((move) => [move.entity, move.to]))
      const refused: ActedRow[] = moves
        .filter(({ entity }) => !held.some((one) => one.entity === entity))
        .map((move) => refusal(move.entity, move.to, 'owner/not-theirs', 'this person does not answer for it'))
      const done = await app.db.transaction().execute(async (tx) => {
        const person = await findPerson(tx, key, 'handing over')
        const find = finding(tx, key)
        const heir = to === undefined ? null : await find(to)
        if (heir && 'code' in heir) throw new ReeveError(heir.code, heir.says)
        const wanted: Wanted[] = []
        for (const one of held) {
          const named = asked.get(one.entity)
          const target =
            named === undefined
              ? (heir ?? (suggested && one.to ? { person: one.to, team: null } : null))
              : await find(named)
          if (target === null) {
            if (suggested) refused.push(refusal(one.entity, null, 'owner/nobody', 'nobody is known who could have it'))
            continue
          }
          if ('code' in target) refused.push(refusal(one.entity, named ?? null, target.code, target.says))
          else
            wanted.push({
              entity: one.entity,
              sort: 'owner',
              person: target.person,
              // Somebody of the team goes on for the team.
              team:
                target.team ??
                (one.teamMembers.includes(target.person.key) || (heir !== null && named === undefined)
                  ? one.team
                  : null),
              reason: `Handed over by ${person.name}`.slice(0, 2_000),
            })
        }
        return {
          wanted,
          ...(await handOver(tx, {
            person,
            wanted,
            heir: heir?.team === null ? heir.person : null,
            by,
            now: app.clock.now(),
            dryRun,
          })),
        }
      })
      if (done.batch !== null) await readSelfAgain(app, by)
      return {
        ...actedOf(done.wanted, done.changed, refused, { dryRun, batch: done.batch }),
        teams: done.teams,
        backups: done.backups,
      }
    },
  }),
]

type Found = Awaited<ReturnType<typeof findOwner>> | { code: string; says: string }

/** Finds each named owner once; one that cannot be found is told and stops nothing else. */
function finding(tx: Tx, leaver: string): (text: string) => Promise<Found> {
  const known = new Map<string, Found>()
  return async (text) => {
    const before = known.get(text)
    if (before) return before
    const found = await findOwner(tx, text).catch((error: unknown): Found => {
      if (error instanceof ReeveError) return { code: codeOf(error), says: error.message }
      throw error
    })
    const result: Found =
      'person' in found && found.person.key === leaver
        ? { code: 'owner/same', says: 'it would stay with the person who hands it over' }
        : found
    known.set(text, result)
    return result
  }
}

const refusal = (entity: string, to: string | null, code: string, says: string): ActedRow => ({
  entity,
  to,
  state: 'refused',
  code,
  says,
})

function actedOf(
  wanted: readonly Wanted[],
  changed: ReadonlySet<string>,
  refused: readonly ActedRow[],
  { dryRun, batch }: { dryRun: boolean; batch: number | null },
): z.input<typeof Acted> {
  const rows = wanted.map(
    ({ entity, person }): ActedRow => ({
      entity,
      to: person.key,
      state: changed.has(entity) ? 'done' : 'unchanged',
      code: null,
      says: changed.has(entity) ? null : 'It was so already',
    }),
  )
  const done = rows.filter(({ state }) => state === 'done').length
  return {
    dryRun,
    done,
    unchanged: rows.length - done,
    refused: refused.length,
    rows: [...refused, ...rows].slice(0, MOST_ROWS),
    undo: batch === null ? null : `b${batch}`,
  }
}
