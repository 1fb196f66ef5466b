/** Who did what through us? */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useAddress } from '../../address.tsx'
import { useAnswer, useAsked } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import type { AuditPage, AuditProof, JsonValue } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code, Name } from '../../parts/name.tsx'
import { QueryInput } from '../../parts/query.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, exact, time } from '../../words.ts'

export function Audit() {
  const { query } = useAddress()
  const q = query.get('q') ?? ''
  const base = useAsked(`/v1/audit?${new URLSearchParams(q ? { q } : {})}`)
  const proof = useAnswer<AuditProof>('/v1/audit/proof')
  const pages = useInfiniteQuery({
    queryKey: [base, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      ask<AuditPage>(pageParam ? `${base}&${new URLSearchParams({ cursor: pageParam })}` : base, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })
  useTitle('Audit')
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <div className="page">
      <h1>Audit</h1>
      <Answer>
        {proof.data ? (
          proof.data.holds ? (
            <>
              The chain holds: <b>{count(proof.data.entries)}</b> entries, verified at {time(proof.data.at)}.
            </>
          ) : (
            <>
              <b className="critical">The chain breaks at entry {count(proof.data.broken?.number ?? 0)}</b>:{' '}
              {proof.data.broken?.reason}. What is after it cannot be relied on.
            </>
          )
        ) : proof.error ? (
          <span className="unknown">Whether the chain holds could not be told.</span>
        ) : (
          ' '
        )}
      </Answer>
      <div className="findings-bar spaced">
        <QueryInput q={q} error={pages.error} example="an actor, an action, a subject" />
      </div>
      {pages.error ? (
        <Failure error={pages.error} what="The audit trail" again={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <Waiting />
      ) : entries.length === 0 ? (
        <Empty title={q === '' ? 'Nothing was done yet' : 'Nothing fits'} />
      ) : (
        <section className="section">
          <header>
            <h2>Entries</h2>
            <span className="meta">newest first</span>
          </header>
          <table>
            <thead>
              <tr>
                <th className="number">No.</th>
                <th>When</th>
                <th>Who</th>
                <th>Did</th>
                <th>To</th>
                <th className="wide">Before and after</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.number}>
                  <td className="number quiet">{count(entry.number)}</td>
                  <td className="nowrap">
                    <time dateTime={entry.at} title={exact(entry.at)}>
                      {dayAndTime(entry.at)}
                    </time>
                  </td>
                  <td>
                    <Name text={entry.actor} longest={60} />
                  </td>
                  <td className="nowrap">
                    <code>{entry.action}</code>
                  </td>
                  <td>
                    <Code text={entry.subject} longest={90} />
                  </td>
                  <td className="wide">
                    <Difference before={entry.before} after={entry.after} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {pages.hasNextPage && (
            <p className="row spaced">
              <button
                type="button"
                className="button"
                disabled={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                Show earlier ones
              </button>
            </p>
          )}
        </section>
      )}
      {proof.data && !proof.data.holds && (
        <p className="beside spaced">
          <Mark of="critical" />
          <span>
            Compare with a copy: <code>reeve audit verify</code> reads the trail without this server.
          </span>
        </p>
      )}
    </div>
  )
}

const Difference = ({ before, after }: { before: JsonValue; after: JsonValue }) => (
  <>
    {before !== null && (
      <span className="sub">
        − <Code text={JSON.stringify(before)} longest={160} />
      </span>
    )}
    {after !== null && (
      <span className="sub">
        + <Code text={JSON.stringify(after)} longest={160} />
      </span>
    )}
  </>
)
