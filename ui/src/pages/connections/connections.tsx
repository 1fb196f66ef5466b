/** How much do we see? One total, then the sources, worst first. */
import { useState } from 'react'
import { go, to } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import type { Connections as Answered, ConnectionRow } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Ledger } from '../../parts/ledger.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, short, some, spell } from '../../words.ts'
import { Beside } from './beside.tsx'
import { SourceWords } from './source-words.tsx'
import './connections.css'

const MARKS = {
  complete: 'pass',
  partial: 'unknown',
  stale: 'unknown',
  failed: 'unknown',
  running: 'not-judged',
  never: 'not-judged',
} as const

export function Connections() {
  const connections = useAnswer<Answered>('/v1/connections', { every: 15_000 })
  const admin = useMay('admin')
  useTitle('Connections')
  const data = connections.data
  const [looked, setLooked] = useState<string | null>(null)
  const shown = looked ?? data?.rows[0]?.connection ?? null
  useKeys({
    j: () => step(1),
    k: () => step(-1),
  })
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>Connections</h1>
          <Answer>
            {data && data.rows.length > 0 ? (
              <>
                We asked {data.rows.length === 1 ? 'one source' : `${spell(data.rows.length)} sources`} for{' '}
                <b>{count(data.bar.asked)}</b> things and obtained <b>{count(data.bar.obtained)}</b>.{' '}
                {data.bar.refused > 0 &&
                  `${count(data.bar.refused)} ${data.bar.refused === 1 ? 'was' : 'were'} refused${data.bar.stale > 0 ? ', ' : '. '}`}
                {data.bar.stale > 0 &&
                  `${count(data.bar.stale)} ${data.bar.stale === 1 ? 'is' : 'are'} kept from ${data.bar.staleSince ? short(data.bar.staleSince) : 'an earlier day'}. `}
                {data.unknownVerdicts > 0 ? (
                  <>
                    That leaves{' '}
                    <a href={to.findings('verdict:unknown')}>
                      {some(data.unknownVerdicts, 'verdict', 'verdicts')} unknown
                    </a>
                    ;{' '}
                  </>
                ) : (
                  'No verdict is unknown for it; '
                )}
                {data.writePermissions === 0
                  ? 'no write permission is granted anywhere.'
                  : `${some(data.writePermissions, 'write permission is', 'write permissions are')} granted.`}
              </>
            ) : (
              ' '
            )}
          </Answer>
        </div>
        {admin && (
          <div className="acts">
            <a className="button primary" href="/connections/new">
              Connect a source
            </a>
          </div>
        )}
      </div>
      {connections.error ? (
        <Failure error={connections.error} what="The connections" again={() => void connections.refetch()} />
      ) : !data ? (
        <Waiting rows={5} />
      ) : data.rows.length === 0 ? (
        <Empty title="Nothing is connected yet">
          <p>Reading this host takes about 20 seconds and needs no permission beyond your own.</p>
          <div className="row">
            <a className="button primary" href="/welcome">
              Read something
            </a>
          </div>
        </Empty>
      ) : (
        <>
          <div className="total-bar">
            <Ledger bar={data.bar} tall />
            <p className="facets-line">
              <span>
                <b>{count(data.bar.obtained)}</b> obtained
              </span>
              {data.bar.refused > 0 && (
                <span className="unknown">
                  <b>{count(data.bar.refused)}</b> refused
                </span>
              )}
              {data.bar.stale > 0 && (
                <span className="unknown">
                  <b>{count(data.bar.stale)}</b> kept from{' '}
                  {data.bar.staleSince ? short(data.bar.staleSince) : 'an earlier day'}
                </span>
              )}
            </p>
          </div>
          <div className="two sources-split">
            <section className="section">
              <header>
                <h2>Sources</h2>
                <span className="meta">worst first</span>
              </header>
              <table className="sources-table">
                <thead>
                  <tr>
                    <th className="margin">
                      <span className="hidden-text">State</span>
                    </th>
                    <th>Source</th>
                    <th>Complete</th>
                    <th className="number wide">Identities</th>
                    <th className="number wide">Verdicts lost</th>
                    <th>Last read</th>
                  </tr>
                </thead>
                <tbody>
                  {data.rows.map((row) => (
                    <Source
                      key={row.connection}
                      of={row}
                      at={row.connection === shown}
                      look={() => setLooked(row.connection)}
                    />
                  ))}
                </tbody>
              </table>
            </section>
            <div className="aside">{shown && <Beside id={shown} />}</div>
          </div>
        </>
      )}
    </div>
  )
}

function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('.sources-table a.title')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus()
}

const Source = ({ of, at, look }: { of: ConnectionRow; at: boolean; look: () => void }) => (
  <tr
    className={at ? 'current' : ''}
    onFocus={look}
    onPointerEnter={look}
    onClick={(event) => (event.target as Element).closest('a') === null && go(to.connection(of.connection))}
  >
    <td className="margin">
      <Mark of={MARKS[of.state]} />
    </td>
    <td>
      <a className="title" href={to.connection(of.connection)}>
        <Name text={of.title} longest={80} />
      </a>
      <span className="sub">{of.provider}</span>
    </td>
    <td>
      <Ledger bar={of.bar} live={of.state === 'running'} />
      <SourceWords of={of} />
    </td>
    <td className="number wide">{count(of.identities)}</td>
    <td className="number wide">
      {of.unknownVerdicts > 0 ? (
        <a className="link unknown" href={to.findings(of.query)}>
          {count(of.unknownVerdicts)}
        </a>
      ) : (
        <span className="quiet">0</span>
      )}
    </td>
    <td className="nowrap">
      {of.lastRead ? dayAndTime(of.lastRead) : <span className="quiet">never</span>}
      <span className="sub">{of.next ? `next ${dayAndTime(of.next)}` : 'when asked'}</span>
    </td>
  </tr>
)
