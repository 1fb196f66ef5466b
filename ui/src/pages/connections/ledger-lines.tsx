/** The ledger of a read, line by line: asked, got, verdicts lost and why; and the reads before it. */
import { to, withQuery } from '../../address.tsx'
import type { ConnectionPage, LedgerRow, RunRow } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, dayAndTime, short } from '../../words.ts'

const Lost = ({ verdicts, query }: { verdicts: number; query: string | null }) =>
  verdicts > 0 && query !== null ? (
    <a className="link unknown" href={to.findings(query)}>
      <b>{count(verdicts)}</b>
    </a>
  ) : (
    <span className="quiet">0</span>
  )

/** `small`: beside a list, without the column of what was refused. With `elsewhere` the verdicts lost add up to those of the source. */
export const LedgerTable = ({
  of,
  elsewhere,
  small = false,
}: {
  of: readonly LedgerRow[]
  elsewhere: ConnectionPage['elsewhere']
  small?: boolean
}) => (
  <table>
    <thead>
      <tr>
        <th className="margin">
          <span className="hidden-text">State</span>
        </th>
        <th>Listing</th>
        <th className="number">Asked</th>
        <th className="number">Got</th>
        {!small && <th className="number wide">Refused</th>}
        <th className="number">Verdicts lost</th>
      </tr>
    </thead>
    <tbody>
      {of.map((line) => (
        <tr key={`${line.collection} ${line.scope}`}>
          <td className="margin">
            <Mark of={line.complete ? 'pass' : 'unknown'} />
          </td>
          <td>
            <Name text={line.title} longest={80} />
            {line.scope !== '' && (
              <span className="sub">
                <Name text={line.scope} longest={120} />
              </span>
            )}
            {line.reason && (
              <span className={line.complete ? 'sub' : 'sub unknown'}>
                <Sentence text={line.reason} />
              </span>
            )}
            {line.stale > 0 && (
              <span className="sub unknown">
                {count(line.stale)} kept from {line.since ? short(line.since) : 'an earlier read'}
              </span>
            )}
            {!line.complete && line.since === null && <span className="sub">never read completely</span>}
          </td>
          <td className="number">
            {line.expected === null ? <span className="quiet">not told</span> : count(line.expected)}
          </td>
          <td className="number">{count(line.obtained)}</td>
          {!small && (
            <td className={line.refused > 0 ? 'number wide unknown' : 'number wide quiet'}>{count(line.refused)}</td>
          )}
          <td className="number">
            <Lost verdicts={line.verdictsLost} query={line.query} />
          </td>
        </tr>
      ))}
      {elsewhere.map((cause) => (
        <tr key={cause.reason}>
          <td className="margin">
            <Mark of="unknown" />
          </td>
          <td colSpan={small ? 3 : 4}>
            <Sentence text={cause.reason} />
            <span className="sub">no listing is the cause</span>
          </td>
          <td className="number">
            <Lost verdicts={cause.verdicts} query={cause.query} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

const STATES = {
  waiting: 'waits',
  running: 'is running',
  done: 'whole',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
} as const
const isShort = (state: RunRow['state']): boolean => state === 'partial' || state === 'failed' || state === 'cancelled'

export const stateWord = (state: RunRow['state']): string => STATES[state]

export const Runs = ({ of, at }: { of: readonly RunRow[]; at: string | null }) => (
  <section className="section">
    <header>
      <h2>Reads</h2>
      <span className="meta">newest first; each keeps its ledger</span>
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
            <tr key={run.id} className={run.id === at ? 'current' : ''}>
              <td className="nowrap">
                <a className="link" href={withQuery({ run: run.id })} aria-current={run.id === at ? 'true' : undefined}>
                  {run.started ? dayAndTime(run.started) : 'waits'}
                </a>
              </td>
              <td>
                <span className={isShort(run.state) ? 'unknown' : ''}>{STATES[run.state]}</span>
                {run.error && (
                  <span className="sub">
                    <Sentence text={run.error.message.slice(0, 200)} />
                  </span>
                )}
              </td>
              <td className="number">
                {run.seconds === null ? <span className="quiet">goes on</span> : seconds(run.seconds)}
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

export const seconds = (length: number): string =>
  `${length < 10 ? length.toFixed(1) : count(Math.round(length))}\u202fs`
