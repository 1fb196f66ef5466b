/** The things of a plan, tag by tag: what stood there, what is to stand there, and what came of it. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { forget, useMay } from '../../asking.ts'
import { ask } from '../../http.ts'
import type { PlanItems as Items, Plan, PlanItem } from '../../nouns.ts'
import { CopyLine } from '../../parts/copy-line.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { More } from '../../parts/more.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asSentences, Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { some, typeWord } from '../../words.ts'
import { ITEM_STATES } from './planning.ts'

const PAGE = 50

export function PlanItems({ id, state }: { id: string; state: PlanItem['state'] | null }) {
  const may = useMay('operator')
  const pages = useInfiniteQuery({
    queryKey: [`/v1/plans/${id}/items ${state ?? ''}`],
    queryFn: ({ pageParam, signal }) =>
      ask<Items>(
        `/v1/plans/${encodeURIComponent(id)}/items?${new URLSearchParams({ limit: String(PAGE), ...(state && { state }), ...(pageParam && { cursor: pageParam }) })}`,
        { signal, now: true },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })
  if (pages.error)
    return <Failure error={pages.error} what="The things of the plan" again={() => void pages.refetch()} />
  if (!pages.data) return <Waiting rows={5} />
  const rows = pages.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return <Empty title="None of its things stands so now" />
  return (
    <>
      <ul className="plan-list">
        {rows.map((row) => (
          <li key={row.entity}>
            <Item of={row} plan={id} may={may} />
          </li>
        ))}
      </ul>
      <More of={pages} />
    </>
  )
}

function Item({ of, plan, may }: { of: PlanItem; plan: string; may: boolean }) {
  const { word, mark } = ITEM_STATES[of.state]
  const shown = of.changes.length > 0 && of.state !== 'agrees' && of.state !== 'cannot'
  return (
    <>
      <p className="plan-item-head">
        <a className="link" href={to.entity(of.entity)}>
          <Name text={of.name} longest={120} />
        </a>
        <span className="meta">{typeWord(of.type === '' ? null : of.type)}</span>
        <span className="beside plan-item-state">
          <Mark of={mark} beside />
          <span>
            {word}
            {of.state === 'done' && of.verified === false && ', not seen there yet'}
            {of.state === 'done' && of.verified && ' and read back'}
          </span>
        </span>
      </p>
      {shown && (
        <dl className="plan-changes">
          {of.changes.map(({ place, was, to: becomes }) => (
            <div key={place}>
              <dt>
                <code>
                  <bdi>{place}</bdi>
                </code>
              </dt>
              <dd>
                <span className="goes">{was === null ? 'is not there' : <Name text={was} longest={120} />}</span>
                <span aria-hidden="true"> → </span>
                <span className="hidden-text"> becomes </span>
                <b>{becomes === null ? 'taken away' : <Name text={becomes} longest={120} />}</b>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {of.says && (
        <p className="plan-says">
          <Sentence text={asSentences([of.says])} />
          {of.names && (
            <>
              {' '}
              That is <Name text={of.names.name} longest={60} />.
            </>
          )}
          {of.permission && (
            <>
              {' '}
              <CopyLine text={of.permission} says="Copy the grant" />
            </>
          )}
        </p>
      )}
      {shown && of.readAt && (of.state === 'ready' || of.state === 'conflict') && (
        <p className="meta">
          as read <When at={of.readAt} />
        </p>
      )}
      {of.state === 'conflict' && may && <Choose plan={plan} entities={[of.entity]} />}
      {of.byHand.length > 0 && of.state !== 'conflict' && (
        <details className="plan-by-hand">
          <summary>By hand</summary>
          {of.byHand.map((command) => (
            <CopyLine key={command} text={command} says="Copy the command" what="The command is" />
          ))}
        </details>
      )}
    </>
  )
}

/** For all that is undecided at once. */
export function Choosing({ of }: { of: Plan }) {
  const may = useMay('operator')
  if (of.counts.conflict === 0 || of.state !== 'open') return null
  return (
    <section className="plan-choosing" aria-label="What is to be chosen">
      <p className="beside">
        <Mark of="high" beside />
        <span>
          <b>
            {some(of.counts.conflict, 'thing bears', 'things bear')} something in {of.ownerTag} that Reeve did not
            write.
          </b>{' '}
          It may mean something else. Nothing is written over it before somebody says so.
        </span>
      </p>
      {may && <Choose plan={of.id} entities={null} />}
    </section>
  )
}

function Choose({ plan, entities }: { plan: string; entities: readonly string[] | null }) {
  const { busy, refused, run } = useAct()
  const choose = (choice: 'ours' | 'leave') =>
    void run(async () => {
      await ask(`/v1/plans/${plan}/choose`, { method: 'POST', body: { choice, ...(entities && { entities }) } })
      await forget('/v1/plans')
    })
  return (
    <>
      <span className="row">
        <button type="button" className="button small" disabled={busy} onClick={() => choose('ours')}>
          {entities ? 'Write over it' : 'Write over all of them'}
        </button>
        <button type="button" className="button small bare" disabled={busy} onClick={() => choose('leave')}>
          {entities ? 'Leave it' : 'Leave all of them'}
        </button>
      </span>
      <Refused error={refused} />
    </>
  )
}
