/** The ledger of the last read, line by line, and the reads before it. */
import type { LedgerRow, RunRow } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, dayAndTime, short } from '../../words.ts'

export const Line = ({ of }: { of: LedgerRow }) => (
  <tr>
    <td className="margin">
      <Mark of={of.complete ? 'pass' : 'unknown'} />
    </td>
    <td>
      <Name text={of.title} longest={80} />
      {of.scope !== '' && (
        <span className="sub">
          <Name text={of.scope} longest={120} />
        </span>
      )}
      {of.reason && (
        <span className={of.complete ? 'sub' : 'sub unknown'}>
          <Sentence text={of.reason} />
        </span>
      )}
      {of.stale > 0 && (
        <span className="sub unknown">
          {count(of.stale)} kept{of.since && ` from ${short(of.since)}`}
        </span>
      )}
      {!of.complete && of.since === null && <span className="sub">never read completely</span>}
    </td>
    <td className="number">{of.expected === null ? <span className="quiet">not told</span> : count(of.expected)}</td>
    <td className="number">{count(of.obtained)}</td>
    <td className={of.refused > 0 ? 'number wide unknown' : 'number wide quiet'}>{count(of.refused)}</td>
    <td className={of.verdictsLost > 0 ? 'number unknown' : 'number quiet'}>
      {of.verdictsLost > 0 ? <b>{count(of.verdictsLost)}</b> : '0'}
    </td>
  </tr>
)

const STATES = {
  waiting: 'waits',
  running: 'is running',
  done: 'whole',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
} as const

export const Runs = ({ of }: { of: readonly RunRow[] }) => (
  <section className="section">
    <header>
      <h2>Reads</h2>
      <span className="meta">newest first</span>
    </header>
    {of.length === 0 ? (
      <p className="empty quiet">None yet.</p>
    ) : (
      <table>
        <thead>
          <tr>
            <th>Started</th>
            <th>Came out</th>
            <th className="number">Took</th>
            <th className="number">New</th>
            <th className="number">Changed</th>
            <th className="number">Gone</th>
            <th className="wide">By</th>
          </tr>
        </thead>
        <tbody>
          {of.slice(0, 20).map((run) => (
            <tr key={run.id}>
              <td>{run.started ? dayAndTime(run.started) : <span className="quiet">waits</span>}</td>
              <td>
                <span
                  className={
                    run.state === 'partial' || run.state === 'failed' || run.state === 'cancelled' ? 'unknown' : ''
                  }
                >
                  {STATES[run.state]}
                </span>
                {run.error && <span className="sub">{run.error.message.slice(0, 200)}</span>}
              </td>
              <td className="number">
                {run.seconds === null ? (
                  <span className="quiet">goes on</span>
                ) : (
                  `${run.seconds < 10 ? run.seconds.toFixed(1) : Math.round(run.seconds)} s`
                )}
              </td>
              <td className="number">{count(run.added)}</td>
              <td className="number">{count(run.changed)}</td>
              <td className="number">{count(run.gone)}</td>
              <td className="wide quiet">{run.by ?? 'schedule'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)
