import type { SourceProgress } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count } from '../../words.ts'

/** Live counts of each listing: what it has so far, of how many, and what was refused. */
export const ListingProgress = ({ of }: { of: SourceProgress['collections'] }) => (
  <ul className="running-list">
    {of.map((listing) => {
      const expected = listing.expected ?? Math.max(listing.obtained, 1)
      const share =
        listing.state === 'complete' || listing.state === 'partial'
          ? 100
          : listing.state === 'waiting'
            ? 0
            : Math.min(96, (100 * listing.obtained) / Math.max(1, expected))
      const lost = listing.state === 'refused' || listing.state === 'failed' || listing.state === 'cancelled'
      return (
        <li key={listing.id}>
          <span className="beside">
            {listing.state === 'complete' || listing.state === 'partial' ? (
              <Mark of={listing.state === 'partial' ? 'unknown' : 'pass'} />
            ) : lost ? (
              <Mark of="unknown" />
            ) : (
              <Mark of="not-judged" beside />
            )}
            <Name text={listing.title} longest={80} />
          </span>
          <span
            className="bar"
            role="img"
            aria-label={`${count(listing.obtained)}${listing.expected === null ? '' : ` of ${count(listing.expected)}`} ${listing.state}`}
          >
            {share > 0 && !lost && (
              <i className={listing.state === 'running' ? 'live' : ''} style={{ width: `${share}%` }} />
            )}
            {lost && <i className="refused" style={{ width: '100%' }} />}
          </span>
          <span className={lost ? 'number unknown' : 'number'}>
            {listing.state === 'waiting' ? (
              <span className="quiet">waits</span>
            ) : lost ? (
              listing.state
            ) : (
              count(listing.obtained)
            )}
            {listing.expected !== null && !lost && listing.state !== 'waiting' && (
              <span className="meta"> of {count(listing.expected)}</span>
            )}
          </span>
          {listing.reason && (
            <span className="meta unknown">
              <Sentence text={listing.reason} />
            </span>
          )}
        </li>
      )
    })}
  </ul>
)
