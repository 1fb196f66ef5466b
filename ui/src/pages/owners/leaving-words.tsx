/** What the page of a person who leaves says at its head. */
import type { Leaving } from '../../nouns.ts'
import { count, date, now, some } from '../../words.ts'

export function Says({ of }: { of: Leaving }) {
  const { owned, identities, orphaned, caught } = of.counts
  const left = of.presence.state === 'left'
  return (
    <>
      {left && of.presence.since && <>They left on {date(of.presence.since)}. </>}
      {!left && of.presence.leaves && <>Their last day is said to be {date(of.presence.leaves)}. </>}
      {owned === 0 ? (
        <>Nothing {left ? 'still answers' : 'answers'} to them</>
      ) : (
        <>
          <a href="#moves">
            <b>{count(owned)}</b> {owned === 1 ? 'thing' : 'things'}
          </a>
          {identities < owned && identities > 0 && `, ${some(identities, 'identity', 'identities')} among them,`}{' '}
          {left ? 'still ' : ''}
          {owned === 1 ? 'answers' : 'answer'} to them; {orphaned === 0 ? 'none' : <b>{count(orphaned)}</b>}{' '}
          {left ? (orphaned === 1 ? 'has' : 'have') : 'would have'} nobody
          {caught > 0 && `, for ${count(caught)} a backup or a team is there`}
        </>
      )}
      . <WhatBreaks of={of} />
    </>
  )
}

function WhatBreaks({ of }: { of: Leaving }) {
  const { breaks } = of.counts
  if (breaks === 0) return <>Nothing that we could read breaks with them.</>
  const days = of.breaks.flatMap(({ at }) => (at === null ? [] : [at]))
  const late = days.filter((at) => Date.parse(at) < now()).length
  const next = days[late]
  return (
    <>
      <a href="#breaks">{some(breaks, 'thing breaks', 'things break')}</a>
      {late > 0 && `, ${count(late)} of them late already`}
      {next !== undefined
        ? `${late > 0 ? '; the next' : ', the first'} on ${date(next)}`
        : late === 0 && '; of none is the day known'}
      .
    </>
  )
}
