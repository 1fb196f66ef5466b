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
  const stays = of.counts.owned - going.length
  return (
    <PlanSheet
      title="Hand over"
      of={`${some(going.length, 'thing')} of ${of.person.name}`}
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
        ...(going.length > SHOWN
          ? [{ sign: ' ' as const, text: `and ${count(going.length - SHOWN)} more, as the page shows them` }]
          : []),
      ]}
      whom={
        <>
          {[...takers.values()]
            .slice(0, 4)
            .map(({ name, gets }) => `${cut(name, 40)} gets ${count(gets)}`)
            .join(', ')}
          {takers.size > 4 && ` and ${some(takers.size - 4, 'other')} the rest`}; each is asked to confirm within 14
          days.
          {stays > 0 && ` ${some(stays, 'thing stays', 'things stay')} with ${cut(of.person.name, 40)}.`}
        </>
      }
      effect="reversible"
      back="Undo for 10 seconds takes the whole hand-over back in one step; later each is named anew."
      act={`Hand over ${some(going.length, 'thing')}`}
      run={() =>
        handOver(
          of.person,
          going.map(({ entity }) => ({ entity: entity.key, to: moves.get(entity.key)!.key })),
        )
      }
    />
  )
}
