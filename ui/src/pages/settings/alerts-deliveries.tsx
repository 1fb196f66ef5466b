/** What went out, what waits, and what was given up: at least once each, known by its id on the other side. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { DeliveryRow } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'

type Page = { rows: DeliveryRow[]; waiting: number; dead: number }
const FEW = 20
const MANY = 200

export function Deliveries() {
  const [most, setMost] = useState(FEW)
  const answer = useAnswer<Page>(`/v1/alerts/deliveries?limit=${most}`, { every: 10_000, keep: true })
  const data = answer.data
  return (
    <section className="section">
      <header>
        <h2>Sent</h2>
        {data && (
          <span className={data.dead > 0 ? 'meta high' : 'meta'}>
            {data.waiting > 0 && `${some(data.waiting, 'message')} to go`}
            {data.waiting > 0 && data.dead > 0 && ', '}
            {data.dead > 0 && `${count(data.dead)} given up`}
          </span>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="What was sent" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={2} />
      ) : data.rows.length === 0 ? (
        <p className="empty quiet">Nothing was sent yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th className="wide">To</th>
              <th>State</th>
              <th>
                <span className="hidden-text">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <Row key={row.id} of={row} />
            ))}
          </tbody>
        </table>
      )}
      {data && data.rows.length === most && most < MANY && (
        <button type="button" className="link spaced" onClick={() => setMost(MANY)}>
          Show {count(MANY)}
        </button>
      )}
    </section>
  )
}

const STATES: Readonly<Record<DeliveryRow['state'], string>> = {
  waiting: 'waits',
  sending: 'is being sent',
  sent: 'sent',
  dead: 'given up',
}

function Row({ of }: { of: DeliveryRow }) {
  const { busy, refused, run } = useAct()
  return (
    <tr>
      <td>
        <Name text={of.title} longest={120} />
        <span className="sub">
          <When at={of.created} />
        </span>
        {of.error && of.state !== 'sent' && (
          <span className="sub">
            <Sentence text={of.error.message} /> (<code>{of.error.code}</code>)
          </span>
        )}
        <Refused error={refused} />
      </td>
      <td className="wide">
        {of.channel}
        {of.recipient && (
          <span className="sub">
            <Name text={of.recipient} longest={60} />
          </span>
        )}
      </td>
      <td>
        <span className={of.state === 'dead' ? 'high' : of.state === 'sent' ? '' : 'quiet'}>{STATES[of.state]}</span>
        {of.attempts > 1 && <span className="sub">tried {some(of.attempts, 'time')}</span>}
        {of.state === 'waiting' && of.next && of.attempts > 0 && (
          <span className="sub">again {dayAndTime(of.next)}</span>
        )}
      </td>
      <td className="number">
        {(of.state === 'dead' || (of.state === 'waiting' && of.attempts > 0)) && (
          <button
            type="button"
            className="button small"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/alerts/deliveries/${encodeURIComponent(of.id)}/retry`, { method: 'POST', body: {} })
                tell('It goes again at the next chance.')
                await forget('/v1/alerts/deliveries')
              })
            }
          >
            Try again<span className="hidden-text">: {of.title.slice(0, 80)}</span>
          </button>
        )}
      </td>
    </tr>
  )
}
