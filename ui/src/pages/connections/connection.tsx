/** One source: what each listing gave, what was refused and why, and the exact grant that answers it. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { to, useAddress, useAsOf } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ConnectionPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Ledger } from '../../parts/ledger.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, short, some } from '../../words.ts'
import { Facts, Grants, OwnIdentity } from './about.tsx'
import { GrantForChanges } from './grant-changes.tsx'
import { LedgerTable, Runs } from './ledger-lines.tsx'
import { ListingProgress } from './progress.tsx'
import { Remove } from './remove.tsx'
import { RunShown } from './run-shown.tsx'
import './connections.css'

export function Connection({ id = '' }: { id?: string }) {
  const path = `/v1/connections/${encodeURIComponent(id)}`
  const [running, setRunning] = useState(false)
  const page = useAnswer<ConnectionPage>(path, { every: running ? 1000 : 15_000 })
  const data = page.data
  const active = data?.progress != null && (data.progress.state === 'running' || data.progress.state === 'waiting')
  if (active !== running) setRunning(active)
  useTitle(data?.connection.title ?? id)
  return (
    <div className="page">
      <p className="crumb">
        <a href="/connections">Connections</a>
        <Icon name="next" size={12} />
        <Name text={id} longest={60} />
      </p>
      {data ? (
        <Shown of={data} id={id} active={active} />
      ) : (
        <>
          <h1>
            <Name text={id} />
          </h1>
          {page.error ? (
            <Failure error={page.error} what="This connection" again={() => void page.refetch()} />
          ) : (
            <Waiting />
          )}
        </>
      )}
    </div>
  )
}

function Shown({ of, id, active }: { of: ConnectionPage; id: string; active: boolean }) {
  const { connection, ledger, progress } = of
  const run = useAddress().query.get('run')
  const asOf = useAsOf()
  return (
    <>
      <div className="head">
        <div>
          <h1>
            <Name text={connection.title} longest={120} />
          </h1>
          <Answer>
            <Said of={of} />
          </Answer>
        </div>
        <Acts of={of} id={id} active={active} />
      </div>
      <div className="total-bar">
        <Ledger bar={connection.bar} tall live={active} />
      </div>
      <div className="two card-body">
        <div>
          {progress && active && (
            <section className="section" aria-live="off">
              <header>
                <h2>Being read now</h2>
                <span className="meta">
                  {some(progress.entities, 'thing')} so far, {some(progress.identities, 'identity', 'identities')} among
                  them; you need not wait
                </span>
              </header>
              <ListingProgress of={progress.collections} />
            </section>
          )}
          {progress?.error && !active && (
            <p className="partial gone-notice">
              <Mark of="unknown" beside />
              <span>
                <b>The last read failed.</b> <Sentence text={progress.error.message} /> (
                <code>{progress.error.code}</code>) Nothing was removed.
              </span>
            </p>
          )}
          {run !== null ? (
            <RunShown id={run} of={of} />
          ) : (
            <section className="section">
              <header>
                <h2>Ledger of the last read</h2>
                <span className="meta">
                  {connection.bar.untold > 0 &&
                    `${some(connection.bar.untold, 'listing does', 'listings do')} not say how many it has`.replace(
                      /listings do not say how many it has/,
                      'listings do not say how many they have',
                    )}
                </span>
              </header>
              {ledger.length === 0 ? (
                <p className="empty quiet">It begins with the first read.</p>
              ) : (
                <LedgerTable of={ledger} elsewhere={of.elsewhere} />
              )}
            </section>
          )}
          <Runs of={of.runs} at={run} />
        </div>
        <aside className="aside" aria-label="About this connection">
          {of.grants.length > 0 && <Grants of={of.grants} />}
          <OwnIdentity of={of} />
          {/* What may be changed is a matter of now. */}
          {asOf === null && <GrantForChanges id={id} />}
          <Facts of={of} />
        </aside>
      </div>
    </>
  )
}

const Said = ({ of: { connection, ledger } }: { of: ConnectionPage }) => {
  const { bar } = connection
  const incomplete = ledger.filter((line) => !line.complete).length
  const atLines = ledger.reduce((sum, line) => sum + line.verdictsLost, 0)
  if (connection.state === 'never') return <>It has not been read yet.</>
  const unknown = (
    <a href={to.findings(connection.query)}>
      <b>{some(connection.unknownVerdicts, 'verdict')} unknown</b>
    </a>
  )
  const lost =
    connection.unknownVerdicts === 0 ? null : atLines === 0 ? (
      <>; what it does not report leaves {unknown}</>
    ) : atLines === connection.unknownVerdicts ? (
      <>, which leaves {unknown}</>
    ) : (
      <>
        , which loses {count(atLines)} of its {unknown}; the others need what it does not report
      </>
    )
  if (bar.obtained === 0 && bar.stale > 0)
    return (
      <>
        Nothing came at the last read{connection.lastRead && `, ${dayAndTime(connection.lastRead)}`};{' '}
        <b>{count(bar.stale)}</b> things are kept from {bar.staleSince ? short(bar.staleSince) : 'an earlier day'}
        {lost}.
      </>
    )
  return (
    <>
      <b>{count(bar.obtained)}</b> of <b>{count(bar.asked)}</b> things came
      {connection.lastRead && ` at the last read, ${dayAndTime(connection.lastRead)}`}
      {bar.stale > 0 &&
        `; ${count(bar.stale)} are kept from ${bar.staleSince ? short(bar.staleSince) : 'an earlier day'}`}
      {incomplete > 0
        ? `; ${some(incomplete, 'listing')} ${incomplete === 1 ? 'is' : 'are'} not whole`
        : '; every listing is whole'}
      {lost}.
    </>
  )
}

function Acts({ of, id, active }: { of: ConnectionPage; id: string; active: boolean }) {
  const operator = useMay('operator')
  const admin = useMay('admin')
  const [removing, setRemoving] = useState(false)
  const { busy, refused, run } = useAct()
  return (
    <div className="acts">
      {operator &&
        (active && of.progress?.run ? (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/runs/${encodeURIComponent(of.progress!.run!)}/cancel`, { method: 'POST', body: {} })
                tell('Being cancelled. What is whole is kept.')
                await forget('/v1/connections')
              })
            }
          >
            Cancel; keep what is whole
          </button>
        ) : (
          <button
            type="button"
            className="button primary"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/connections/${encodeURIComponent(id)}/runs`, { method: 'POST', body: {} })
                await forget('/v1/connections', '/v1/frame')
              })
            }
          >
            Read again
          </button>
        ))}
      {admin && (
        <>
          <a className="button" href={`${to.connection(id)}/settings`}>
            Change settings
          </a>
          <button type="button" className="button bare" onClick={() => setRemoving(true)}>
            Remove…
          </button>
        </>
      )}
      <Refused error={refused} />
      {removing && <Remove of={of.connection} close={() => setRemoving(false)} />}
    </div>
  )
}
