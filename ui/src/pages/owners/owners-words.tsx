/** What the page says at its head. Every number leads to its rows. */
import { to } from '../../address.tsx'
import type { OwnersPage } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, some } from '../../words.ts'

const QUEUE = (view: string) => `/owners?queue=${view}#queue`

export function Says({ of: { counts } }: { of: OwnersPage }) {
  const { identities, owned, orphaned, unowned, suggested, overdue } = counts
  return (
    <>
      <a href={to.inventory('ownership:owned')}>
        <b>{count(owned)}</b>
      </a>{' '}
      of <a href={to.inventory('ownership:any')}>{some(identities, 'identity', 'identities')}</a>{' '}
      {owned === 1 ? 'has' : 'have'} a person who answers for {owned === 1 ? 'it' : 'them'}
      {orphaned > 0 && (
        <>
          ; <a href={QUEUE('orphaned')}>{count(orphaned)}</a> {orphaned === 1 ? 'answers' : 'answer'} to somebody who
          has left
        </>
      )}
      {unowned > 0 && (
        <>
          ; <a href={QUEUE('unowned')}>{count(unowned)}</a> {unowned === 1 ? 'answers' : 'answer'} to nobody
        </>
      )}
      .{' '}
      {suggested > 0 && (
        <>
          <a href={QUEUE('suggested')}>{count(suggested)}</a> of these {suggested === 1 ? 'has' : 'have'} a suggestion.{' '}
        </>
      )}
      {overdue > 0 && `${some(overdue, 'duty is', 'duties are')} overdue.`}
    </>
  )
}

/** Of whom it cannot be told whether they are still here, and why. */
export const Unknown = ({ of: { counts, unknownBecause } }: { of: OwnersPage }) =>
  counts.unknown === 0 ? null : (
    <div className="owners-unknown">
      <p className="beside">
        <Mark of="unknown" beside />
        <span>
          Of <b>{count(counts.unknown)}</b> of the {count(counts.owned)} we cannot tell whether that person is still
          here
          {unknownBecause.length === 1 ? (
            <>
              : <Sentence text={unknownBecause[0]!.reason} />.
            </>
          ) : (
            ':'
          )}
        </span>
      </p>
      {unknownBecause.length > 1 && (
        <ul className="meta">
          {unknownBecause.slice(0, 4).map(({ reason, identities }) => (
            <li key={reason}>
              {count(identities)}: <Sentence text={reason} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
