/** Who did what through us? */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useAct } from '../../acting.ts'
import { useAddress, withQuery } from '../../address.tsx'
import { answers, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import type { AuditEntry, AuditPage, AuditProof } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { More } from '../../parts/more.tsx'
import { Code, Name } from '../../parts/name.tsx'
import { QueryInput } from '../../parts/query.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, exact, some } from '../../words.ts'
import { Difference, inShort } from './difference.tsx'
import './audit.css'

const PROOF = '/v1/audit/proof'

export function Audit() {
  const { query } = useAddress()
  const q = query.get('q') ?? ''
  const base = `/v1/audit?${new URLSearchParams(q ? { q } : {})}`
  const proof = useAnswer<AuditProof>(PROOF)
  const pages = useInfiniteQuery({
    queryKey: [base, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      ask<AuditPage>(pageParam ? `${base}&${new URLSearchParams({ cursor: pageParam })}` : base, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const operator = useMay('operator')
  const { busy, refused, run } = useAct()
  useTitle('Audit')
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? []
  const total = pages.data?.pages[0]?.total ?? 0
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>Audit</h1>
          <Answer>
            <Chain proof={proof.data} error={proof.error} total={q === '' && pages.data ? total : null} />
          </Answer>
        </div>
        <div className="acts">
          {operator && (
            <button
              type="button"
              className="button"
              disabled={busy}
              onClick={() =>
                void run(async () =>
                  answers.setQueryData([PROOF], await ask<AuditProof>(PROOF, { method: 'POST', body: {} })),
                )
              }
            >
              {busy ? 'Walking the chain' : 'Verify now'}
            </button>
          )}
          <a className="button" href={`/v1/audit/export?${new URLSearchParams(q ? { q } : {})}`} download>
            Export {q === '' ? 'all' : count(total)}
          </a>
        </div>
      </div>
      <Refused error={refused} />
      {proof.data && !proof.data.holds && (
        <p className="beside spaced" role="alert">
          <Mark of="critical" beside />
          <span>
            Compare with a copy: <code>./reeve audit verify</code> reads the trail without this server and holds it
            against the signed head that is kept beside the database.
          </span>
        </p>
      )}
      <div className="findings-bar spaced">
        <QueryInput q={q} error={pages.error} example="action:connection, actor:mara, subject:F-1043" />
      </div>
      {pages.error ? (
        <Failure error={pages.error} what="The audit trail" again={() => void pages.refetch()} />
      ) : pages.isPending ? (
        <Waiting />
      ) : entries.length === 0 ? (
        <Empty title={q === '' ? 'Nothing was done yet' : `Nothing fits ${q.slice(0, 80)}`}>
          {q !== '' && (
            <p>
              <a className="link" href={withQuery({ q: null })}>
                Show all
              </a>
            </p>
          )}
        </Empty>
      ) : (
        <section className="section">
          <header>
            <h2>{q === '' ? some(total, 'entry', 'entries') : `${some(total, 'entry', 'entries')} fit`}</h2>
            <span className="meta">newest first; each follows from the one before by its hash</span>
          </header>
          <table className="audit-table">
            <thead>
              <tr>
                <th className="number wide">No.</th>
                <th>When</th>
                <th className="wide">Who</th>
                <th>What</th>
                <th className="wide">Before and after</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Entry key={entry.number} of={entry} />
              ))}
            </tbody>
          </table>
          <More of={pages} says="Show earlier ones" />
        </section>
      )}
    </div>
  )
}

/** `total`: how many entries there are now, when that is known. */
const Chain = ({ proof, error, total }: { proof: AuditProof | undefined; error: unknown; total: number | null }) =>
  proof ? (
    proof.holds ? (
      <>
        The chain holds: verified {dayAndTime(proof.at)}, <b>{some(proof.entries, 'entry', 'entries')}</b>
        {total !== null && total > proof.entries && `; ${count(total - proof.entries)} came since`}.
      </>
    ) : (
      <>
        <b className="critical">The chain breaks at entry {count(proof.broken?.number ?? 0)}</b>: {proof.broken?.reason}
        . What is after it cannot be relied on. Verified {dayAndTime(proof.at)}.
      </>
    )
  ) : error ? (
    <span className="unknown">Whether the chain holds could not be told.</span>
  ) : (
    ' '
  )

const Entry = ({ of }: { of: AuditEntry }) => (
  <tr>
    <td className="number quiet wide">{count(of.number)}</td>
    <td className="nowrap">
      <time dateTime={of.at} title={exact(of.at)}>
        {dayAndTime(of.at)}
      </time>
      <span className="sub narrow">
        <Name text={of.actor} longest={40} />
      </span>
    </td>
    <td className="wide">
      <a className="hover-line" href={withQuery({ q: `actor:${quoted(of.actor)}` })}>
        <Name text={of.actor} longest={60} />
      </a>
    </td>
    <td className="what">
      <a className="hover-line" href={withQuery({ q: `action:${of.action}` })}>
        <code>{of.action}</code>
      </a>
      <span className="sub">
        <a className="hover-line" href={withQuery({ q: `subject:${quoted(of.subject)}` })}>
          <Code text={of.subject} longest={90} />
        </a>
      </span>
      <span className="narrow">
        <Changed of={of} />
      </span>
    </td>
    <td className="wide what">
      <Changed of={of} />
    </td>
  </tr>
)

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`

const Changed = ({ of: { before, after } }: { of: AuditEntry }) => {
  const short = inShort(before, after)
  if (short === '') return null
  return (
    <details>
      <summary>
        <bdi>{short}</bdi>
      </summary>
      <Difference before={before} after={after} />
    </details>
  )
}
