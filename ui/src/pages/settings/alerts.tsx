/** Who is told of what: the channels, what went out, and what is open. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { AlertListed, ChannelKindPage, ChannelRow, ChannelTest } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { AddChannel, ChangeChannel } from './alerts-channel.tsx'
import { Deliveries } from './alerts-deliveries.tsx'
import { Tested } from './alerts-tested.tsx'
import { EVENTS, gets } from './alerts-words.ts'

export function Alerts() {
  const channels = useAnswer<{ rows: ChannelRow[] }>('/v1/alerts/channels')
  const kinds = useAnswer<{ rows: ChannelKindPage[] }>('/v1/alerts/kinds')
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<Opened | null>(null)
  const close = () => setOpened(null)
  const kindOf = ({ kind }: ChannelRow) => kinds.data?.rows.find(({ id }) => id === kind)
  const rows = channels.data?.rows
  return (
    <>
      <section className="section">
        <header>
          <h2>Channels</h2>
          {rows && (
            <span className={rows.length === 0 ? 'meta high' : 'meta'}>
              {rows.length === 0 ? 'alerts go nowhere yet' : `alerts go to ${some(rows.length, 'place')}`}
            </span>
          )}
          {kinds.data && (
            <button type="button" className="link" onClick={() => setAdding(true)}>
              Add a channel
            </button>
          )}
        </header>
        {(channels.error ?? kinds.error) ? (
          <Failure error={(channels.error ?? kinds.error)!} what="The channels" again={() => void channels.refetch()} />
        ) : !rows || !kinds.data ? (
          <Waiting rows={2} />
        ) : rows.length === 0 ? (
          <p className="empty quiet">
            Reeve tells of ends 30, 7 and 1 days before, once each, of keys past their age, of new privileged grants, of
            owners who left and of findings. Mail goes to whoever answers for a thing.
          </p>
        ) : (
          <table>
            <thead>
              <tr>
                <th>Channel</th>
                <th className="wide">Gets</th>
                <th>
                  <span className="hidden-text">Act</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Channel key={row.id} of={row} open={(layer) => setOpened({ layer, of: row })} />
              ))}
            </tbody>
          </table>
        )}
        {opened?.layer === 'test' && <Test of={opened.of} close={close} />}
        {opened?.layer === 'change' && kindOf(opened.of) && (
          <ChangeChannel of={opened.of} kind={kindOf(opened.of)!} close={close} />
        )}
        {opened?.layer === 'remove' && <Remove of={opened.of} close={close} />}
        {adding && kinds.data && <AddChannel kinds={kinds.data.rows} close={() => setAdding(false)} />}
      </section>
      <Open />
      <Deliveries />
    </>
  )
}

interface Opened {
  layer: 'test' | 'change' | 'remove'
  of: ChannelRow
}

function Channel({ of, open }: { of: ChannelRow; open: (layer: Opened['layer']) => void }) {
  const { busy, refused, run } = useAct()
  const path = `/v1/alerts/channels/${encodeURIComponent(of.id)}`
  return (
    <tr>
      <td>
        {of.title}
        <span className="sub">
          <Name text={of.label} longest={80} />
        </span>
        {of.paused && <span className="sub high">paused: what comes meanwhile is not told there</span>}
        <Refused error={refused} />
      </td>
      <td className="wide quiet">{gets(of.filter)}</td>
      <td className="number">
        <span className="row end">
          <button type="button" className="button small" onClick={() => open('test')}>
            Test…<span className="hidden-text"> {of.id}</span>
          </button>
          <button
            type="button"
            className="button small bare"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(path, { method: 'PATCH', body: { paused: !of.paused } })
                tell(of.paused ? 'It gets alerts again.' : 'It is paused.')
                await forget('/v1/alerts')
              })
            }
          >
            {of.paused ? 'Resume' : 'Pause'}
            <span className="hidden-text"> {of.id}</span>
          </button>
          <button type="button" className="button small bare" onClick={() => open('change')}>
            Change…<span className="hidden-text"> {of.id}</span>
          </button>
          <button type="button" className="button small bare" onClick={() => open('remove')}>
            Remove…<span className="hidden-text"> {of.id}</span>
          </button>
        </span>
      </td>
    </tr>
  )
}

function Test({ of, close }: { of: ChannelRow; close: () => void }) {
  const takesAddress = of.kind === 'mail'
  const [to, setTo] = useState('')
  const [result, setResult] = useState<ChannelTest | null>(null)
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Send a test message" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          setResult(null)
          void run(async () => {
            const body = { channel: of.id, ...(to.trim() === '' ? {} : { to: to.trim() }) }
            setResult(await ask<ChannelTest>('/v1/alerts/channels/test', { method: 'POST', body }))
          })
        }}
      >
        <p>
          It says that you asked for it, and goes at once to <Name text={of.label} longest={80} />.
        </p>
        {takesAddress && (
          <label className="field">
            <span className="label">To (optional)</span>
            <input
              type="email"
              maxLength={254}
              value={to}
              autoComplete="email"
              onChange={(event) => setTo(event.target.value)}
            />
            <span className="meta">Left empty, to the addresses of the channel.</span>
          </label>
        )}
        {result && <Tested result={result} />}
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            {result ? 'Send it again' : 'Send it'}
          </button>
        </div>
      </form>
    </Layer>
  )
}

function Remove({ of, close }: { of: ChannelRow; close: () => void }) {
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Remove this channel" close={close}>
      <div className="form">
        <p>
          {of.title}, <Name text={of.label} longest={80} />, gets nothing any more. Its secrets are forgotten, and so is
          what still waited to go there; there is no way back but to add it again.
        </p>
        <Refused error={refused} />
        <div className="acts">
          <button
            type="button"
            className="button danger"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/alerts/channels/${encodeURIComponent(of.id)}`, { method: 'DELETE' })
                tell('The channel is removed.')
                await forget('/v1/alerts')
              })
            }
          >
            Remove the channel
          </button>
          <button type="button" className="button bare" onClick={close}>
            Keep it
          </button>
        </div>
      </div>
    </Layer>
  )
}

const SHOWN = 10

/** What holds that somebody was or will be told. */
function Open() {
  const answer = useAnswer<{ rows: AlertListed[]; total: number }>(`/v1/alerts?limit=${SHOWN}`, { every: 60_000 })
  const data = answer.data
  return (
    <section className="section">
      <header>
        <h2>Open alerts</h2>
        {data && (
          <span className="meta">
            {data.total > data.rows.length
              ? `the worst ${count(data.rows.length)} of ${count(data.total)}`
              : some(data.total, 'alert')}
          </span>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="The open alerts" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={2} />
      ) : data.rows.length === 0 ? (
        <p className="empty quiet">
          Nobody has to be told of anything now. Each alert closes itself when what it told of is over.
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th className="wide">About</th>
              <th>Who answers</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.id}>
                <td>
                  <span className="beside">
                    <Mark of={row.severity} />
                    <a
                      href={row.finding ? `/findings/${row.finding}` : `/identities/${encodeURIComponent(row.subject)}`}
                    >
                      <Name text={row.says} longest={160} />
                    </a>
                  </span>
                </td>
                <td className="wide quiet">{EVENTS[row.event]}</td>
                <td>{row.owner ? <Name text={row.owner} longest={60} /> : <span className="high">Nobody</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
