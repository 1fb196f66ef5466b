/** What shall I do first? Findings under the fix that closes them; they stay atomic below it. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { assignOwner } from '../../acting.ts'
import { go, to, useAddress, withQuery } from '../../address.tsx'
import { useAnswer, useFrame, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import { ask, Problem } from '../../http.ts'
import type { FindingGroup, FindingRow, FindingsPage, Overview } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code, Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Partial } from '../../parts/partial.tsx'
import { QueryInput } from '../../parts/query.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { UntilSheet } from '../../parts/until-sheet.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { age, count, date, effort, percent, some } from '../../words.ts'
import { mute } from './holding.ts'
import './findings.css'

const BY = { fix: 'By fix', identity: 'By identity', rule: 'By rule' } as const
type By = keyof typeof BY

const CLOSED = 'state:resolved closed:<7d'

/** Words of the query that are views of their own. */
const STATES = [
  ['Muted', 'state:muted', 'muted'],
  ['Accepted', 'state:accepted', 'accepted'],
] as const

const isView = (q: string): boolean => q === 'verdict:unknown' || q === CLOSED || STATES.some(([, word]) => word === q)

export function Findings() {
  const { query } = useAddress()
  const q = query.get('q') ?? ''
  const by = (query.get('by') ?? 'fix') as By
  const frame = useFrame()
  const mayMute = useMay('operator')
  const [sheet, setSheet] = useState<null | { what: 'mute' | 'owner'; finding: FindingRow }>(null)
  useTitle(q === '' ? 'Findings' : `Findings: ${q}`)
  const base = `/v1/findings?${new URLSearchParams({ by, ...(q ? { q } : {}) })}`
  const pages = useInfiniteQuery({
    queryKey: [base, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      ask<FindingsPage>(pageParam ? `${base}&${new URLSearchParams({ cursor: pageParam })}` : base, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (old) => old,
  })
  const data = pages.data?.pages[0]
  const groups = pages.data?.pages.flatMap((page) => page.groups) ?? []
  const queryProblem = pages.error instanceof Problem && pages.error.code.startsWith('query/')

  const list = useRef<HTMLDivElement>(null)
  const step = (by: 1 | -1) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('h2 a') ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus()
  }
  const here = (): FindingRow | undefined => {
    const id = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-finding]')?.dataset[
      'finding'
    ]
    return groups.flatMap((group) => group.findings).find((finding) => finding.id === id)
  }
  const withHere = (act: (finding: FindingRow) => void) => () => {
    const finding = here()
    if (!finding) return false
    act(finding)
    return true
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    c: withHere((finding) => void copyText(finding.id, 'The id is')),
    a: withHere((finding) => setSheet({ what: 'owner', finding })),
    ...(mayMute ? { m: withHere((finding) => setSheet({ what: 'mute', finding })) } : {}),
  })
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>Findings</h1>
          <Answer>{data ? <Summary of={data} groups={groups} by={by} q={q} /> : ' '}</Answer>
        </div>
        <div className="acts">
          <a className="button" href="/v1/findings.sarif" download>
            <Icon name="down" />
            SARIF
          </a>
          <a className="button" href="/v1/findings.json" download>
            <Icon name="down" />
            JSON
          </a>
        </div>
      </div>
      <nav className="tabs" aria-label="Group by, and views">
        {(Object.keys(BY) as By[]).map((one) => (
          <a
            key={one}
            href={withQuery({ by: one === 'fix' ? null : one })}
            aria-current={one === by && !isView(q) ? 'true' : undefined}
          >
            {BY[one]}
          </a>
        ))}
        {data && data.unknownVerdicts > 0 && (
          <a href={withQuery({ q: 'verdict:unknown' })} aria-current={q === 'verdict:unknown' ? 'true' : undefined}>
            Unknown <span className="meta">{count(data.unknownVerdicts)}</span>
          </a>
        )}
        {STATES.map(([title, word, name]) => (
          <a
            key={word}
            href={withQuery({ q: q === word ? null : word })}
            aria-current={q === word ? 'true' : undefined}
          >
            {title} {data && <span className="meta">{count(data[name])}</span>}
          </a>
        ))}
        <a href={withQuery({ q: q === CLOSED ? null : CLOSED })} aria-current={q === CLOSED ? 'true' : undefined}>
          Closed this week {data && <span className="meta">{count(data.closedThisWeek)}</span>}
        </a>
      </nav>
      <div className="findings-bar">
        <QueryInput q={q} error={pages.error} example="severity:critical owasp:NHI2, or part of a sentence" />
      </div>
      {frame && frame.ledger.refused + frame.ledger.stale > 0 && (
        <div className="spaced">
          <Partial bar={frame.ledger} />
        </div>
      )}
      {pages.error && !queryProblem ? (
        <Failure error={pages.error} what="The findings" again={() => void pages.refetch()} />
      ) : !data ? (
        queryProblem ? null : (
          <Waiting rows={8} />
        )
      ) : groups.length === 0 ? (
        <None q={q} unknown={data.unknownVerdicts} percentSeen={frame?.ledger.percent ?? null} />
      ) : (
        <div ref={list} className={pages.isPlaceholderData ? 'dim' : ''}>
          <div className="finding-head label" aria-hidden="true">
            <span />
            <span>Finding and its fix</span>
            <span>Owner</span>
            <span>Open for</span>
            <span className="number">Effort</span>
          </div>
          {groups.map((group) => (
            <Group key={group.id} of={group} by={by} />
          ))}
          {pages.hasNextPage && (
            <p className="row spaced">
              <button
                type="button"
                className="button"
                disabled={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                Show more
              </button>
            </p>
          )}
        </div>
      )}
      {data && data.unknownVerdicts > 0 && groups.length > 0 && q !== 'verdict:unknown' && (
        <p className="beside quiet spaced">
          <Mark of="unknown" beside />
          <span>
            <a className="link" href={withQuery({ q: 'verdict:unknown' })}>
              {some(data.unknownVerdicts, 'verdict is', 'verdicts are')} unknown
            </a>
            . They are neither findings nor passes; each names what would decide it.
          </span>
        </p>
      )}
      {sheet?.what === 'mute' && (
        <UntilSheet
          what="mute"
          says={sheet.finding.says}
          close={() => setSheet(null)}
          act={(until, reason) => mute(sheet.finding.id, until, reason)}
        />
      )}
      {sheet?.what === 'owner' && (
        <OwnerSheet
          of={sheet.finding.subject.name}
          suggested={sheet.finding.suggested?.person ?? null}
          close={() => setSheet(null)}
          act={(person) => assignOwner(sheet.finding.subject.key, sheet.finding.subject.name, person)}
        />
      )}
    </div>
  )
}

function Summary({ of, groups, by, q }: { of: FindingsPage; groups: readonly FindingGroup[]; by: By; q: string }) {
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

function Group({ of, by }: { of: FindingGroup; by: By }) {
  const [first, ...rest] = of.findings
  const [all, setAll] = useState(false)
  if (!first) return null
  const shown = all ? rest : rest.slice(0, 3)
  const owners = new Set(of.findings.map((finding) => finding.owner?.key ?? ''))
  const lead = by !== 'fix'
  return (
    <section className="finding-group" data-finding={first.id} aria-label={first.says.slice(0, 120)}>
      <Mark of={first.verdict === 'unknown' ? 'unknown' : of.severity} />
      <div>
        {lead && (
          <p className="beside meta">
            {of.subject && <KindIcon kind={of.subject.kind} type={of.subject.type} />}
            <a className="link" href={by === 'identity' && of.subject ? to.entity(of.subject.key) : to.rule(of.id)}>
              <Name text={asTitle(of.title)} longest={120} />
            </a>
          </p>
        )}
        <h2>
          <a className="title" href={to.finding(first.id)}>
            <Sentence text={asTitle(first.says)} />
          </a>
        </h2>
        {shown.length > 0 && (
          <ul className="finding-more">
            {shown.map((finding) => (
              <li key={finding.id}>
                <Mark of={finding.verdict === 'unknown' ? 'unknown' : finding.severity} size={14} />
                <a href={to.finding(finding.id)} className="hover-line">
                  <Sentence text={asTitle(finding.says)} />
                </a>
              </li>
            ))}
          </ul>
        )}
        <div className="facets-line">
          <span>
            <Icon name="wrench" />
            <Sentence text={by === 'fix' ? of.title : first.fix} />
          </span>
          {of.count > 1 + shown.length &&
            (of.findings.length > 1 + shown.length ? (
              <button type="button" className="link" onClick={() => setAll(true)}>
                {count(of.count - 1 - shown.length)} more
              </button>
            ) : (
              <span className="meta">and {count(of.count - 1 - shown.length)} more; narrow the list to see them</span>
            ))}
        </div>
      </div>
      <div className="finding-sides">
        <div className="finding-side">
          {owners.size > 1 ? (
            `${owners.size} owners`
          ) : first.owner ? (
            <Name text={first.owner.name} longest={50} />
          ) : (
            <>
              Nobody
              {first.suggested && (
                <span className="sub">
                  suggested: <Name text={first.suggested.person.name} longest={40} />
                </span>
              )}
            </>
          )}
        </div>
        <div className="finding-side">
          {first.state === 'resolved' && first.closed
            ? `closed ${date(first.closed)}`
            : first.state === 'open'
              ? age(of.oldest)
              : `${first.state}${first.until ? ` until ${date(first.until)}` : ''}`}
        </div>
        <div className="finding-side end">
          <b>{effort(of.effort)}</b>
          <span className="sub">{first.owasp.join(' ')}</span>
        </div>
      </div>
    </section>
  )
}

function None({ q, unknown, percentSeen }: { q: string; unknown: number; percentSeen: number | null }) {
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
