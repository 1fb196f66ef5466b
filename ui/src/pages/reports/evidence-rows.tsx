/** The rows behind a number of a control: as many as it says. */
import { to, useAddress, withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { EvidenceRows, EvidenceState, FrameworkPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { some } from '../../words.ts'
import { STATE_WORDS } from './control.tsx'

const isState = (word: string): word is EvidenceState => word in STATE_WORDS

const SAYS: Readonly<Record<EvidenceState, string>> = {
  met: 'That is so here.',
  'not-met': 'That is not so here.',
  unknown: 'Whether that is so is not known here.',
  'not-applicable': 'That does not concern what stands here.',
}

export function EvidenceList({ of, control: id, state }: { of: FrameworkPage; control: string; state: string }) {
  const { query } = useAddress()
  const control = of.controls.find((one) => one.id === id)
  const item = control?.evidence.find((one) => one.id === query.get('evidence'))
  const asked = new URLSearchParams({ control: id, state, limit: '100' })
  for (const name of ['evidence', 'of', 'cursor']) {
    const word = query.get(name)
    if (word !== null) asked.set(name, word)
  }
  const answer = useAnswer<EvidenceRows>(`/v1/frameworks/${encodeURIComponent(of.framework.id)}/rows?${asked}`, {
    keep: true,
  })
  const word = isState(state) ? STATE_WORDS[state] : state
  const others = query.get('of') === 'others'
  const { data } = answer
  return (
    <>
      <h1>
        {id} {word}
      </h1>
      <Answer>
        {data && !answer.error ? (
          <>
            <b>{others ? some(data.total, 'thing') : some(data.total, 'identity', 'identities')}</b>
            {others && ' that belong to no identity that is known'}: {item?.says ?? control?.asks}{' '}
            {isState(state) && SAYS[state]}
          </>
        ) : (
          ' '
        )}
      </Answer>
      {answer.error ? (
        <Failure error={answer.error} what="These rows" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting />
      ) : data.rows.length === 0 ? (
        <Empty title="There is no such row">
          <p>
            <a className="link" href={`/reports/${of.framework.id}`}>
              All controls
            </a>
          </p>
        </Empty>
      ) : (
        <section className="section">
          <header>
            <h2>{some(data.total, 'row')}</h2>
            {data.next !== null && (
              <a className="link" href={withQuery({ cursor: data.next })}>
                Next 100
              </a>
            )}
          </header>
          <table className="evidence-rows">
            <thead>
              <tr>
                <th>Name</th>
                <th>Because</th>
                <th className="wide">Owner</th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <tr key={row.entity.key}>
                  <td>
                    <EntityLink of={row.entity} />
                  </td>
                  <td>
                    {row.because.length === 0 ? (
                      <span className="quiet">
                        {state === 'met' ? 'All that was asked of it passes.' : 'Nothing of the kind was found of it.'}
                      </span>
                    ) : (
                      <ul className="because-list">
                        {row.because.map((line) => (
                          <li key={line.finding ?? line.says} className="beside">
                            <Mark of={line.severity ?? (state === 'unknown' ? 'unknown' : 'info')} />
                            {line.finding === null ? (
                              <Sentence text={line.says} />
                            ) : (
                              <a className="link" href={to.finding(line.finding)}>
                                <Sentence text={line.says} />
                              </a>
                            )}
                            {(line.state === 'muted' || line.state === 'accepted') && (
                              <span className="meta">{line.state === 'muted' ? 'put aside' : 'accepted'}</span>
                            )}
                          </li>
                        ))}
                      </ul>
                    )}
                  </td>
                  <td className="wide">
                    {row.owner === null ? (
                      <span className="high">Nobody</span>
                    ) : (
                      <Name text={row.owner.name} longest={60} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}
