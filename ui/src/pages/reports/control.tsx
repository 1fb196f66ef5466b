/** A control: what it asks, how it stands and why, and the evidence with its dates, rows and listings. */
import { to } from '../../address.tsx'
import type { ControlView, EvidenceItem, EvidenceState } from '../../nouns.ts'
import { When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { count, dayAndTime, some } from '../../words.ts'

const MARKS = { met: 'pass', 'not-met': 'high', unknown: 'unknown', 'not-applicable': 'not-judged' } as const
export const STATE_WORDS: Readonly<Record<EvidenceState, string>> = {
  met: 'met',
  'not-met': 'not met',
  unknown: 'unknown',
  'not-applicable': 'not applicable',
}
const COLOURS: Readonly<Record<EvidenceState, string>> = {
  met: 'pass',
  'not-met': 'high',
  unknown: 'unknown',
  'not-applicable': 'quiet',
}

export const Control = ({ of, framework }: { of: ControlView; framework: string }) => (
  <section className="section control" aria-label={`${of.id} ${of.title}`}>
    <header>
      <Mark of={MARKS[of.state]} beside />
      <h2>
        <span className="control-id">{of.id}</span> {of.title}
      </h2>
      <b className={COLOURS[of.state]}>{STATE_WORDS[of.state]}</b>
    </header>
    <p className="prose control-asks">{of.asks}</p>
    <p className="prose quiet">{of.because}</p>
    {of.beside !== null && <p className="meta">Beside it, from you: {of.beside}</p>}
    <ol className="evidence">
      {of.evidence.map((item) => (
        <li key={item.id}>
          <Mark of={MARKS[item.state]} />
          <div>
            <p>
              <b>{item.says}</b>
            </p>
            <Numbers of={item} framework={framework} control={of.id} />
            <Dated of={item} />
          </div>
        </li>
      ))}
    </ol>
  </section>
)

/** "Met for 291, not met for 2, unknown for 19", each number the way to its rows. */
function Numbers({ of, framework, control }: { of: EvidenceItem; framework: string; control: string }) {
  const link = (state: EvidenceState, n: number, others: boolean) =>
    n === 0 ? (
      '0'
    ) : (
      <a
        className={`link ${state === 'unknown' ? 'unknown' : ''}`}
        href={`/reports/${framework}?${new URLSearchParams({ control, evidence: of.id, state, ...(others ? { of: 'others' } : {}) })}`}
      >
        {count(n)}
      </a>
    )
  const line = (tally: EvidenceItem['identities'], others: boolean) => (
    <>
      met for {link('met', tally.met, others)}, not met for {link('not-met', tally.notMet, others)}, unknown for{' '}
      {link('unknown', tally.unknown, others)}
    </>
  )
  const { others } = of
  return (
    <p className="evidence-numbers">
      {some(of.identities.met + of.identities.notMet + of.identities.unknown, 'identity', 'identities')}:{' '}
      {line(of.identities, false)}
      {of.identities.notApplicable > 0 && (
        <>, not applicable to {link('not-applicable', of.identities.notApplicable, false)}</>
      )}
      .{' '}
      {others.met + others.notMet + others.unknown > 0 && (
        <>Of what belongs to no identity that is known: {line(others, true)}.</>
      )}
    </p>
  )
}

function Dated({ of }: { of: EvidenceItem }) {
  const missing = of.sources.filter(({ complete }) => !complete)
  return (
    <>
      <p className="meta">
        {of.judged === null ? 'Not judged yet.' : `Judged ${dayAndTime(of.judged)}. `}
        {of.judged !== null &&
          (of.read === null ? 'No listing that was read bears on it. ' : `Read from ${dayAndTime(of.read)} on. `)}
        {of.findings !== null && of.findings.count > 0 && (
          <>
            <a className="link" href={to.findings(of.findings.q)}>
              {some(of.findings.count, 'finding')}
            </a>
            .{' '}
          </>
        )}
        {of.open !== null && of.open.count > 0 && (
          <>
            <a className="link unknown" href={to.findings(of.open.q)}>
              {some(of.open.count, 'verdict')} not reached
            </a>
            .
          </>
        )}
      </p>
      {of.partial && (
        <p className="meta unknown">
          {some(missing.length, 'listing')} of {count(of.sources.length)} {missing.length === 1 ? 'was' : 'were'} not
          read whole
          {of.state === 'unknown' ? ', so it is not called met.' : '.'}
        </p>
      )}
      <details className="evidence-rests">
        <summary>On what it rests</summary>
        <ul>
          {of.rules.map((rule) => (
            <li key={rule.id}>
              {rule.asked ? (
                <a className="link" href={to.rule(rule.id)}>
                  {rule.title}
                </a>
              ) : (
                <>
                  {rule.title} <span className="high">, not asked here</span>
                </>
              )}
            </li>
          ))}
          {of.facts.map((fact) => (
            <li key={fact}>
              The fact <code>{fact}</code> of what was read
            </li>
          ))}
        </ul>
        {of.sources.length > 0 && (
          <table>
            <thead>
              <tr>
                <th>Listing</th>
                <th className="number">Read</th>
                <th className="number">Refused</th>
                <th>When</th>
              </tr>
            </thead>
            <tbody>
              {of.sources.map((line) => (
                <tr key={`${line.connection} ${line.collection}`}>
                  <td>
                    <a className="link" href={to.connection(line.connection)}>
                      {line.connection}
                    </a>{' '}
                    {line.collection}
                    {!line.complete && (
                      <span className="sub unknown">
                        {line.reason ?? 'not read whole, and no reason was given'}
                        {line.permission !== null && (
                          <>
                            {'; '}
                            <code>{line.permission}</code> would answer it
                          </>
                        )}
                      </span>
                    )}
                  </td>
                  <td className="number">{count(line.obtained)}</td>
                  <td className={line.refused > 0 ? 'number unknown' : 'number quiet'}>{count(line.refused)}</td>
                  <td className="nowrap">
                    <When at={line.read} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </details>
    </>
  )
}
