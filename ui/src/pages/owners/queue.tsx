/** What answers to nobody, or to somebody who has left: a suggestion is accepted, or somebody else is named. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { assignOwner, useAct } from '../../acting.ts'
import { useAddress, withQuery } from '../../address.tsx'
import { useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useSteps } from '../../frame/steps.ts'
import { ask } from '../../http.ts'
import type { OwnersPage, OwnersQueue, QueueRow } from '../../nouns.ts'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { More } from '../../parts/more.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, date, some } from '../../words.ts'
import { acceptSuggestions } from './owning.ts'
import { QueueLine } from './queue-line.tsx'
import { useQueueNews } from './queue-news.ts'

/** The views of the queue, and what the server is asked for each. */
const VIEWS = {
  all: { title: 'All', asks: {}, of: ({ counts }: OwnersPage) => counts.unowned + counts.orphaned },
  unowned: { title: 'Nobody', asks: { state: 'unowned' }, of: ({ counts }: OwnersPage) => counts.unowned },
  orphaned: { title: 'Has left', asks: { state: 'orphaned' }, of: ({ counts }: OwnersPage) => counts.orphaned },
  suggested: {
    title: 'With a suggestion',
    asks: { suggested: 'yes' },
    of: ({ counts }: OwnersPage) => counts.suggested,
  },
} as const
type View = keyof typeof VIEWS
const viewOf = (said: string | null): View => (said !== null && said in VIEWS ? (said as View) : 'all')

export function Queue({ of, view: said }: { of: OwnersPage; view: string | null }) {
  const view = viewOf(said)
  const { hash } = useAddress()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view is looked at anew
  useEffect(() => {
    if (hash === 'queue') document.getElementById('queue')?.scrollIntoView()
  }, [hash, view])
  const may = useMay('owner')
  const base = `/v1/owners/queue?${new URLSearchParams(VIEWS[view].asks)}`
  const pages = useInfiniteQuery({
    queryKey: [`queue of ${base}`],
    queryFn: ({ pageParam, signal }) =>
      ask<OwnersQueue>(pageParam ? `${base}&${new URLSearchParams({ cursor: pageParam })}` : base, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (old) => old,
  })
  const changed = useQueueNews(base, pages.data?.pages[0], pages.dataUpdatedAt)
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? []
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [naming, setNaming] = useState<QueueRow | null>(null)
  const { busy, refused, run } = useAct()
  const list = useRef<HTMLUListElement>(null)
  useSteps(list, '.queue-name')

  const canAccept = rows.filter(({ suggestion }) => suggestion !== null)
  const chosen = canAccept.filter(({ entity }) => picked.has(entity.key))
  const pick = ({ entity, suggestion }: QueueRow) => {
    if (suggestion === null) return
    const next = new Set(picked)
    if (!next.delete(entity.key)) next.add(entity.key)
    setPicked(next)
  }
  const lineOf = (key: string): HTMLElement | null =>
    list.current?.querySelector<HTMLElement>(`[data-entity="${CSS.escape(key)}"] .queue-name`) ?? null
  /** Whoever works by keyboard goes on with the line that comes after what is done. */
  const onward = async (done: readonly QueueRow[], act: () => Promise<unknown>) => {
    const gone = new Set(done.map(({ entity }) => entity.key))
    const from = rows.findIndex(({ entity }) => gone.has(entity.key))
    const after = [...rows.slice(from + 1), ...rows.slice(0, Math.max(0, from)).reverse()].find(
      ({ entity }) => !gone.has(entity.key),
    )
    await act()
    if (after) lineOf(after.entity.key)?.focus()
    else document.getElementById('queue')?.focus()
  }
  const accept = (these: readonly QueueRow[]) =>
    void run(() =>
      onward(these, async () => {
        await acceptSuggestions(these)
        setPicked(new Set())
      }),
    )
  const withHere = (act: (row: QueueRow) => void) => () => {
    const key = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-entity]')?.dataset['entity']
    const row = rows.find(({ entity }) => entity.key === key)
    if (!row) return false
    act(row)
    return true
  }
  useKeys(may ? { x: withHere(pick), a: withHere(setNaming) } : {})
  const { counts } = of
  return (
    <section className="section owners-queue" aria-labelledby="queue">
      <header>
        <h2 id="queue" tabIndex={-1}>
          Queue
        </h2>
        <span className="meta">
          {counts.unowned + counts.orphaned === 0
            ? 'nothing waits'
            : [
                counts.unowned > 0 &&
                  `${count(counts.unowned)} ${counts.unowned === 1 ? 'answers' : 'answer'} to nobody`,
                counts.orphaned > 0 && `${count(counts.orphaned)} to somebody who has left`,
                counts.suggested > 0 &&
                  `${count(counts.suggested)} ${counts.suggested === 1 ? 'has' : 'have'} a suggestion`,
              ]
                .filter(Boolean)
                .join(', ')}
        </span>
      </header>
      <nav className="tabs" aria-label="Views of the queue">
        {(Object.keys(VIEWS) as View[]).map((one) => (
          <a
            key={one}
            href={withQuery({ queue: one === 'all' ? null : one })}
            aria-current={one === view ? 'true' : undefined}
          >
            {VIEWS[one].title} <span className="meta">{count(VIEWS[one].of(of))}</span>
          </a>
        ))}
      </nav>
      {changed && (
        <p className="row queue-news" role="status">
          What was read or decided since changes this list.
          <button type="button" className="button small" onClick={() => void pages.refetch()}>
            Show it
          </button>
        </p>
      )}
      {pages.error ? (
        <Failure error={pages.error} what="The queue" again={() => void pages.refetch()} />
      ) : !pages.data ? (
        <Waiting rows={6} />
      ) : rows.length === 0 ? (
        <NothingWaits of={of} view={view} />
      ) : (
        <>
          {may && canAccept.length > 1 && (
            <label className="row queue-all">
              <input
                type="checkbox"
                checked={chosen.length === canAccept.length}
                onChange={() =>
                  setPicked(
                    chosen.length === canAccept.length ? new Set() : new Set(canAccept.map(({ entity }) => entity.key)),
                  )
                }
              />
              Select{' '}
              {pages.hasNextPage ? `the ${count(canAccept.length)} shown that` : `all ${count(canAccept.length)} that`}{' '}
              have a suggestion
            </label>
          )}
          <ul ref={list} className={pages.isPlaceholderData ? 'queue dim' : 'queue'}>
            {rows.map((row) => (
              <QueueLine
                key={row.entity.key}
                of={row}
                picked={picked.has(row.entity.key)}
                busy={busy}
                act={may ? { pick: () => pick(row), accept: () => accept([row]), other: () => setNaming(row) } : null}
              />
            ))}
          </ul>
          <More of={pages} />
        </>
      )}
      <Refused error={refused} />
      {chosen.length > 0 && (
        <section className="bulk owners-bulk" aria-label="What is selected">
          <b aria-live="polite">{some(chosen.length, 'suggestion')} selected</b>
          <button type="button" className="button primary" disabled={busy} onClick={() => accept(chosen)}>
            Accept {chosen.length === 1 ? 'it' : `all ${count(chosen.length)}`}
          </button>
          <button type="button" className="button bare" onClick={() => setPicked(new Set())}>
            Select none
          </button>
        </section>
      )}
      {naming && (
        <OwnerSheet
          of={naming.entity.name}
          suggested={naming.suggestion?.person ?? null}
          teams
          close={() => setNaming(null)}
          act={(person) => onward([naming], () => assignOwner(naming.entity.key, naming.entity.name, person))}
        />
      )}
    </section>
  )
}

const NothingWaits = ({ of, view }: { of: OwnersPage; view: View }) => {
  const { unowned, orphaned, unknown } = of.counts
  if (unowned + orphaned > 0)
    return (
      <Empty title={view === 'suggested' ? 'No suggestion waits' : 'Nothing waits here'}>
        <p>
          {view === 'suggested'
            ? 'Nothing that was read suggests anybody for what is left. Name somebody, or import a list of owners.'
            : `${some(unowned + orphaned, 'identity waits', 'identities wait')} in the other views.`}
        </p>
      </Empty>
    )
  return (
    <Empty
      title="Everything has a person who answered for it"
      mark={unknown > 0 ? <Mark of="unknown" beside /> : undefined}
    >
      <p>
        {unknown > 0 &&
          `Of ${some(unknown, 'identity', 'identities')} we cannot tell whether that person is still here. `}
        {of.nextReview === null ? 'No review is due yet.' : `Next review ${date(of.nextReview)}.`}
      </p>
    </Empty>
  )
}
