/** The hand-over as a plan: who answers now, who will, and the one step back. */
import type { Leaving, Person } from '../../nouns.ts'
import { diffLines } from '../../parts/diff.tsx'
import { cut } from '../../parts/name.tsx'
import { PlanSheet } from '../../parts/plan-sheet.tsx'
import { count, some } from '../../words.ts'
import { handOver } from './owning.ts'

const SHOWN = 8

export function HandoverSheet({
  of,
  moves,
  close,
}: {
  of: Leaving
  /** Who gets what, by the key of the thing. */
  moves: ReadonlyMap<string, Person>
  close: () => void
}) {
  const going = of.moves.filter(({ entity }) => moves.has(entity.key))
  const takers = new Map<string, { name: string; gets: number }>()
  for (const { key, name } of moves.values()) takers.set(key, { name, gets: (takers.get(key)?.gets ?? 0) + 1 })
  /** Who gets all of it, where it is one. */
  const heir = takers.size === 1 && going.length === of.moves.length ? moves.values().next().value! : null
  const gone = heir ? of.counts.owned : going.length
  const stays = of.counts.owned - gone
  return (
    <PlanSheet
      title="Hand over"
      of={`${some(gone, 'thing')} of ${of.person.name}`}
      close={close}
      change={[
        ...diffLines(
          going.slice(0, SHOWN).map(({ entity }) => ({
            of: entity.name,
            name: 'answers for it',
            from: of.person.name,
            to: moves.get(entity.key)!.name,
          })),
        ),
        ...(going.length > SHOWN ? [{ sign: ' ' as const, text: `and ${count(gone - SHOWN)} more` }] : []),
      ]}
      whom={
        <>
          {[...takers.values()]
            .slice(0, 4)
            .map(({ name, gets }) => `${cut(name, 40)} gets ${count(heir ? gone : gets)}`)
            .join(', ')}
          {takers.size > 4 && ` and ${some(takers.size - 4, 'other')} the rest`}; each is asked to confirm within 14
          days.
          {heir &&
            (of.teams.length > 0 || of.counts.backup > 0) &&
            ' Their teams and where they are the backup go along.'}
          {stays > 0 && ` ${some(stays, 'thing stays', 'things stay')} with ${cut(of.person.name, 40)}.`}
        </>
      }
      effect="reversible"
      back="Undo for 10 seconds takes the whole hand-over back in one step; later each is named anew."
      act={`Hand over ${some(gone, 'thing')}`}
      run={() =>
        handOver(
          of.person,
          going.map(({ entity }) => ({ entity: entity.key, to: moves.get(entity.key)!.key })),
          heir,
        )
      }
    />
  )
}
