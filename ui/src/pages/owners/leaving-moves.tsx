/** What must go to somebody else: the one who should have it, why, and another choice. */
import type { Leaving, Move, Person } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, some } from '../../words.ts'

const AS = { backup: 'the backup', team: 'of the team', evidence: 'suggested', manager: 'their manager' } as const

export function Moves({
  of,
  toOf,
  name,
  nameRest,
}: {
  of: Leaving
  toOf: (move: Move) => Person | null
  /** Opens the choice of somebody else; null for whoever may not answer. */
  name: ((move: Move) => void) | null
  /** Opens the choice of one person for all that nobody is proposed for. */
  nameRest: () => void
}) {
  const without = of.moves.filter((move) => toOf(move) === null).length
  return (
    <section className="section" aria-labelledby="moves">
      <header>
        <h2 id="moves">What must move</h2>
        <span className="meta">
          {of.moves.length === 0
            ? 'nothing'
            : `${some(of.counts.owned, 'thing')}${without > 0 ? `, ${count(without)} to somebody you must name` : ''}`}
        </span>
        {name && without > 1 && (
          <button type="button" className="link" onClick={nameRest}>
            Name one person for these {count(without)}
          </button>
        )}
      </header>
      {of.moves.length === 0 ? (
        <p className="empty quiet">Nothing answers to them, so nothing has to move.</p>
      ) : (
        <table className="moves">
          <thead>
            <tr>
              <th className="margin">
                <span className="hidden-text">Verdict</span>
              </th>
              <th>What answers to them</th>
              <th>To whom</th>
              {name && (
                <th>
                  <span className="hidden-text">Act</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {of.moves.map((move) => {
              const person = toOf(move)
              const proposed = person !== null && person.key === move.to?.key ? move.to : null
              return (
                <tr key={move.entity.key}>
                  <td className="margin">
                    <Mark of={move.mark} />
                  </td>
                  <td>
                    <EntityLink of={move.entity} />
                    {move.team && (
                      <span className="sub">
                        team <Name text={move.team.name} longest={60} />
                      </span>
                    )}
                  </td>
                  <td>
                    {person ? (
                      <>
                        <Name text={person.name} longest={60} />
                        <span className="sub">
                          {proposed ? (
                            <>
                              {AS[proposed.as]}; <Sentence text={proposed.because} />
                            </>
                          ) : (
                            'chosen by you'
                          )}
                        </span>
                      </>
                    ) : (
                      <span className="high">
                        Nobody
                        <span className="sub">nothing that was read suggests anybody</span>
                      </span>
                    )}
                  </td>
                  {name && (
                    <td className="number">
                      <button
                        type="button"
                        className={person ? 'button small bare' : 'button small'}
                        onClick={() => name(move)}
                      >
                        {person ? 'Other…' : 'Say who…'}
                        <span className="hidden-text"> for {cut(move.entity.name, 60)}</span>
                      </button>
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {of.counts.owned > of.moves.length && (
        <p className="meta spaced">
          The first {count(of.moves.length)} of {count(of.counts.owned)} are shown; hand these over, and the next
          appear.
        </p>
      )}
    </section>
  )
}
