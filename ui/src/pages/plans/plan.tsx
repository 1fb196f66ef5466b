/** One plan: what would change and has not, who lets it, how far it is, and the way back. */
import { useEffect, useState } from 'react'
import { useAddress, withQuery } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Plan as PlanAnswer, PlanItem } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'
import { PlanActs } from './plan-acts.tsx'
import { Choosing, PlanItems } from './plan-items.tsx'
import { STATES } from './planning.ts'
import './plans.css'

export function Plan({ id = '' }: { id?: string }) {
  const [live, setLive] = useState(false)
  const page = useAnswer<PlanAnswer>(`/v1/plans/${encodeURIComponent(id)}`, { every: live ? 700 : 15_000, now: true })
  const data = page.data
  const running = data?.state === 'running' || data?.state === 'undoing'
  useEffect(() => setLive(running), [running])
  const came = data ? JSON.stringify(data.counts) + data.state : ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came of things is asked again when the numbers moved
  useEffect(() => void forget(`/v1/plans/${id}/items`), [came])
  useTitle(`Plan ${id}`)
  return (
    <div className="page plans">
      <p className="crumb">
        <a href="/plans">Plans</a>
        <Icon name="next" size={12} />
        <span>{id}</span>
      </p>
      {data ? (
        <Shown of={data} />
      ) : (
        <>
          <h1>Plan {id}</h1>
          {page.error ? <Failure error={page.error} what="This plan" again={() => void page.refetch()} /> : <Waiting />}
        </>
      )}
    </div>
  )
}

const VIEWS: readonly [title: string, state: PlanItem['state'], of: (plan: PlanAnswer) => number][] = [
  ['To be chosen', 'conflict', ({ counts }) => counts.conflict],
  ['To be written', 'ready', ({ counts }) => counts.ready],
  ['Written', 'done', ({ counts }) => counts.done],
  ['Put back', 'undone', ({ counts }) => counts.undone],
  ['Not written', 'refused', ({ counts }) => counts.refused],
  ['Failed', 'failed', ({ counts }) => counts.failed],
  ['Not put back', 'kept', ({ counts }) => counts.kept],
  ['Left as they are', 'left-out', ({ counts }) => counts.leftOut],
  ['Agree already', 'agrees', ({ counts }) => counts.agrees],
  ['Cannot be written', 'cannot', ({ counts }) => counts.cannot],
]

function Shown({ of }: { of: PlanAnswer }) {
  const { query } = useAddress()
  const state = VIEWS.find(([, one]) => one === query.get('state'))?.[1] ?? null
  const running = of.state === 'running' || of.state === 'undoing'
  const { counts } = of
  const work = counts.ready + counts.done + counts.refused + counts.failed + counts.undone + counts.kept
  const past = of.state === 'undoing' ? counts.undone + counts.kept : work - counts.ready
  return (
    <>
      <div className="head">
        <div>
          <h1>Write owners back</h1>
          <Answer>
            <Says of={of} />
          </Answer>
        </div>
        <PlanActs of={of} />
      </div>
      {running && (
        <p className="plan-progress" role="status">
          <progress max={Math.max(1, work)} value={past} aria-label={`${past} of ${work} things`} />
          <span className="meta">
            {count(past)} of {some(work, 'thing')}; each is looked at right before it is written and read back after
          </span>
        </p>
      )}
      <div className="two card-body">
        <div>
          <Choosing of={of} />
          <section className="section">
            <header>
              <h2 id="things">{some(counts.total, 'thing')}</h2>
              <span className="meta">
                {of.state === 'open' || of.state === 'approved'
                  ? 'what would change; nothing has'
                  : STATES[of.state].toLowerCase()}
              </span>
            </header>
            <nav className="tabs" aria-label="Things of the plan">
              <a href={withQuery({ state: null })} aria-current={state === null ? 'true' : undefined}>
                All <span className="meta">{count(counts.total)}</span>
              </a>
              {VIEWS.filter(([, , number]) => number(of) > 0).map(([title, one, number]) => (
                <a key={one} href={withQuery({ state: one })} aria-current={one === state ? 'true' : undefined}>
                  {title} <span className="meta">{count(number(of))}</span>
                </a>
              ))}
            </nav>
            <PlanItems id={of.id} state={state} />
          </section>
        </div>
        <aside className="aside" aria-label="About this plan">
          <Terms of={of} />
          <Grants of={of} />
        </aside>
      </div>
    </>
  )
}

const Says = ({ of: { state, counts, stopped } }: { of: PlanAnswer }) => {
  const writes = counts.ready + counts.failed
  switch (state) {
    case 'open':
    case 'approved':
      return counts.conflict > 0 ? (
        <>
          <b>{some(counts.conflict, 'thing bears', 'things bear')}</b> something that Reeve did not write, and somebody
          must choose{writes > 0 && `; ${some(writes, 'thing')} would be written`}. Nothing has been changed.
        </>
      ) : writes === 0 ? (
        <>There is nothing to write: what can be written agrees already, or was left as it is.</>
      ) : (
        <>
          <b>{some(writes, 'thing')}</b> would bear {writes === 1 ? 'its' : 'their'} owner at the source. Nothing has
          been changed.
        </>
      )
    case 'running':
      return (
        <>
          <b>{count(counts.done)}</b> {counts.done === 1 ? 'is' : 'are'} written, {count(counts.ready)} to go.
        </>
      )
    case 'undoing':
      return (
        <>
          <b>{count(counts.undone)}</b> {counts.undone === 1 ? 'is' : 'are'} put back, {count(counts.done)} to go.
        </>
      )
    case 'withdrawn':
      return <>It was withdrawn. Nothing was changed.</>
    case 'done':
    case 'undone':
      return (
        <>
          {state === 'undone' ? (
            <>
              <b>{count(counts.undone)}</b> {counts.undone === 1 ? 'is' : 'are'} as before
            </>
          ) : (
            <>
              <b>{some(counts.done, 'thing bears', 'things bear')}</b> {counts.done === 1 ? 'its' : 'their'} owner at
              the source now
            </>
          )}
          {counts.refused > 0 && `; ${count(counts.refused)} changed since, or gone, and left alone`}
          {counts.failed > 0 && `; ${count(counts.failed)} failed and can be tried again`}
          {counts.kept > 0 && `; ${count(counts.kept)} could not be put back`}
          {stopped && counts.ready > 0 && `; ${count(counts.ready)} not reached before it was stopped`}.
        </>
      )
  }
}

const Terms = ({ of }: { of: PlanAnswer }) => (
  <section className="section">
    <header>
      <h2>Terms</h2>
    </header>
    <dl className="facts">
      <div>
        <dt>Effect</dt>
        <dd className="beside">
          <Mark of="pass" beside />
          <span>Reversible: what stood there is put back, where nobody changed it since</span>
        </dd>
      </div>
      <div>
        <dt>What is written</dt>
        <dd>
          the {of.writes === 'address' ? 'address' : 'name'} of the owner into <code>{of.ownerTag}</code>
          {of.backupTag && (
            <>
              , of the backup into <code>{of.backupTag}</code>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Planned</dt>
        <dd>
          <When at={of.at} both />
          <span className="sub">by {of.by}</span>
        </dd>
      </div>
      <div>
        <dt>Approved</dt>
        <dd>
          {of.approved ? (
            <>
              <When at={of.approved.at} both />
              <span className="sub">
                by {of.approved.by}: <bdi>{of.approved.reason.slice(0, 300)}</bdi>
              </span>
              <span className={of.approved.expired ? 'sub high' : 'sub'}>
                {of.approved.expired ? 'ended' : 'until'} {dayAndTime(of.approved.until)}
              </span>
            </>
          ) : (
            <>Nobody yet{of.secondPerson && <span className="sub">by another person than who planned it</span>}</>
          )}
        </dd>
      </div>
    </dl>
  </section>
)

/** Through what it is written, and what that wants. */
const Grants = ({ of }: { of: PlanAnswer }) => {
  const admin = useMay('admin')
  if (of.connections.length === 0) return null
  return (
    <section className="section">
      <header>
        <h2>Grants for changes</h2>
      </header>
      {of.connections.map(({ connection, granted, things, needs }) => (
        <div className="spaced" key={connection}>
          <p className="beside">
            <Mark of={granted ? 'pass' : 'unknown'} beside />
            <span>
              <a className="link" href={`/connections/${encodeURIComponent(connection)}`}>
                {connection}
              </a>{' '}
              {granted ? 'may be changed' : 'only reads'}; {some(things, 'thing')}
            </span>
          </p>
          {!granted && (
            <p className="meta">
              It wants{' '}
              {needs.map((need) => (
                <code key={need}>{need} </code>
              ))}
              {admin ? (
                <>
                  : give it a grant of its own on{' '}
                  <a className="link" href={`/connections/${encodeURIComponent(connection)}`}>
                    its page
                  </a>
                  , or run the commands below each thing by hand.
                </>
              ) : (
                '; an admin gives it, or the commands below each thing are run by hand.'
              )}
            </p>
          )}
        </div>
      ))}
      <p className="meta spaced">
        Every step is on the record:{' '}
        <a className="link" href={`/audit?${new URLSearchParams({ q: `plan:${of.id}` })}`}>
          the audit trail
        </a>
        .
      </p>
    </section>
  )
}
