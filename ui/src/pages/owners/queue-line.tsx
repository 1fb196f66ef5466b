/** One identity without anybody: since when, who should answer and why, and when it was used last. */
import { to } from '../../address.tsx'
import type { QueueRow } from '../../nouns.ts'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code, cut, Name } from '../../parts/name.tsx'
import { SuggestedOwner } from '../../parts/suggested-owner.tsx'
import { date, some } from '../../words.ts'

export function QueueLine({
  of,
  picked,
  busy,
  act,
}: {
  of: QueueRow
  picked: boolean
  busy: boolean
  /** Null for whoever may not answer. */
  act: { pick: () => void; accept: () => void; other: () => void } | null
}) {
  const { entity, suggestion } = of
  return (
    <li data-entity={entity.key}>
      <div className="queue-margin">
        <Mark of={of.mark} />
        {act && suggestion && (
          <label className="tick">
            <input
              type="checkbox"
              aria-label={`Select ${entity.name.slice(0, 80)}`}
              checked={picked}
              onChange={act.pick}
            />
          </label>
        )}
      </div>
      <div className="queue-what">
        <h3>
          <KindIcon kind={entity.kind} type={entity.type} named />
          <a className="title queue-name" href={to.entity(entity.key)}>
            <Name text={entity.name} longest={80} />
          </a>
        </h3>
        <p className="meta">
          <Code text={entity.key} longest={72} />
        </p>
        <p className="quiet queue-says">
          {of.state === 'orphaned' ? (
            <>
              Answers to {of.former ? <Name text={of.former.name} longest={60} /> : 'somebody'}, who has left
              {of.since && ` on ${date(of.since)}`}
              {of.team && `; team ${cut(of.team.name, 40)} needs somebody new`}.
            </>
          ) : (
            <>Nobody has answered for it{of.since && ` since ${date(of.since)}`}.</>
          )}{' '}
          {of.openFindings > 0 && `${some(of.openFindings, 'finding is', 'findings are')} open. `}
          {of.declined.length > 0 &&
            `${of.declined
              .slice(0, 3)
              .map(({ name }) => cut(name, 40))
              .join(', ')} said that it is not theirs.`}
        </p>
        {suggestion ? (
          <SuggestedOwner of={suggestion} />
        ) : (
          <p className="meta">Nothing that was read suggests anybody.</p>
        )}
      </div>
      <div className="queue-side">
        <p className="meta">
          last used{' '}
          <Known of={of.lastUsed} brief>
            {(at) => <When at={at} />}
          </Known>
        </p>
        {act && (
          <div className="row queue-acts">
            {suggestion && (
              <button type="button" className="button small" disabled={busy} onClick={act.accept}>
                <span>
                  Accept <Name text={suggestion.person.name.split(/[\s@]/)[0]!} longest={20} />
                </span>
              </button>
            )}
            <button type="button" className={suggestion ? 'button small bare' : 'button small'} onClick={act.other}>
              {suggestion ? 'Other…' : 'Say who…'}
              <span className="hidden-text"> for {cut(entity.name, 60)}</span>
            </button>
          </div>
        )}
      </div>
    </li>
  )
}
