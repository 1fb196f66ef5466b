/** Beside the picture, and enough without it: the hops of a path with their proofs, and what cuts most; or who comes to the end. */
import { go, to, withQuery } from '../../address.tsx'
import type { Reach } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { HopList } from '../../parts/hop-list.tsx'
import { Mark } from '../../parts/mark.tsx'
import { count, some } from '../../words.ts'
import type { Asked } from './asked.ts'
import { cutWord } from './words.tsx'

export function Beside({
  of,
  asked,
  at,
  trying,
}: {
  of: Reach
  asked: Asked
  at: number
  trying: ((cut: number) => void) | null
}) {
  const path = of.paths[at]
  if (!path) return <Who of={of} asked={asked} />
  return (
    <section className="reach-beside" aria-labelledby="hops">
      <header>
        <h2 id="hops">{at === 0 ? 'Shortest path' : `Path ${count(at + 1)}`}</h2>
        <span className="meta">
          {some(path.hops.length, 'hop')}, {path.dependsOn.length === 0 ? 'all proved' : 'not all of it known to hold'}
        </span>
      </header>
      {of.paths.length > 1 && (
        <nav className="row reach-turn" aria-label="Paths">
          <a className="button small" aria-disabled={at === 0} href={withQuery({ path: at <= 1 ? null : String(at) })}>
            Shorter
          </a>
          <span className="meta">
            {count(at + 1)} of {count(of.paths.length)}
          </span>
          <a
            className="button small"
            aria-disabled={at === of.paths.length - 1}
            href={withQuery({ path: String(Math.min(of.paths.length, at + 2)) })}
          >
            Longer
          </a>
        </nav>
      )}
      <HopList things={of.things} hops={of.hops} path={path.hops} />
      <Cuts of={of} trying={trying} />
    </section>
  )
}

const Cuts = ({ of, trying }: { of: Reach; trying: ((cut: number) => void) | null }) => (
  <div className="reach-cuts">
    <h3>Cheapest cuts</h3>
    {of.cuts.length === 0 ? (
      <p className="meta">
        {of.cutsWhole
          ? 'No single hop cuts anything: each end is reached by more than one way.'
          : 'There are more ways than were looked at, so that no single hop is known to cut them all.'}
      </p>
    ) : (
      <>
        <ul>
          {of.cuts.map(({ hop, ends }) => {
            const { from, to: end } = of.hops[hop]!
            return (
              <li key={hop}>
                <span>{cutWord(of.hops[hop]!, of.things[from]!, of.things[end]!)}</span>
                {of.to.ends > 1 && (
                  <span className="number">
                    {count(ends)} of {count(of.to.ends)}
                  </span>
                )}
                {trying && (
                  <button type="button" className="button small" onClick={() => trying(hop)}>
                    Try
                  </button>
                )}
              </li>
            )
          })}
        </ul>
        <p className="meta">
          {of.to.ends > 1
            ? 'How many of the ends are reached no more without the hop.'
            : 'Without any one of these the end is reached no more.'}
          {!of.cutsWhole && ' There are more ways than were looked at: try it to be sure.'} Trying changes nothing.
        </p>
      </>
    )}
  </div>
)

/** The rows of the number in the first sentence. */
function Who({ of: { who }, asked }: { of: Reach; asked: Asked }) {
  if (!who || who.rows.length === 0) return null
  return (
    <section className="reach-beside" id="who" aria-labelledby="who-title">
      <header>
        <h2 id="who-title">Who reaches it</h2>
        <span className="meta">nearest first</span>
      </header>
      <ol className="who-list">
        {who.rows.map((row) => (
          <li key={row.thing.key}>
            <Mark of={row.thing.mark} />
            <div>
              <p>
                <EntityLink of={row.thing} />
              </p>
              <p className="meta">
                {row.next === null ? (
                  row.thing.tier === 0 ? (
                    'is of tier zero itself'
                  ) : (
                    'is what is asked for'
                  )
                ) : (
                  <>
                    {some(row.distance, 'hop')} to {row.end.name.slice(0, 60)}
                    {!row.sure && <span className="unknown">, only where unknown conditions allow it</span>}
                  </>
                )}
              </p>
              {row.next !== null && (
                <a
                  className="link"
                  href={to.reach({
                    from: row.thing.key,
                    to: asked.to ?? 'tier-zero',
                    without: asked.without.join(','),
                  })}
                >
                  Its path<span className="hidden-text"> from {row.thing.name.slice(0, 60)}</span>
                </a>
              )}
            </div>
          </li>
        ))}
      </ol>
      {who.total > who.rows.length && (
        <p className="meta reach-more">
          {count(who.total - who.rows.length)} more.{' '}
          <button
            type="button"
            className="link"
            onClick={() => go(withQuery({ rows: String(Math.min(500, who.rows.length + 100)) }))}
          >
            Show more
          </button>
        </p>
      )}
    </section>
  )
}
