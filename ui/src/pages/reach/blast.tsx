/** What falls if it falls: what is reached by whoever takes it, and what breaks if it is taken away. */
import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { ReachBlast } from '../../nouns.ts'
import { BlastRing, hasBlast } from '../../parts/blast-ring.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { type Asked, blastPath } from './asked.ts'

const LISTED = 8

export function Blast({ asked, of }: { asked: Asked; of: string }) {
  const answer = useAnswer<ReachBlast>(blastPath(asked, of), { keep: true })
  return (
    <section className="section reach-blast" aria-labelledby="blast">
      <header>
        <h2 id="blast">If it falls</h2>
        <span className="meta">what is reached, and what breaks</span>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="What falls with it" again={() => void answer.refetch()} />
      ) : answer.data ? (
        <Shown of={answer.data} />
      ) : (
        <Waiting rows={4} />
      )}
    </section>
  )
}

function Shown({ of }: { of: ReachBlast }) {
  const { reached, breaks, rows, unjudged } = of
  const blast = {
    reached: reached.resources,
    sensitive: Math.min(reached.sensitive, reached.resources),
    unknown: unjudged.undescribed,
    dependents: breaks.total,
  }
  return (
    <div className={hasBlast(blast) ? 'ring-lists' : 'ring-lists no-ring'}>
      {hasBlast(blast) && <BlastRing of={blast} kind={of.of.kind} type={of.of.type} />}
      <div>
        <h3>
          {hasBlast(blast) ? 'Outer ring: reached' : 'What is reached'}{' '}
          <span className="meta">
            {some(reached.resources, 'resource')}, {some(reached.total, 'thing')} in all
          </span>
        </h3>
        <ul>
          {rows.slice(0, LISTED).map(({ thing, distance, sure }) => (
            <li key={thing.key}>
              <span className={thing.sensitive ? 'swatch sensitive' : 'swatch'} />
              <EntityLink of={thing} icon={false} />
              <a className="end link" href={to.reach({ from: of.of.key, to: thing.key })}>
                {sure ? '' : 'perhaps, '}
                {distance === 1 ? '1 hop' : `${count(distance)} hops`}
              </a>
            </li>
          ))}
          {reached.resources > Math.min(LISTED, rows.length) && (
            <li className="meta">
              {count(reached.resources)} resources in all, {count(reached.sensitive)} of them sensitive
            </li>
          )}
          {reached.total === 0 && <li className="quiet">nothing that we know</li>}
          {unjudged.undescribed > 0 && (
            <li>
              <span className="swatch hatched" />
              <span className="unknown">Unknown: {count(unjudged.undescribed)} named on the way and never read</span>
            </li>
          )}
        </ul>
      </div>
      <div>
        <h3>
          {hasBlast(blast) ? 'Inner ring: depends on it' : 'What depends on it'}{' '}
          <span className="meta">{count(breaks.total)}</span>
        </h3>
        <ul>
          {breaks.rows.slice(0, LISTED).map(({ thing, verb, through }) => (
            <li key={thing.key}>
              <span className="swatch depends" />
              <EntityLink of={thing} icon={false} />
              <span className="end">
                {verb.replace('-', ' ')}
                {through.key === of.of.key ? '' : ` ${through.name.slice(0, 40)}`}
              </span>
            </li>
          ))}
          {breaks.total > Math.min(LISTED, breaks.rows.length) && (
            <li className="meta">and {count(breaks.total - Math.min(LISTED, breaks.rows.length))} more</li>
          )}
          {breaks.total === 0 && <li className="quiet">nothing we saw</li>}
        </ul>
      </div>
    </div>
  )
}
