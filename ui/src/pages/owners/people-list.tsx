/** The people who answer, what hangs on each alone, and what waits for them. Whoever has left comes first, then who is late. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { OwnerRow, OwnersPage, OwnersPeople } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { count, date, now, some } from '../../words.ts'
import { DUTY_WORDS } from './duty-words.ts'

const FEW = 12
/** More are found by name. */
const MOST = 500

export function PeopleList({ of }: { of: OwnersPage }) {
  const [all, setAll] = useState(false)
  const [typed, setTyped] = useState('')
  const q = typed.trim()
  const found = useAnswer<OwnersPeople>(
    all ? `/v1/owners/people?${new URLSearchParams({ limit: String(MOST), ...(q ? { q } : {}) })}` : null,
    { keep: true },
  )
  const people = all ? (found.data?.rows ?? of.people) : of.people.slice(0, FEW)
  return (
    <section className="section owners-people" aria-labelledby="people">
      <header>
        <h2 id="people">People</h2>
        <span className="meta">{of.peopleCount > 0 && some(of.peopleCount, 'person answers', 'people answer')}</span>
      </header>
      {of.peopleCount === 0 ? (
        <p className="empty quiet">Nobody answers for anything yet. Accept a suggestion, or import a list of owners.</p>
      ) : (
        <>
          {all && (
            <label className="field people-find">
              <span className="hidden-text">Find a person</span>
              <input
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                placeholder="Name or e-mail"
                autoComplete="off"
              />
            </label>
          )}
          <table className={found.isPlaceholderData ? 'dim' : ''}>
            <thead>
              <tr>
                <th>Name</th>
                <th className="number">Owned</th>
                <th className="number">
                  Orphaned
                  <br />
                  if gone
                </th>
                <th className="number">Overdue</th>
              </tr>
            </thead>
            <tbody>
              {people.map((one) => (
                <Line key={one.person.key} of={one} />
              ))}
            </tbody>
          </table>
          {all && found.data?.rows.length === 0 && (
            <p className="empty quiet">Nobody of that name answers for anything.</p>
          )}
          {all && found.data && found.data.total > found.data.rows.length && (
            <p className="meta spaced">
              The first {count(found.data.rows.length)} of {count(found.data.total)}; find the others by name.
            </p>
          )}
          <Refused error={found.error} />
          {!all && of.peopleCount > FEW && (
            <p className="row spaced">
              <button type="button" className="button small" onClick={() => setAll(true)}>
                Show all {count(of.peopleCount)}
              </button>
            </p>
          )}
        </>
      )}
    </section>
  )
}

const Line = ({ of }: { of: OwnerRow }) => (
  <tr>
    <td>
      <a className="title" href={to.leaving(of.person.key)}>
        <Name text={of.person.name} longest={60} />
      </a>
      <Presence of={of} />
      {of.teams.length > 0 && <span className="sub">{of.teams.map(({ name }) => cut(name, 40)).join(', ')}</span>}
      {of.next && of.presence.state !== 'left' && (
        <span className="sub">
          {Date.parse(of.next.at) < now() ? 'late' : 'next'}: {DUTY_WORDS[of.next.duty]} {date(of.next.at)}
        </span>
      )}
    </td>
    <td className="number">{count(of.owned)}</td>
    <td className="number">{of.sole > 0 ? count(of.sole) : <span className="quiet">none</span>}</td>
    <td className="number">
      {of.overdue > 0 ? <b className="high">{count(of.overdue)}</b> : <span className="quiet">none</span>}
    </td>
  </tr>
)

const Presence = ({ of: { presence } }: { of: OwnerRow }) =>
  presence.state === 'left' ? (
    <span className="sub high">has left{presence.since && ` on ${date(presence.since)}`}</span>
  ) : presence.state === 'unknown' ? (
    <span className="sub unknown person-unknown">
      <Mark of="unknown" beside size={13} />
      <span>Unknown whether still here: {presence.because}</span>
    </span>
  ) : presence.leaves ? (
    <span className="sub">leaves on {date(presence.leaves)}</span>
  ) : null
