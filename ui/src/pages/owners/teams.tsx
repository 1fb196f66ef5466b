/** Teams: several people, and the one of them who answers. */
import { useState } from 'react'
import { useMay } from '../../asking.ts'
import type { Team } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Name } from '../../parts/name.tsx'
import { count, some } from '../../words.ts'
import { TeamSheet } from './team-sheet.tsx'

/** Who belongs to it beside the one who answers. */
const others = ({ members, accountable }: Team) => members.filter(({ key }) => key !== accountable.key)

export function Teams({ of }: { of: readonly Team[] }) {
  const may = useMay('operator')
  const [open, setOpen] = useState<Team | 'new' | null>(null)
  return (
    <section className="section owners-teams" aria-labelledby="teams">
      <header>
        <h2 id="teams">Teams</h2>
        <span className="meta">
          {of.length === 0
            ? 'none is named'
            : `${some(of.length, 'team')}, ${of.length === 1 ? 'with' : 'each with'} one person who answers`}
        </span>
        {may && (
          <button type="button" className="link" onClick={() => setOpen('new')}>
            Add a team
          </button>
        )}
      </header>
      {of.length === 0 ? (
        <p className="empty quiet">
          A team has one person who answers for what it owns. When that person leaves, its members are asked to name
          another; nothing falls silent.
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Team</th>
              <th>Answers for it</th>
              <th className="wide">Members</th>
              <th className="wide">Reached at</th>
              <th className="number">Owned</th>
              {may && (
                <th>
                  <span className="hidden-text">Act</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {of.map((team) => (
              <tr key={team.id}>
                <td>
                  <Name text={team.name} longest={60} />
                </td>
                <td>
                  <EntityLink of={{ ...team.accountable, kind: 'person', type: null, gone: null }} icon={false} />
                </td>
                <td className="wide">
                  {others(team)
                    .slice(0, 4)
                    .map(({ key, name }, i) => (
                      <span key={key}>
                        {i > 0 && ', '}
                        <Name text={name} longest={40} />
                      </span>
                    ))}
                  {others(team).length > 4 && ` and ${count(others(team).length - 4)} more`}
                </td>
                <td className="wide quiet">
                  {team.contact ? <Name text={team.contact} longest={60} /> : 'nothing was said'}
                </td>
                <td className="number">{count(team.owned)}</td>
                {may && (
                  <td className="number">
                    <button type="button" className="button small bare" onClick={() => setOpen(team)}>
                      Change
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open && (
        <TeamSheet of={open === 'new' ? null : open} taken={of.map(({ id }) => id)} close={() => setOpen(null)} />
      )}
    </section>
  )
}
