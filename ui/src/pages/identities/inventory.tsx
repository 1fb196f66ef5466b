/** Who and what works here? The roll of one kind, narrowed by facets that are the query. */
import { useQueries } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { assignOwner, forEach } from '../../acting.ts'
import { go, to, useAddress, useAsOf, withQuery } from '../../address.tsx'
import { answers, forget, useAnswer, useFrame, useMay } from '../../asking.ts'
import { news } from '../../frame/live.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, Problem } from '../../http.ts'
import type { Inventory as Answered, Facets as FacetsAnswer, InventoryRow, Kind } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Partial } from '../../parts/partial.tsx'
import { FacetSheet, Facets, QueryInput } from '../../parts/query.tsx'
import { Roll } from '../../parts/roll.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, KIND_WORDS, some } from '../../words.ts'
import { columnsOf } from './columns.tsx'
import { NoRows, Summary } from './inventory-words.tsx'
import { LabelSheet } from './label-sheet.tsx'
import { Peek } from './peek.tsx'
import './inventory.css'

const PAGE = 100

const VIEWS: readonly [string, string, readonly Kind[]][] = [
  ['Unowned', 'owner:none', ['identity', 'credential', 'workload', 'resource', 'secret', 'entitlement']],
  ['Owner has left', 'owner:left', ['identity', 'credential', 'workload']],
  ['Last use unknown', 'used:unknown', ['identity', 'credential', 'workload']],
  ['Unused 90 days', 'used:>90d', ['identity', 'credential']],
  ['Key older than a year', 'age:>1y', ['identity', 'credential']],
  ['Ends within 30 days', 'expires:<30d', ['credential']],
  ['Verdict unknown', 'verdict:unknown', ['identity', 'credential', 'workload', 'resource']],
]

export function Inventory() {
  const { query } = useAddress()
  const asOf = useAsOf()
  const frame = useFrame()
  const kind = (query.get('kind') ?? 'identity') as Kind
  const q = query.get('q') ?? ''
  const sort = query.get('sort') ?? '-worst'
  const words = KIND_WORDS[kind] ?? KIND_WORDS.identity
  useTitle(q === '' ? words[1] : `${words[1]}: ${q}`)

  const asked = useMemo(() => {
    const base = new URLSearchParams({
      kind,
      sort,
      limit: String(PAGE),
      ...(q ? { q } : {}),
      ...(asOf ? { 'as-of': asOf } : {}),
    })
    return (page: number) => (page === 0 ? `/v1/entities?${base}` : `/v1/entities?${base}&position=${page * PAGE}`)
  }, [kind, sort, q, asOf])
  const first = useAnswer<Answered>(asked(0), { keep: true })
  const facets = useAnswer<FacetsAnswer>(
    `/v1/facets?${new URLSearchParams({ kind, ...(q ? { q } : {}), ...(asOf ? { 'as-of': asOf } : {}) })}`,
    { keep: true },
  )

  const [pages, setPages] = useState<readonly number[]>([0])
  const onWindow = useCallback((from: number, until: number) => {
    // A page ahead is fetched when seven tenths of this one are behind.
    const [low, high] = [Math.floor(from / PAGE), Math.floor((until + 0.3 * PAGE) / PAGE)]
    setPages((now) =>
      now[0] === low && now.at(-1) === high ? now : Array.from({ length: high - low + 1 }, (_, i) => low + i),
    )
  }, [])
  const fetched = useQueries({
    queries: pages
      .filter((page) => page > 0 && page * PAGE < (first.data?.total.count ?? 0))
      .map((page) => ({
        queryKey: [asked(page)],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(asked, page, signal),
        staleTime: 60_000,
      })),
  })
  const rowAt = (index: number): InventoryRow | undefined => {
    const page = Math.floor(index / PAGE)
    const data = page === 0 ? first.data : answers.getQueryData<Answered>([asked(page)])
    return data?.rows[index - page * PAGE]
  }
  void fetched

  const [fresh, setFresh] = useState(false)
  useEffect(() => {
    const heard = () => setFresh(true)
    news.addEventListener('entities', heard)
    return () => news.removeEventListener('entities', heard)
  }, [])

  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [peeked, peek] = useState<InventoryRow | null>(null)
  const [sheet, setSheet] = useState<null | { what: 'owner' | 'label'; rows: readonly InventoryRow[] }>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question lets go of what was chosen under this one
  useEffect(() => {
    select(new Set())
    peek(null)
  }, [asked])
  const may = useMay('owner')
  const data = first.data
  const total = data?.total.count ?? 0
  const chosen = (): InventoryRow[] =>
    answers
      .getQueryCache()
      .findAll({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(asked(0)) })
      .flatMap((page) => (page.state.data as Answered | undefined)?.rows ?? [])
      .filter((row) => selected.has(row.key))
  const queryProblem = first.error instanceof Problem && first.error.code.startsWith('query/')
  const facetProps = { facets: facets.data, q, kind, stale: facets.isPlaceholderData }
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>{kind === 'identity' ? 'Inventory' : words[1]}</h1>
          <Answer>
            {data ? <Summary of={data} kind={kind} sources={frame?.connections.total ?? 0} q={q} /> : ' '}
          </Answer>
        </div>
        <div className="acts">
          <a
            className="button"
            href={`/v1/entities.csv?${new URLSearchParams({ kind, sort, ...(q ? { q } : {}) })}`}
            download
          >
            <Icon name="down" />
            CSV
          </a>
        </div>
      </div>
      <nav className="tabs" aria-label="Views">
        <a href={withQuery({ q: null })} aria-current={q === '' ? 'true' : undefined}>
          All {data && <span className="meta">{count(data.ofAll.count)}</span>}
        </a>
        {VIEWS.filter(([, , kinds]) => kinds.includes(kind)).map(([title, word]) => (
          <a key={word} href={withQuery({ q: word })} aria-current={q === word ? 'true' : undefined}>
            {title} {(q === '' || q === word) && <ViewCount of={facets.data} word={word} />}
          </a>
        ))}
      </nav>
      <div className="roll-page">
        <div className="wide">
          <Facets {...facetProps} />
        </div>
        <div>
          <div className="roll-head">
            <QueryInput
              q={q}
              error={first.error ?? facets.error}
              example={
                kind === 'identity'
                  ? 'source:aws owner:none used:>90d, or part of a name'
                  : 'part of a name, type:…, owner:none'
              }
            />
            <FacetSheet {...facetProps} />
          </div>
          {frame && <Partial bar={frame.ledger} />}
          {fresh && (
            <p className="row fresh" role="status">
              The estate has changed since.
              <button
                type="button"
                className="button small"
                onClick={() => {
                  setFresh(false)
                  void forget('/v1/entities', '/v1/facets')
                }}
              >
                Show it
              </button>
            </p>
          )}
          {first.error && !queryProblem ? (
            <Failure error={first.error} what="The list" again={() => void first.refetch()} />
          ) : !data ? (
            queryProblem ? null : (
              <Waiting rows={12} />
            )
          ) : total === 0 ? (
            <NoRows
              of={data}
              kind={kind}
              q={q}
              percentSeen={frame?.ledger.percent ?? null}
              unknown={frame?.connections.unknownVerdicts ?? 0}
            />
          ) : (
            <div className={first.isPlaceholderData ? 'dim' : ''}>
              <Roll<InventoryRow>
                key={asked(0)}
                label={words[1]}
                columns={columnsOf(kind, data.rows)}
                total={total}
                row={rowAt}
                keyOf={(row) => row.key}
                nameOf={(row) => row.name}
                onWindow={onWindow}
                sort={sort}
                onSort={(next) => go(withQuery({ sort: next === '-worst' ? null : next }))}
                open={(row) => go(to.entity(row.key))}
                peek={(row) => peek(row && peeked?.key === row.key ? null : row)}
                peeking={peeked !== null}
                selected={selected}
                select={select}
                keys={{
                  c: (row) => void copyText(row.key, 'The id is'),
                  ...(may ? { a: (row) => setSheet({ what: 'owner', rows: [row] }) } : {}),
                }}
              />
            </div>
          )}
          <div className="hidden-text" aria-live="polite">
            {selected.size > 0 && `${selected.size} selected`}
          </div>
          {selected.size > 0 && (
            <section className="bulk" aria-label="What was selected">
              <b>{count(selected.size)} selected</b>
              {may && (
                <>
                  <button
                    type="button"
                    className="button small"
                    onClick={() => setSheet({ what: 'owner', rows: chosen() })}
                  >
                    Assign owner
                  </button>
                  <button
                    type="button"
                    className="button small"
                    onClick={() => setSheet({ what: 'label', rows: chosen() })}
                  >
                    Label
                  </button>
                </>
              )}
              <button type="button" className="button small bare push" onClick={() => select(new Set())}>
                Clear
              </button>
            </section>
          )}
        </div>
      </div>
      {peeked && <Peek row={peeked} close={() => peek(null)} />}
      {sheet?.what === 'owner' && (
        <OwnerSheet
          of={
            sheet.rows.length === 1
              ? sheet.rows[0]!.name
              : some(sheet.rows.length, words[0].toLowerCase(), words[1].toLowerCase())
          }
          suggested={sheet.rows.length === 1 ? (sheet.rows[0]!.suggested?.person ?? null) : null}
          close={() => setSheet(null)}
          act={async (person) => {
            if (sheet.rows.length === 1) await assignOwner(sheet.rows[0]!.key, sheet.rows[0]!.name, person)
            else
              tell(
                await forEach(sheet.rows, (row) =>
                  ask(`/v1/entities/${encodeURIComponent(row.key)}/owner`, {
                    method: 'PUT',
                    body: { person: person.key },
                  }),
                ),
              )
            select(new Set())
          }}
        />
      )}
      {sheet?.what === 'label' && (
        <LabelSheet rows={sheet.rows} close={() => setSheet(null)} done={() => select(new Set())} />
      )}
    </div>
  )
}

/** A view's count is that of its facet, which ignores its own choice: right while nothing else narrows the list. */
function ViewCount({ of, word }: { of: FacetsAnswer | undefined; word: string }) {
  const value = of?.facets.flatMap((facet) => facet.values).find((one) => one.word === word)
  return value ? <span className="meta">{count(value.count)}</span> : null
}

/** The page after one that is here begins at its cursor; a page that is jumped to begins at its position. */
function fetchPage(asked: (page: number) => string, page: number, signal: AbortSignal): Promise<Answered> {
  const before = answers.getQueryData<Answered>([asked(page - 1)])
  return ask<Answered>(before?.next ? `${asked(0)}&${new URLSearchParams({ cursor: before.next })}` : asked(page), {
    signal,
  })
}
