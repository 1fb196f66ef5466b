/** What shall I do first? Findings under the fix that closes them; they stay atomic below it. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { assignOwner } from '../../acting.ts'
import { useAddress, withQuery } from '../../address.tsx'
import { useFrame, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import { ask, Problem } from '../../http.ts'
import type { FindingGroup, FindingRow, FindingsPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { More } from '../../parts/more.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Partial } from '../../parts/partial.tsx'
import { QueryInput } from '../../parts/query.tsx'
import { asTitle } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { Group } from './finding-group.tsx'
import { None, Summary } from './findings-words.tsx'
import { HoldSheet } from './hold-sheet.tsx'
import './findings.css'

const BY = { fix: 'By fix', identity: 'By identity', rule: 'By rule' } as const
type By = keyof typeof BY

const CLOSED = 'state:resolved closed:<7d'

/** Words of the query that are views of their own. */
const STATES = [
  ['Muted', 'state:muted', 'muted'],
  ['Accepted', 'state:accepted', 'accepted'],
] as const

const byOf = (said: string | null): By => (said === 'identity' || said === 'rule' ? said : 'fix')

const isView = (q: string): boolean => q === 'verdict:unknown' || q === CLOSED || STATES.some(([, word]) => word === q)

export function Findings() {
  const { query } = useAddress()
  const q = query.get('q') ?? ''
  const by = byOf(query.get('by'))
  const frame = useFrame()
  const mayMute = useMay('operator')
  const [sheet, setSheet] = useState<
    null | { what: 'mute'; findings: FindingRow[] } | { what: 'owner'; finding: FindingRow }
  >(null)
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
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

  // What is not shown any more is not chosen any more: a mute is never of what nobody sees.
  const chosen = groups.flatMap((group) => group.findings).filter(({ id, state }) => picked.has(id) && state === 'open')
  const pick = (findings: readonly FindingRow[]) => {
    const ids = findings.filter(({ state }) => state === 'open').map(({ id }) => id)
    const next = new Set(picked)
    const all = ids.every((id) => next.has(id))
    for (const id of ids) {
      if (all) next.delete(id)
      else next.add(id)
    }
    setPicked(next)
  }
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
    x: withHere((finding) => pick(groupOf(groups, finding))),
    ...(mayMute
      ? {
          m: () => {
            if (chosen.length > 0) return setSheet({ what: 'mute', findings: chosen })
            return withHere((finding) => setSheet({ what: 'mute', findings: [finding] }))()
          },
        }
      : {}),
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
            <Group key={group.id} of={group} by={by} picked={picked} pick={mayMute ? pick : null} />
          ))}
          <More of={pages} />
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
      {chosen.length > 0 && (
        <section className="findings-bulk" aria-label="What is selected">
          <b aria-live="polite">{some(chosen.length, 'finding')} selected</b>
          <button type="button" className="button primary" onClick={() => setSheet({ what: 'mute', findings: chosen })}>
            Mute until…
          </button>
          <button type="button" className="button bare" onClick={() => setPicked(new Set())}>
            Select none
          </button>
        </section>
      )}
      {sheet?.what === 'mute' && (
        <HoldSheet
          what="mute"
          ids={sheet.findings.map(({ id }) => id)}
          says={
            sheet.findings.length === 1
              ? sheet.findings[0]!.says
              : `${sheet.findings
                  .slice(0, 3)
                  .map(({ says }) => asTitle(says).slice(0, 80))
                  .join('; ')}${sheet.findings.length > 3 ? `; and ${sheet.findings.length - 3} more` : ''}`
          }
          owner={sheet.findings.length === 1 ? (sheet.findings[0]!.owner?.name ?? null) : null}
          close={() => {
            setSheet(null)
            setPicked(new Set())
          }}
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

/** The findings of the group in which a finding leads. */
const groupOf = (groups: readonly FindingGroup[], { id }: FindingRow): readonly FindingRow[] =>
  groups.find((group) => group.findings[0]?.id === id)?.findings ?? []
