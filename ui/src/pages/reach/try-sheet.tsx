/** What if: one or more cuts, and what would be no more. Nothing is changed. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../http.ts'
import type { ReachTried } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'
import { type Asked, chokesTo } from './asked.ts'
import { Unjudged } from './words.tsx'

export interface Candidate {
  /** Opaque: it names the candidate among others. */
  id: string
  says: string
  remove: { key: string } | { from: string; to: string }
}

export function TrySheet({
  candidates,
  first,
  asked,
  close,
}: {
  candidates: readonly Candidate[]
  /** The one that was pressed. */
  first: string
  asked: Asked
  close: () => void
}) {
  const [taken, setTaken] = useState<readonly string[]>([first])
  const remove = candidates.filter(({ id }) => taken.includes(id)).map((one) => one.remove)
  const body = {
    remove,
    to: asked.from === null ? chokesTo(asked) : (asked.to ?? 'sensitive'),
    without: asked.without,
    inside: asked.inside,
    avoid: asked.avoid,
  }
  const trial = useQuery<ReachTried, Error>({
    queryKey: ['/v1/reach/try', body],
    queryFn: ({ signal }) => ask('/v1/reach/try', { method: 'POST', body, signal }),
    enabled: remove.length > 0,
  })
  return (
    <Layer title="What if" close={close} side>
      <p>Take away, in thought:</p>
      <ul className="reach-candidates">
        {candidates.map(({ id, says }) => (
          <li key={id}>
            <label className="row">
              <input
                type="checkbox"
                checked={taken.includes(id)}
                onChange={() => setTaken((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]))}
              />
              <span>{says}</span>
            </label>
          </li>
        ))}
      </ul>
      {remove.length === 0 ? (
        <p className="quiet">Nothing is taken away, so nothing would change.</p>
      ) : trial.error ? (
        <Failure error={trial.error} what="The trial" again={() => void trial.refetch()} />
      ) : trial.data ? (
        <Outcome of={trial.data} />
      ) : (
        <Waiting rows={4} />
      )}
    </Layer>
  )
}

function Outcome({ of }: { of: ReachTried }) {
  const gone = of.before.pairs - of.after.pairs
  return (
    <div className="reach-outcome">
      <p className="reach-verdict" role="status">
        <b>{some(gone, 'path goes', 'paths go')}</b>,{' '}
        {some(of.calls.breaks, 'observed call breaks', 'observed calls break')}, {some(of.calls.unknown, 'is', 'are')}{' '}
        unknown. Nothing was changed.
      </p>
      <p className="meta">
        A path is one beginning and one end that it comes to: {count(of.before.pairs)} before, {count(of.after.pairs)}{' '}
        after.
      </p>
      {of.calls.rows.length > 0 && (
        <>
          <h3>Calls that were seen and would fail</h3>
          <ul className="reach-things">
            {of.calls.rows.map(({ from, to: called, last }) => (
              <li key={`${from.key} ${called.key}`}>
                <span>
                  <EntityLink of={from} /> called <EntityLink of={called} />
                </span>
                {last && <span className="meta end">last {dayAndTime(last)}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {of.calls.unknown > 0 && (
        <p className="unknown">
          Unknown: of {some(of.calls.unknown, 'identity', 'identities')} nothing tells what they call, so that nobody
          could say whether they would miss it.
        </p>
      )}
      {of.freed.length > 0 && (
        <>
          <h3>Who would reach less</h3>
          <ul className="reach-things">
            {of.freed.map(({ thing, before, after }) => (
              <li key={thing.key}>
                <EntityLink of={thing} />
                <span className="end number">
                  {count(before)} → {count(after)}
                </span>
              </li>
            ))}
            {of.freedTotal > of.freed.length && (
              <li className="meta">and {count(of.freedTotal - of.freed.length)} more</li>
            )}
          </ul>
        </>
      )}
      <Unjudged of={of.unjudged} />
    </div>
  )
}
