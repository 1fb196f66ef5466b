/** One source: what each listing gave, what was refused and why, and the exact grant that answers it. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { ConnectionPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Ledger } from '../../parts/ledger.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'
import { attributeWord, Said } from '../identities/attributes.tsx'
import { Line, Runs } from './ledger-lines.tsx'
import { ListingProgress } from './progress.tsx'
import { scheduleWord } from './schedule.ts'
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
      {page.error ? (
        <>
          <h1>
            <Name text={id} />
          </h1>
          <Failure error={page.error} what="This connection" again={() => void page.refetch()} />
        </>
      ) : data ? (
        <Shown of={data} id={id} active={active} />
      ) : (
        <>
          <h1>
            <Name text={id} />
          </h1>
          <Waiting />
        </>
      )}
    </div>
  )
}

function Shown({ of, id, active }: { of: ConnectionPage; id: string; active: boolean }) {
  const { connection, ledger, progress } = of
  const operator = useMay('operator')
  const admin = useMay('admin')
  const [removing, setRemoving] = useState(false)
  const { busy, refused, run } = useAct()
  const lost = ledger.reduce((sum, line) => sum + line.verdictsLost, 0)
  const incomplete = ledger.filter((line) => !line.complete)
  const read = () =>
    run(async () => {
      await ask(`/v1/connections/${encodeURIComponent(id)}/runs`, { method: 'POST', body: {} })
      await forget('/v1/connections', '/v1/frame')
    })
  return (
    <>
      <div className="head">
        <div>
          <h1>
            <Name text={connection.title} longest={120} />
          </h1>
          <Answer>
            {connection.state === 'never' ? (
              <>It has not been read yet.</>
            ) : (
              <>
                <b>{count(connection.bar.obtained)}</b> of <b>{count(connection.bar.asked)}</b> things came
                {connection.lastRead && ` at the last read, ${dayAndTime(connection.lastRead)}`}
                {incomplete.length > 0 ? (
                  <>
                    ; {some(incomplete.length, 'listing')} {incomplete.length === 1 ? 'is' : 'are'} not whole
                    {lost > 0 && (
                      <>
                        , which leaves <b>{some(lost, 'verdict')} unknown</b>
                      </>
                    )}
                  </>
                ) : (
                  '; every listing is whole'
                )}
                .
              </>
            )}
          </Answer>
        </div>
        <div className="acts">
          {operator &&
            (active && progress?.run ? (
              <button
                type="button"
                className="button"
                disabled={busy}
                onClick={() =>
                  void run(async () => {
                    await ask(`/v1/runs/${encodeURIComponent(progress.run!)}/cancel`, { method: 'POST', body: {} })
                    tell('Being cancelled. What is whole is kept.')
                    await forget('/v1/connections')
                  })
                }
              >
                Cancel; keep what is whole
              </button>
            ) : (
              <button type="button" className="button primary" disabled={busy} onClick={() => void read()}>
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
        </div>
      </div>
      <Refused error={refused} />
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
          <section className="section">
            <header>
              <h2>Ledger of the last read</h2>
              <span className="meta">{some(ledger.length, 'line')}</span>
            </header>
            {ledger.length === 0 ? (
              <p className="empty quiet">It begins with the first read.</p>
            ) : (
              <table>
                <thead>
                  <tr>
                    <th className="margin">
                      <span className="hidden-text">State</span>
                    </th>
                    <th>Listing</th>
                    <th className="number">Asked</th>
                    <th className="number">Got</th>
                    <th className="number wide">Refused</th>
                    <th className="number">Verdicts lost</th>
                  </tr>
                </thead>
                <tbody>
                  {ledger.map((line) => (
                    <Line key={`${line.collection} ${line.scope}`} of={line} />
                  ))}
                </tbody>
              </table>
            )}
          </section>
          <Runs of={of.runs} />
        </div>
        <aside className="aside" aria-label="About this connection">
          {of.grants.length > 0 && (
            <section className="section grants">
              <header>
                <h2>{lost > 0 ? `To answer the ${some(lost, 'unknown verdict')}` : 'To see the rest'}</h2>
              </header>
              {of.grants.map((grant) => (
                <div className="spaced" key={grant.permission}>
                  <Copy
                    text={grant.permission}
                    says={
                      grant.verdicts > 0
                        ? `answers ${some(grant.verdicts, 'verdict')}`
                        : 'read only; give it to whoever runs the source'
                    }
                  />
                  <p className="meta">
                    <Sentence text={grant.reason} />
                  </p>
                </div>
              ))}
              <p className="meta spaced">
                What was not read was <b>not deleted, not passed and not scored</b>.
              </p>
            </section>
          )}
          <dl className="facts section">
            <div>
              <dt>What it reads</dt>
              <dd>{of.summary}</dd>
            </div>
            <div>
              <dt>Schedule</dt>
              <dd>
                {scheduleWord(connection.schedule ?? '')}
                {connection.next && <span className="sub">next {dayAndTime(connection.next)}</span>}
              </dd>
            </div>
            <div>
              <dt>Identities</dt>
              <dd>
                <a className="link" href={to.inventory(`source:${id}`)}>
                  {count(connection.identities)}
                </a>{' '}
                of {count(connection.entities)} things
              </dd>
            </div>
            <div>
              <dt>Connected</dt>
              <dd>
                <When at={of.created} both />
                {of.createdBy && <span className="sub">by {of.createdBy}</span>}
              </dd>
            </div>
            <div>
              <dt>Settings</dt>
              <dd>
                <dl className="said">
                  {Object.entries(of.settings).map(([name, value]) => (
                    <div key={name}>
                      <dt>{attributeWord(name)}</dt>
                      <dd>
                        <Said value={value} />
                      </dd>
                    </div>
                  ))}
                  {of.secrets.map((name) => (
                    <div key={name}>
                      <dt>{attributeWord(name)}</dt>
                      <dd>set, sealed, never shown</dd>
                    </div>
                  ))}
                </dl>
              </dd>
            </div>
          </dl>
        </aside>
      </div>
      {removing && (
        <Layer title="Remove this connection" close={() => setRemoving(false)}>
          <div className="form">
            <p>
              <Name text={connection.title} longest={100} /> is read no more and its sealed settings are destroyed. What
              only it described leaves the estate; history keeps it. The source itself is not touched. To take this
              back, connect it anew.
            </p>
            <Refused error={refused} />
            <div className="acts">
              <button
                type="button"
                className="button danger"
                disabled={busy}
                onClick={() =>
                  void run(async () => {
                    await ask(`/v1/connections/${encodeURIComponent(id)}`, { method: 'DELETE' })
                    tell('The connection is removed.')
                    await forget('/v1/')
                    go('/connections')
                  })
                }
              >
                Remove the connection
              </button>
              <button type="button" className="button bare" onClick={() => setRemoving(false)}>
                Keep it
              </button>
            </div>
          </div>
        </Layer>
      )}
    </>
  )
}
