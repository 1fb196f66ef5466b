/** What the list of findings says at its head, and when it is empty. */
import { go, withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { FindingGroup, FindingsPage, Overview } from '../../nouns.ts'
import { Empty } from '../../parts/empty.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code } from '../../parts/name.tsx'
import { count, effort, percent, some } from '../../words.ts'

export function Summary({
  of,
  groups,
  by,
  q,
}: {
  of: FindingsPage
  groups: readonly FindingGroup[]
  by: FindingsPage['by']
  q: string
}) {
  const n = of.total.count
  if (q !== '')
    return (
      <>
        <b>{count(n)}</b> {n === 1 ? 'fits' : 'fit'} <Code text={q} longest={80} />.
      </>
    )
  if (n === 0) return <>No finding is open.</>
  const three = groups.slice(0, 3)
  const minutes = three.every((group) => group.effort !== null)
    ? three.reduce((sum, group) => sum + group.effort!, 0)
    : null
  const closed = three.reduce((sum, group) => sum + group.count, 0)
  return (
    <>
      <b>{count(n)}</b> {n === 1 ? 'is' : 'are'} open, closed by <b>{count(of.fixes)}</b>{' '}
      {of.fixes === 1 ? 'fix' : 'fixes'}.
      {by === 'fix' && of.fixes > 3 && (
        <>
          {' '}
          The first three close {count(closed)} of them{minutes !== null && <> and take {effort(minutes)}</>}.
        </>
      )}
    </>
  )
}

export function None({ q, unknown, percentSeen }: { q: string; unknown: number; percentSeen: number | null }) {
  const overview = useAnswer<Overview>(q === '' ? '/v1/overview' : null).data
  if (q !== '')
    return (
      <Empty title="Nothing fits" mark={<Mark of={unknown > 0 ? 'unknown' : 'not-judged'} beside />}>
        <p>
          Nothing fits <Code text={q} longest={120} />. That is true for{' '}
          {percentSeen === 100 ? 'all' : `the ${percent(percentSeen)}`} we could read
          {unknown > 0 && `; ${some(unknown, 'verdict is', 'verdicts are')} unknown`}.
        </p>
        <div className="row">
          <button type="button" className="button" onClick={() => go(withQuery({ q: null }))}>
            Show all that are open
          </button>
        </div>
      </Empty>
    )
  return (
    <Empty title="No finding is open" mark={<Mark of={unknown > 0 ? 'unknown' : 'not-judged'} beside />}>
      <p>
        {unknown > 0
          ? `${some(unknown, 'verdict is', 'verdicts are')} unknown and not counted here.`
          : overview
            ? `${some(overview.answer.identities, 'identity was', 'identities were')} judged by ${some(overview.rules, 'rule')}.`
            : ''}
      </p>
      <div className="row">
        <a className="button" href="/connections">
          {unknown > 0 ? 'See what would answer them' : 'Connect another source'}
        </a>
      </div>
    </Empty>
  )
}
