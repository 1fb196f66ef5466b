/** What is planned at sources, and where do they say of owners what Reeve does not? */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import type { PlanRow, Plans as PlansAnswer } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { More } from '../../parts/more.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { Differences } from './differences.tsx'
import { STATES } from './planning.ts'
import './plans.css'

const PAGE = 50

export function Plans() {
  useTitle('Plans')
  const pages = useInfiniteQuery({
    queryKey: ['/v1/plans list'],
    queryFn: ({ pageParam, signal }) =>
      ask<PlansAnswer>(
        `/v1/plans?${new URLSearchParams({ limit: String(PAGE), ...(pageParam && { cursor: pageParam }) })}`,
        {
          signal,
          now: true,
        },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  })
  const [first] = pages.data?.pages ?? []
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <div className="page plans">
      <div className="head">
        <div>
          <h1>Plans</h1>
          {first && !pages.error && (
            <Answer>
              <Says of={first} rows={rows} />
            </Answer>
          )}
        </div>
      </div>
      {pages.error ? (
        <Failure error={pages.error} what="The plans" again={() => void pages.refetch()} />
      ) : !first ? (
        <Waiting rows={6} />
      ) : (
        <>
          <Differences />
          {first.total === 0 ? (
            <Empty title="Nothing was planned yet">
              <p>
                A plan writes who answers for things into their own tags at the source. Choose identities in the
                inventory, then <b>Write back</b>: the plan says tag by tag what would change, and changes nothing.
              </p>
              <div className="row">
                <a className="button primary" href="/identities?q=owner:any">
                  Choose identities
                </a>
              </div>
            </Empty>
          ) : (
            <section className="section">
              <header>
                <h2>{some(first.total, 'plan')}</h2>
                <span className="meta">newest first</span>
              </header>
              <table className="plans-table">
                <thead>
                  <tr>
                    <th>Plan</th>
                    <th>State</th>
                    <th className="wide">Made</th>
                    <th className="number">Things</th>
                    <th className="wide">What came</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={row.id}>
                      <td>
                        <a className="link" href={`/plans/${row.id}`}>
                          Write owners back, no. {row.id}
                        </a>
                      </td>
                      <td>
                        {STATES[row.state]}
                        {row.approved?.expired && (row.state === 'approved' || row.state === 'open') && (
                          <span className="sub high">its approval has ended</span>
                        )}
                      </td>
                      <td className="wide">
                        <When at={row.at} both />
                        <span className="sub">by {row.by}</span>
                      </td>
                      <td className="number">{count(row.counts.total)}</td>
                      <td className="wide">
                        <Came of={row} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <More of={pages} says="Show earlier ones" />
            </section>
          )}
        </>
      )}
    </div>
  )
}

const Says = ({ of, rows }: { of: PlansAnswer; rows: readonly PlanRow[] }) => {
  const waiting = rows.filter(({ state }) => state === 'open' || state === 'approved').length
  const running = rows.filter(({ state }) => state === 'running' || state === 'undoing').length
  return (
    <>
      {of.differences === 0 ? (
        'Every tag that Reeve could read says of the owner what Reeve says, or nothing'
      ) : (
        <>
          <a href="#differences">
            <b>{some(of.differences, 'thing bears', 'things bear')}</b>
          </a>{' '}
          another owner at the source than here
        </>
      )}
      {waiting > 0 && `; ${some(waiting, 'plan waits', 'plans wait')}`}
      {running > 0 && `; ${some(running, 'plan runs', 'plans run')}`}.
    </>
  )
}

/** What came of the things of a plan, the numbers that are not nought. */
export const Came = ({ of: { counts } }: { of: Pick<PlanRow, 'counts'> }) => {
  const parts = [
    counts.done > 0 && `${count(counts.done)} written`,
    counts.undone > 0 && `${count(counts.undone)} put back`,
    counts.ready > 0 && `${count(counts.ready)} to be written`,
    counts.conflict > 0 && `${count(counts.conflict)} to be chosen`,
    counts.refused > 0 && `${count(counts.refused)} changed since or gone`,
    counts.failed > 0 && `${count(counts.failed)} failed`,
    counts.kept > 0 && `${count(counts.kept)} not put back`,
    counts.leftOut > 0 && `${count(counts.leftOut)} left as they are`,
    counts.agrees > 0 && `${count(counts.agrees)} ${counts.agrees === 1 ? 'agrees' : 'agree'} already`,
    counts.cannot > 0 && `${count(counts.cannot)} cannot be written`,
  ].filter((part): part is string => part !== false)
  return <>{parts.join(', ')}</>
}
