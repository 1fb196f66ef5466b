/** Where a source's tag says of the owner what Reeve does not: written again, or taken over. */
import { assignOwner, useAct } from '../../acting.ts'
import { forget, useAnswer, useMay } from '../../asking.ts'
import type { TagDifference, TagDifferences } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { some } from '../../words.ts'
import { planWriteBack } from './planning.ts'
import './plans.css'

const SHOWN = 50

export function Differences() {
  const answer = useAnswer<TagDifferences>(`/v1/plans/differences?limit=${SHOWN}`, { every: 30_000 })
  const may = useMay('operator')
  const { busy, refused, run } = useAct()
  if (answer.error)
    return <Failure error={answer.error} what="What differs at its source" again={() => void answer.refetch()} />
  if (!answer.data || answer.data.total === 0) return null
  const { rows, total } = answer.data
  return (
    <section className="section" aria-labelledby="differences">
      <header>
        <h2 id="differences" tabIndex={-1}>
          {some(total, 'thing bears', 'things bear')} another owner at the source
        </h2>
        {may && total > 1 && (
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => void run(() => planWriteBack({ differences: true }))}
          >
            Plan to write all again
          </button>
        )}
      </header>
      <Refused error={refused} />
      <ul className="plan-list">
        {rows.map((row) => (
          <li key={`${row.entity.key} ${row.place}`}>
            <EntityLink of={row.entity} />
            <Difference of={row} />
          </li>
        ))}
      </ul>
      {total > rows.length && (
        <p className="meta spaced">
          The first {rows.length} of {total}; plan for all of them, or look at each on its card.
        </p>
      )}
    </section>
  )
}

/** One difference, in a sentence, with the two ways out of it. */
export function Difference({ of }: { of: TagDifference }) {
  const may = useMay('operator')
  const mayOwn = useMay('owner')
  const { busy, refused, run } = useAct()
  const { entity, place, sort, stands, names, owner, written } = of
  const takeOver = async () => {
    await assignOwner(entity.key, entity.name, names!, `Its tag ${place} says so`)
    await forget('/v1/plans')
  }
  return (
    <div className="plan-difference">
      <p>
        {sort === 'gone' ? (
          <>
            Its tag <code>{place}</code> was taken away there; Reeve wrote <Name text={written!.value} longest={80} />{' '}
            <When at={written!.at} />.
          </>
        ) : (
          <>
            Its tag <code>{place}</code> says <b>{<Name text={stands ?? ''} longest={80} />}</b>
            {sort === 'behind' ? (
              <>, which Reeve wrote before somebody else was named</>
            ) : names ? (
              <>, who is known</>
            ) : (
              <>, which names nobody we know</>
            )}
            .
          </>
        )}{' '}
        Here <Name text={owner.name} longest={80} /> answers for it.
      </p>
      <span className="row">
        {may && (
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() => void run(() => planWriteBack({ keys: [entity.key] }))}
          >
            Plan to write it again
          </button>
        )}
        {mayOwn && names && (
          <button type="button" className="button small bare" disabled={busy} onClick={() => void run(takeOver)}>
            <span>
              Take over <Name text={names.name} longest={30} />
            </span>
          </button>
        )}
      </span>
      <Refused error={refused} />
    </div>
  )
}
