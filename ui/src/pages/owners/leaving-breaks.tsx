/** What stops when the person is gone, the first by date; what has no known day comes last and says so. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import type { Leaving } from '../../nouns.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { ago, count, date, exact } from '../../words.ts'

const FEW = 12

export function Breaks({ of }: { of: Leaving }) {
  const [all, setAll] = useState(false)
  return (
    <section className="section" aria-labelledby="breaks">
      <header>
        <h2 id="breaks">What breaks first</h2>
        {of.breaks.length > 0 && <span className="meta">by date</span>}
      </header>
      {of.breaks.length === 0 ? (
        <p className="empty quiet">
          No end of a credential, no rotation, no review and no token of theirs that we could read depends on them.
        </p>
      ) : (
        <ol className="breaks">
          {(all ? of.breaks : of.breaks.slice(0, FEW)).map((one) => (
            <li key={`${one.what} ${one.entity.key} ${one.credential?.key}`}>
              <p className="break-day">
                {one.at ? (
                  <time dateTime={one.at} title={exact(one.at)}>
                    <b>{date(one.at)}</b>
                    <span className="sub">{ago(one.at)}</span>
                  </time>
                ) : (
                  <span className="unknown beside">
                    <Mark of="unknown" beside />
                    Day unknown
                  </span>
                )}
              </p>
              <div>
                <p>
                  <Sentence text={one.says} />
                </p>
                <p className="meta">
                  <KindIcon kind={one.entity.kind} type={one.entity.type} size={13} />{' '}
                  <a className="quiet-link" href={to.entity(one.entity.key)}>
                    <Name text={one.entity.name} longest={70} />
                  </a>
                  {': '}
                  <Sentence text={one.because} />
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
      {!all && of.breaks.length > FEW && (
        <p className="row spaced">
          <button type="button" className="button small" onClick={() => setAll(true)}>
            Show all {count(of.breaks.length)}
          </button>
        </p>
      )}
      {of.counts.breaks > of.breaks.length && (
        <p className="meta spaced">
          The first {count(of.breaks.length)} of {count(of.counts.breaks)}.
        </p>
      )}
    </section>
  )
}
