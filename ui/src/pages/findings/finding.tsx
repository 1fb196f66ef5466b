/** Is it true, how bad, what now? In the order that never changes: because, cost, fix, way back, what closes it. */
import { useState } from 'react'
import { assignOwner, useAct } from '../../acting.ts'
import { useAnswer, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import type { FindingPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Because } from '../../parts/because.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Diff, diffLines } from '../../parts/diff.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { attributeWord, date, dayAndTime, effort, some } from '../../words.ts'
import { Aside } from './finding-aside.tsx'
import { Cost, Places } from './finding-cost.tsx'
import { Fix, FixSheet } from './finding-fix.tsx'
import { AgreeSheet, HoldSheet } from './hold-sheet.tsx'
import { reopen, takeBack } from './holding.ts'
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

type Sheet = 'mute' | 'accept' | 'agree' | 'owner' | 'fix'

function Shown({ of }: { of: FindingPage }) {
  const { finding, state } = of
  const [sheet, setSheet] = useState<Sheet | null>(null)
  const close = () => setSheet(null)
  const operator = useMay('operator')
  const mayName = useMay('owner')
  const { busy, refused, run } = useAct()
  const open = finding.state === 'open'
  useKeys({
    c: () => void copyText(finding.id, 'The id is'),
    ...(finding.state !== 'resolved' ? { p: () => setSheet('fix') } : {}),
    ...(operator && open ? { m: () => setSheet('mute') } : {}),
    ...(mayName ? { a: () => setSheet('owner') } : {}),
  })
  return (
    <>
      <div className="head">
        <div>
          <h1 className={finding.state === 'resolved' ? 'struck' : ''}>
            <Sentence text={asTitle(finding.says)} />
          </h1>
          <Answer>
            <Opening of={of} />
          </Answer>
        </div>
        <div className="acts">
          {finding.state !== 'resolved' && <Primary of={of} mayName={mayName} show={setSheet} />}
          {operator && open && (
            <>
              <button type="button" className="button" onClick={() => setSheet('mute')}>
                Mute until…
              </button>
              <button type="button" className="button" onClick={() => setSheet(state.asked ? 'agree' : 'accept')}>
                {state.asked ? `Agree to accept until ${date(state.asked.until)}` : 'Accept until…'}
              </button>
            </>
          )}
          {operator && !open && finding.state !== 'resolved' && (
            <button type="button" className="button" disabled={busy} onClick={() => void run(() => reopen(finding.id))}>
              Open again
            </button>
          )}
        </div>
      </div>
      <Refused error={refused} />
      <div className="two card-body">
        <div>
          {finding.state === 'resolved' && <Closed of={of} />}
          <section className="section">
            <header>
              <h2>Because</h2>
              <span className="meta">{some(of.because.length, 'piece')} of evidence</span>
            </header>
            <Because evidence={of.because} />
            <Places of={of} />
          </section>
          {finding.subject.gone === null && <Cost of={of} />}
          <Fix of={of} />
          <Proofs of={of} />
          <History of={of} undo={operator ? (undo) => void run(() => takeBack(finding.id, undo)) : null} />
        </div>
        <Aside of={of} mayName={mayName && finding.state !== 'resolved'} name={() => setSheet('owner')} />
      </div>
      {(sheet === 'mute' || sheet === 'accept') && (
        <HoldSheet
          what={sheet}
          ids={[finding.id]}
          says={finding.says}
          owner={of.owners.accountable?.name ?? null}
          close={close}
        />
      )}
      {sheet === 'agree' && <AgreeSheet of={of} close={close} />}
      {sheet === 'fix' && <FixSheet of={of} close={close} />}
      {sheet === 'owner' && (
        <OwnerSheet
          of={finding.subject.name}
          suggested={of.owners.suggested?.person ?? null}
          close={close}
          act={(person) => assignOwner(finding.subject.key, finding.subject.name, person)}
        />
      )}
    </>
  )
}

/** The next step of the fix: what Reeve does itself at a press, else the steps for whoever runs the source. */
function Primary({ of, mayName, show }: { of: FindingPage; mayName: boolean; show: (sheet: Sheet) => void }) {
  const { busy, run } = useAct()
  const suggested = of.owners.suggested?.person ?? null
  const grant = of.unknown?.permission ?? null
  if (of.finding.verdict === 'unknown' && grant !== null)
    return (
      <button type="button" className="button primary" onClick={() => void copyText(grant, 'The grant is')}>
        Copy the grant that decides it
      </button>
    )
  if (of.reeveDoes === 'owner' && mayName)
    return (
      <button
        type="button"
        className="button primary"
        disabled={busy}
        onClick={() =>
          suggested
            ? void run(() => assignOwner(of.finding.subject.key, of.finding.subject.name, suggested))
            : show('owner')
        }
      >
        {suggested ? (
          <span>
            Accept <Name text={suggested.name} longest={40} />
          </span>
        ) : (
          'Name who answers'
        )}
      </button>
    )
  return (
    <button type="button" className="button primary" onClick={() => show('fix')}>
      Plan the fix
    </button>
  )
}

function Opening({ of: { finding, state, effort: minutes, unknown } }: { of: FindingPage }) {
  if (finding.state === 'resolved')
    return (
      <>
        <b>Closed on {finding.closed ? date(finding.closed) : 'an unknown day'}, by proof.</b>{' '}
        {cut(state.evidence.join(' '), 400)}
      </>
    )
  if (finding.state !== 'open')
    return (
      <>
        <b>
          {finding.state === 'muted' ? 'Muted' : 'Accepted'} until{' '}
          {finding.until ? date(finding.until) : 'somebody opens it'}
        </b>
        {state.by && <> by {cut(state.by, 60)}</>}
        {state.reason && <>: “{cut(state.reason, 200)}”</>}. It comes back by itself.
      </>
    )
  return (
    <>
      It is about <EntityLink of={finding.subject} />.{' '}
      {finding.verdict === 'unknown' ? (
        <>
          <b>Neither found nor passed:</b> what would decide it was not read.
          {unknown?.permission && ' One grant answers it, to read and no more.'}
        </>
      ) : (
        <b>
          <Sentence text={finding.fix} />
        </b>
      )}
      {minutes !== null && finding.verdict === 'fail' && ` It takes ${effort(minutes)}.`}
      {state.asked && (
        <>
          {' '}
          {cut(state.asked.by, 60)} asks to accept it until {date(state.asked.until)}: “{cut(state.asked.reason, 160)}”.
          A second person decides.
        </>
      )}
    </>
  )
}

/** What the read that closed it saw, before and after. */
const Closed = ({ of: { state, finding } }: { of: FindingPage }) => (
  <section className="section">
    <header>
      <h2>How it closed</h2>
      <span className="meta">
        {[
          finding.closed && dayAndTime(finding.closed),
          state.closed?.connection && `by ${state.closed.connection}`,
          state.closed?.run && `run ${state.closed.run}`,
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
    </header>
    <ul className="closes">
      {state.evidence.map((says) => (
        <li key={says}>
          <Mark of="pass" />
          <Sentence text={says} />
        </li>
      ))}
      {state.evidence.length === 0 && (
        <li>
          <Mark of="unknown" />
          <span className="unknown">What closed it was not kept.</span>
        </li>
      )}
    </ul>
    {state.changes.length > 0 && (
      <Diff
        title="What changed"
        note="as the read told it"
        lines={diffLines(state.changes.map((one) => ({ ...one, name: attributeWord(one.name) })))}
      />
    )}
  </section>
)

const Proofs = ({ of }: { of: FindingPage }) => (
  <section className="section">
    <header>
      <h2>What closes this</h2>
      <span className="meta">
        {of.finding.state === 'resolved'
          ? 'all held when it closed'
          : 'a proof, not a pressed button: open until all hold'}
      </span>
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
)

const History = ({ of, undo }: { of: FindingPage; undo: ((id: string) => void) | null }) => (
  <section className="section">
    <header>
      <h2>History</h2>
    </header>
    <ul className="history">
      {of.history.length === 0 && (
        <li>
          <span />
          <span className="quiet">
            Nothing happened to it yet. It gets a number, and a history, on the day it fails.
          </span>
        </li>
      )}
      {of.history.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike to the letter
        <li key={i}>
          <time dateTime={event.at}>{dayAndTime(event.at)}</time>
          <span>
            <Sentence text={event.says} />
            {event.by && <span className="sub">by {cut(event.by, 80)}</span>}
            {undo && event.undo !== null && (
              <button type="button" className="link meta" onClick={() => undo(event.undo!)}>
                Take it back
              </button>
            )}
          </span>
        </li>
      ))}
    </ul>
  </section>
)
