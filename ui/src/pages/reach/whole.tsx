/** Of the whole estate: what is worth most and who comes to it, and where one cut helps most. */
import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { ReachChokePoints, ReachTierZero } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some, typeWord } from '../../words.ts'
import { AIMS, type Asked, tierZeroPath } from './asked.ts'
import { cutWord } from './words.tsx'

export function TierZero({ asked }: { asked: Asked }) {
  const answer = useAnswer<ReachTierZero>(tierZeroPath(asked), { keep: true })
  return (
    <section className="section" aria-labelledby="tier-zero">
      <header>
        <h2 id="tier-zero">Tier zero</h2>
        <span className="meta">whoever holds it holds the estate</span>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="Tier zero" again={() => void answer.refetch()} />
      ) : !answer.data ? (
        <Waiting rows={4} />
      ) : answer.data.thingCount === 0 ? (
        <p className="empty quiet">
          Nothing that we read is of tier zero: no domain controller, no identity provider, no root of a cloud.
        </p>
      ) : (
        <ul className="reach-things">
          {answer.data.things.map((thing) => (
            <li key={thing.key}>
              <Mark of={thing.mark} />
              <EntityLink of={thing} />
              <span className="meta">{typeWord(thing.type)}</span>
              <a className="link end" href={to.reach({ to: thing.key })}>
                Who reaches it<span className="hidden-text">: {thing.name.slice(0, 60)}</span>
              </a>
            </li>
          ))}
          {answer.data.thingCount > answer.data.things.length && (
            <li className="meta">and {count(answer.data.thingCount - answer.data.things.length)} more</li>
          )}
        </ul>
      )}
    </section>
  )
}

export function ChokePoints({
  of,
  error,
  again,
  trying,
}: {
  of: ReachChokePoints | undefined
  error: unknown
  again: () => void
  trying: ((key: string) => void) | null
}) {
  return (
    <section className="section" aria-labelledby="chokes" id="choke-points">
      <header>
        <h2 id="chokes">Choke points</h2>
        <span className="meta">
          where one cut helps most on the way to{' '}
          {of?.to.aim ? AIMS[of.to.aim] : (of?.to.thing?.name.slice(0, 60) ?? 'it')}
        </span>
      </header>
      {error ? (
        <Failure error={error} what="The choke points" again={again} />
      ) : !of ? (
        <Waiting rows={4} />
      ) : of.pairs === 0 ? (
        <p className="empty quiet">Nothing we know leads there, so there is nothing to cut.</p>
      ) : (
        <>
          <p className="reach-pairs">
            {some(of.starts, 'beginning')} and {some(of.counted, 'end')} are joined by {some(of.pairs, 'pair')}
            {of.counted < of.to.ends && `; of ${count(of.to.ends)} ends those worth most were counted`}.
          </p>
          <table>
            <caption className="hidden-text">Choke points, those that part most first</caption>
            <thead>
              <tr>
                <th className="margin">
                  <span className="hidden-text">Verdict</span>
                </th>
                <th>Without it</th>
                <th className="number">Pairs parted</th>
                <th>
                  <span className="hidden-text">Try</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {of.things.map(({ thing, pairs }) => (
                <tr key={thing.key}>
                  <td className="margin">
                    <Mark of={thing.mark} />
                  </td>
                  <td>
                    <EntityLink of={thing} />
                    <span className="sub">{typeWord(thing.type)}</span>
                  </td>
                  <td className="number">
                    {count(pairs)} of {count(of.pairs)}
                  </td>
                  <td className="number">
                    {trying && (
                      <button type="button" className="button small" onClick={() => trying(thing.key)}>
                        Try<span className="hidden-text"> without {thing.name.slice(0, 60)}</span>
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {of.hops.length > 0 && (
            <>
              <h3 className="reach-single">Single hops that part most</h3>
              <ul className="reach-things">
                {of.hops.map((hop) => (
                  <li key={`${hop.from} ${hop.to}`}>
                    <span>{cutWord(hop, of.hopThings[hop.from]!, of.hopThings[hop.to]!)}</span>
                    <span className="end number">
                      {count(hop.pairs)} of {count(of.pairs)}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  )
}
