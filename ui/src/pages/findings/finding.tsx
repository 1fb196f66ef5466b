/** Is it true, how bad, what now? In the order that never changes: because, cost, fix, way back, what closes it. */
import { useState } from 'react'
import { assignOwner, useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import type { FindingPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Because } from '../../parts/because.tsx'
import { Copy, copyText } from '../../parts/copy.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { FixSteps } from '../../parts/fix-steps.tsx'
import { Icon } from '../../parts/icon.tsx'
import { When } from '../../parts/known.tsx'
import { Mark, markName } from '../../parts/mark.tsx'
import { Code, cut, Name } from '../../parts/name.tsx'
import { OwnerFacts } from '../../parts/owner-facts.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { Undo } from '../../parts/undo.tsx'
import { UntilSheet } from '../../parts/until-sheet.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, date, dayAndTime, effort, some } from '../../words.ts'
import { Cost, Places } from './finding-cost.tsx'
import { accept, approve, mute, reopen, takeBack } from './holding.ts'
import './findings.css'

export function Finding({ id = '' }: { id?: string }) {
  const finding = useAnswer<FindingPage>(`/v1/findings/${encodeURIComponent(id)}`)
  useTitle(finding.data?.finding.says ?? 'A finding')
  return (
    <div className="page">
      <p className="crumb">
        <a href="/findings">Findings</a>
        <Icon name="next" size={12} />
        <Name text={id} longest={40} />
      </p>
      {finding.error ? (
        <>
          <h1>A finding</h1>
          <Failure error={finding.error} what="This finding" again={() => void finding.refetch()} />
        </>
      ) : finding.data ? (
        <Shown of={finding.data} />
      ) : (
        <>
          <h1>A finding</h1>
          <Waiting />
        </>
      )}
    </div>
  )
}

const LIVE: Record<string, string> = {
  live: 'it works',
  dead: 'it no longer works',
  blocked: 'it is blocked',
  indeterminate: 'whether it works could not be told',
  'not-asked': 'whether it works was not asked',
}

function Shown({ of }: { of: FindingPage }) {
  const { finding, state } = of
  const [sheet, setSheet] = useState<null | 'mute' | 'accept' | 'owner'>(null)
  const operator = useMay('operator')
  const owner = useMay('owner')
  const { busy, refused, run } = useAct()
  const resolved = finding.state === 'resolved'
  const held = finding.state === 'muted' || finding.state === 'accepted'
  const unknown = finding.verdict === 'unknown'
  const suggested = of.owners.suggested?.person ?? null
  useKeys({
    c: () => void copyText(finding.id, 'The id is'),
    ...(operator && finding.state === 'open' ? { m: () => setSheet('mute') } : {}),
    ...(owner ? { a: () => setSheet('owner') } : {}),
  })
  return (
    <>
      <div className="head">
        <div>
          <h1 className={resolved ? 'struck' : ''}>
            <Sentence text={asTitle(finding.says)} />
          </h1>
          <Answer>
            {resolved ? (
              <>
                <b>Closed on {finding.closed ? date(finding.closed) : 'an unknown day'}, by proof.</b>{' '}
                {state.evidence.join(' ')}
              </>
            ) : held ? (
              <>
                <b>
                  {finding.state === 'muted' ? 'Muted' : 'Accepted'} until{' '}
                  {finding.until ? date(finding.until) : 'somebody opens it'}
                </b>
                {state.by && <> by {cut(state.by, 60)}</>}
                {state.reason && <>: “{cut(state.reason, 200)}”</>}. It comes back by itself.
              </>
            ) : (
              <>
                It is about <EntityLink of={finding.subject} />.{' '}
                <b>
                  <Sentence text={finding.fix} />
                </b>
                {of.effort !== null && ` It takes ${effort(of.effort)}.`}
                {state.asked && (
                  <>
                    {' '}
                    {cut(state.asked.by, 60)} asks to accept it until {date(state.asked.until)}: “
                    {cut(state.asked.reason, 160)}”. A second person decides.
                  </>
                )}
              </>
            )}
          </Answer>
        </div>
        <div className="acts">
          {!resolved && (
            <a className="button primary" href="#fix">
              {unknown ? 'See what decides it' : 'To the fix'}
            </a>
          )}
          {operator && finding.state === 'open' && (
            <>
              <button type="button" className="button" onClick={() => setSheet('mute')}>
                Mute until…
              </button>
              <button
                type="button"
                className="button"
                disabled={busy}
                onClick={() =>
                  state.asked ? void run(() => approve(finding.id, state.asked!.until)) : setSheet('accept')
                }
              >
                {state.asked ? `Agree to accept until ${date(state.asked.until)}` : 'Accept until…'}
              </button>
            </>
          )}
          {operator && held && (
            <button type="button" className="button" disabled={busy} onClick={() => void run(() => reopen(finding.id))}>
              Open again
            </button>
          )}
        </div>
      </div>
      <Refused error={refused} />
      <div className="two card-body">
        <div>
          <section className="section">
            <header>
              <h2>Because</h2>
              <span className="meta">{some(of.because.length, 'piece')} of evidence</span>
            </header>
            <Because evidence={of.because} />
            <Places of={of} />
          </section>
          <Cost of={of} />
          <section className="section" id="fix">
            <header>
              <h2>{unknown ? 'What decides it' : 'The fix'}</h2>
              <span className="meta">{of.effort !== null && effort(of.effort)}</span>
            </header>
            {of.unknown && (
              <div className="empty">
                <p className="beside">
                  <Mark of="unknown" beside />
                  <Sentence text={of.unknown.reason} />
                </p>
                {of.unknown.permission && (
                  <div className="spaced">
                    <Copy text={of.unknown.permission} says="read only; copy and give to whoever runs the source" />
                  </div>
                )}
              </div>
            )}
            <FixSteps of={of.fix} />
            {of.undo && (
              <div className="facets-line">
                <Undo says={of.undo} />
              </div>
            )}
          </section>
          <section className="section">
            <header>
              <h2>What closes this</h2>
              <span className="meta">open until all hold</span>
            </header>
            <ul className="closes">
              {of.closes.map((proof) => (
                <li key={proof.says}>
                  <Mark of={proof.holds === null ? 'unknown' : proof.holds ? 'pass' : 'low'} />
                  <span>
                    <Sentence text={proof.says} />
                    <span className={proof.holds === null ? 'sub unknown' : 'sub'}>
                      {proof.holds === null ? 'cannot be told yet' : proof.holds ? 'holds' : 'does not hold yet'}
                      {proof.because && `: ${cut(proof.because, 240)}`}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          </section>
          <section className="section">
            <header>
              <h2>History</h2>
            </header>
            <ul className="history">
              {of.history.map((event, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike to the letter
                <li key={i}>
                  <time dateTime={event.at}>{dayAndTime(event.at)}</time>
                  <span>
                    <Sentence text={event.says} />
                    {event.by && <span className="sub">by {cut(event.by, 80)}</span>}
                    {operator && event.undo !== null && (
                      <button
                        type="button"
                        className="link meta"
                        disabled={busy}
                        onClick={() => void run(() => takeBack(finding.id, event.undo!))}
                      >
                        Take it back
                      </button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <aside className="aside" aria-label="About this finding">
          <dl className="facts">
            <div>
              <dt>{unknown ? 'Verdict' : 'Severity'}</dt>
              <dd className="beside">
                <Mark of={unknown ? 'unknown' : finding.severity} beside />
                <b className={unknown ? 'unknown' : finding.severity}>
                  {unknown
                    ? `Unknown; ${markName(finding.severity).toLowerCase()} if it fails`
                    : markName(finding.severity)}
                </b>
              </dd>
            </div>
            {of.severityParts.length > 0 && (
              <div>
                <dt>Why {markName(finding.severity).toLowerCase()}</dt>
                <dd className="parts-sum">
                  {of.severityParts.map((part) => (
                    <div key={part.says}>
                      <span>{part.says}</span>
                      <span>
                        {part.points} <span className="meta">of {part.most}</span>
                      </span>
                    </div>
                  ))}
                  <div>
                    <span>Total</span>
                    <span>{of.severityParts.reduce((sum, part) => sum + part.points, 0)}</span>
                  </div>
                </dd>
              </div>
            )}
            <OwnerFacts
              of={of.owners}
              act={
                owner && (
                  <span className="row owner-acts">
                    {suggested && !of.owners.accountable && (
                      <button
                        type="button"
                        className="button small"
                        disabled={busy}
                        onClick={() =>
                          void run(() => assignOwner(finding.subject.key, finding.subject.name, suggested))
                        }
                      >
                        <span>
                          Accept <Name text={suggested.name.split(/[\s@]/)[0]!} longest={20} />
                        </span>
                      </button>
                    )}
                    <button type="button" className="button small bare" onClick={() => setSheet('owner')}>
                      {of.owners.accountable ? 'Change' : 'Assign'}
                    </button>
                  </span>
                )
              }
            />
            <div>
              <dt>{resolved ? 'Was open since' : 'Open since'}</dt>
              <dd>
                <When at={finding.opened} both />
              </dd>
            </div>
            {of.secret && (
              <div>
                <dt>The secret</dt>
                <dd>
                  <Code text={of.secret.redacted} longest={60} />
                  <span className="sub">
                    {of.secret.detector} ({of.secret.provider}); {LIVE[of.secret.live] ?? of.secret.live}
                  </span>
                  {of.secret.keyId && (
                    <span className="sub">
                      key id <Code text={of.secret.keyId} longest={80} />
                    </span>
                  )}
                  <span className="sub">the value is kept nowhere</span>
                </dd>
              </div>
            )}
            <div>
              <dt>Rule</dt>
              <dd>
                <a className="link" href={to.rule(finding.rule)}>
                  {finding.rule}
                </a>
                <span className="sub">{finding.owasp.length > 0 && `OWASP ${finding.owasp.join(', ')}`}</span>
                <span className="sub">{of.why}</span>
              </dd>
            </div>
            {of.alsoCloses.length > 0 && (
              <div>
                <dt>The same fix closes</dt>
                <dd>
                  {of.alsoCloses.slice(0, 8).map((other) => (
                    <span className="beside sub-line" key={other.id}>
                      <Mark of={other.verdict === 'unknown' ? 'unknown' : other.severity} size={14} />
                      <a className="link" href={to.finding(other.id)}>
                        <Sentence text={asTitle(other.says)} />
                      </a>
                    </span>
                  ))}
                  {of.alsoCloses.length > 8 && <span className="sub">and {count(of.alsoCloses.length - 8)} more</span>}
                </dd>
              </div>
            )}
          </dl>
        </aside>
      </div>
      {sheet === 'mute' && (
        <UntilSheet
          what="mute"
          says={finding.says}
          close={() => setSheet(null)}
          act={(until, reason) => mute(finding.id, until, reason)}
        />
      )}
      {sheet === 'accept' && (
        <UntilSheet
          what="accept"
          says={finding.says}
          close={() => setSheet(null)}
          act={(until, reason) => accept(finding.id, until, reason)}
        />
      )}
      {sheet === 'owner' && (
        <OwnerSheet
          of={finding.subject.name}
          suggested={suggested}
          close={() => setSheet(null)}
          act={(person) => assignOwner(finding.subject.key, finding.subject.name, person)}
        />
      )}
    </>
  )
}
