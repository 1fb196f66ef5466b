/** Where it stands, and what it could cost. */
import { to } from '../../address.tsx'
import type { FindingPage } from '../../nouns.ts'
import { BlastRing, hasBlast } from '../../parts/blast-ring.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Code, cut } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, dayAndTime } from '../../words.ts'

export const Places = ({ of }: { of: FindingPage }) =>
  of.finding.places.length === 0 ? null : (
    <ul className="places-found" aria-label="Where it stands">
      {of.finding.places.slice(0, 20).map((place, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places may repeat
        <li key={i}>
          <Code
            text={
              [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') ||
              (place.layer ?? 'the whole')
            }
          />
          <span className="sub">
            {[
              place.commit && `commit ${place.commit.slice(0, 10)}`,
              place.author && `by ${cut(place.author, 60)}`,
              place.date && dayAndTime(place.date),
              place.atHead === true ? 'still there' : place.atHead === false ? 'in the history only' : null,
            ]
              .filter(Boolean)
              .join(', ')}
          </span>
        </li>
      ))}
      {of.finding.places.length > 20 && (
        <li className="meta">and {count(of.finding.places.length - 20)} more places</li>
      )}
    </ul>
  )

const TAKES = { 'by-itself': 'moves by itself', 'by-hand': 'by hand', unknown: 'how is not known' } as const

export function Cost({ of }: { of: FindingPage }) {
  const { cost } = of
  const blast = {
    reached: cost.reachedCount,
    sensitive: cost.sensitiveCount,
    unknown: cost.unknown.length,
    dependents: cost.dependentCount,
    byHand: cost.dependentCount - cost.byItself,
  }
  return (
    <section className="section">
      <header>
        <h2>What it could cost</h2>
        <span className="meta">if somebody uses it, and if it is taken away</span>
        <a className="link" href={to.reach({ from: of.finding.subject.key })}>
          What it leads to
        </a>
      </header>
      <div className={hasBlast(blast) ? 'ring-lists' : 'ring-lists no-ring'}>
        {hasBlast(blast) && <BlastRing of={blast} kind={of.finding.subject.kind} type={of.finding.subject.type} />}
        <div>
          <h3>{hasBlast(blast) ? 'Outer ring: reached' : 'What is reached'}</h3>
          <ul>
            {cost.reached.slice(0, 7).map((one) => (
              <li key={one.key}>
                <span className={one.sensitive ? 'swatch sensitive' : 'swatch'} />
                <EntityLink of={one} icon={false} />
                {one.sensitivity && <span className="end">{one.sensitivity}</span>}
              </li>
            ))}
            {cost.reachedCount > Math.min(7, cost.reached.length) && (
              <li className="meta">and {count(cost.reachedCount - Math.min(7, cost.reached.length))} more</li>
            )}
            {cost.reachedCount === 0 && <li className="quiet">nothing that we know</li>}
            {cost.unknown.map((gap) => (
              <li key={gap.reason}>
                <span className="swatch hatched" />
                <span className="unknown">
                  Unknown: <Sentence text={gap.reason} />
                </span>
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h3>{hasBlast(blast) ? 'Inner ring: depends on it' : 'What depends on it'}</h3>
          <ul>
            {cost.dependents.slice(0, 7).map((one) => (
              <li key={one.key}>
                <span className={one.takesNewKey === 'by-itself' ? 'swatch depends' : 'swatch hand'} />
                <EntityLink of={one} icon={false} />
                <span className={one.takesNewKey === 'unknown' ? 'end unknown' : 'end'}>{TAKES[one.takesNewKey]}</span>
              </li>
            ))}
            {cost.dependentCount > Math.min(7, cost.dependents.length) && (
              <li className="meta">and {count(cost.dependentCount - Math.min(7, cost.dependents.length))} more</li>
            )}
            {cost.dependentCount === 0 && <li className="quiet">nothing we saw</li>}
          </ul>
        </div>
      </div>
    </section>
  )
}
