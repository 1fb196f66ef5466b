/** What the page of a person who leaves says at its head. */
import { to } from '../../address.tsx'
import type { Leaving } from '../../nouns.ts'
import { quoteWord } from '../../parts/query.tsx'
import { count, date, some } from '../../words.ts'

export function Says({ of }: { of: Leaving }) {
  const { identities, orphaned, caught, breaks } = of.counts
  const left = of.presence.state === 'left'
  const first = of.breaks[0]
  return (
    <>
      {left && of.presence.since && <>They left on {date(of.presence.since)}. </>}
      {!left && of.presence.leaves && <>Their last day is said to be {date(of.presence.leaves)}. </>}
      {identities === 0 ? (
        <>No identity {left ? 'still answers' : 'answers'} to them</>
      ) : (
        <>
          <a href={to.inventory(`owner:${quoteWord(of.person.key)}`)}>
            <b>{count(identities)}</b> {identities === 1 ? 'identity' : 'identities'}
          </a>{' '}
          {left ? 'still ' : ''}
          {identities === 1 ? 'answers' : 'answer'} to them; {orphaned === 0 ? 'none' : <b>{count(orphaned)}</b>}{' '}
          {left ? (orphaned === 1 ? 'has' : 'have') : 'would have'} nobody
          {caught > 0 && (
            <>
              , {count(caught)} {caught === 1 ? 'has' : 'have'} a backup or a team
            </>
          )}
        </>
      )}
      .{' '}
      {breaks === 0
        ? 'Nothing that we could read breaks with them.'
        : first?.at
          ? `${some(breaks, 'thing breaks', 'things break')}, the first on ${date(first.at)}.`
          : `${some(breaks, 'thing breaks', 'things break')}; of none is the day known.`}
    </>
  )
}
