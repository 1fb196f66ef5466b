/** The first thing, open: what it could cost, who should act, the fix and the way back, and what can be pressed. */
import { lazy, Suspense, useState } from 'react'
import { assignOwner, useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { useMay } from '../../asking.ts'
import type { Person, Thing } from '../../nouns.ts'
import { BlastRing, hasBlast } from '../../parts/blast-ring.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asSentences, Sentence } from '../../parts/sentence.tsx'
import { count, effort, some } from '../../words.ts'

const OwnerSheet = lazy(() => import('../../parts/owner-sheet.tsx').then((module) => ({ default: module.OwnerSheet })))

export function Opened({ of, href }: { of: Thing; href: string }) {
  const finding = of.opens.what === 'finding'
  const ring = finding && hasBlast(of.cost)
  return (
    <>
      <div className={ring ? 'opened' : 'opened no-ring'}>
        {ring && <BlastRing of={of.cost} kind={of.subject?.kind ?? null} type={of.subject?.type ?? null} />}
        <div>
          <h3 className="label">{finding ? 'What it could cost' : 'What it would answer'}</h3>
          {finding ? <Cost of={of.cost} /> : <Answers of={of.cost} />}
        </div>
        <div>
          <h3 className="label">Who should act</h3>
          {finding ? <Who of={of.owner} /> : <p>Whoever may give Reeve that permission at its source.</p>}
        </div>
        <div>
          <h3 className="label">Fix, and the way back</h3>
          <p>
            <b>
              <Sentence text={of.fix[0] ?? 'Open it to see what decides.'} />
            </b>{' '}
            {of.effort !== null && <span className="quiet">{effort(of.effort)}. </span>}
            <Sentence text={of.undo} />
          </p>
        </div>
      </div>
      <Acts of={of} href={href} />
    </>
  )
}

const Cost = ({ of }: { of: Thing['cost'] }) => (
  <p>
    <b>{of.reached === 0 ? 'Reaches nothing that we know' : `Reaches ${count(of.reached)}`}</b>
    {of.sensitive > 0 && `, ${count(of.sensitive)} of them sensitive`}
    {of.unknown > 0 && <span className="unknown">; {count(of.unknown)} unknown</span>}.{' '}
    {of.dependents === 0
      ? 'Nothing we saw depends on it.'
      : `${some(of.dependents, 'thing depends', 'things depend')} on it.`}
  </p>
)

/** Of a permission that is missing: the verdicts that wait for it. */
const Answers = ({ of }: { of: Thing['cost'] }) => (
  <p>
    <b className="unknown">{some(of.unknown, 'verdict')}</b> that nobody can reach now
    {of.sensitive > 0 && `, ${count(of.sensitive)} about what is sensitive`}. Until then none of them counts as passed.
  </p>
)

const Who = ({ of }: { of: Thing['owner'] }) =>
  of.accountable ? (
    <p>
      <b>
        <Name text={of.accountable.name} longest={60} />
      </b>{' '}
      answers for it.
    </p>
  ) : of.suggested ? (
    <p>
      <b>
        <Name text={of.suggested.person.name} longest={60} />
      </b>
      , suggested. {asSentences(of.suggested.because, 2)} Nobody is accountable now.
    </p>
  ) : (
    <p>
      <b className="high">Nobody</b> answers for it, and nothing we read suggests anybody.
    </p>
  )

function Acts({ of, href }: { of: Thing; href: string }) {
  const { subject, owner } = of
  const may = useMay('owner')
  const { busy, refused, run } = useAct()
  const [named, setNamed] = useState(false)
  const [asking, setAsking] = useState(false)
  const open = may && subject !== null && owner.accountable === null && !named
  const assign = async (person: Person) => {
    await assignOwner(subject!.key, subject!.name, person)
    setNamed(true)
  }
  return (
    <>
      <Refused error={refused} />
      <div className="row">
        <a className="button primary" href={href}>
          {of.opens.what === 'finding' ? 'See the evidence and the fix' : 'See the grant that answers it'}
        </a>
        {open && owner.suggested && (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => void run(() => assign(owner.suggested!.person))}
          >
            <span>
              Accept <Name text={owner.suggested.person.name.split(/[\s@]/)[0]!} longest={24} /> as owner
            </span>
          </button>
        )}
        {open && !owner.suggested && (
          <button type="button" className="button" onClick={() => setAsking(true)}>
            Say who answers for it
          </button>
        )}
        {subject && (
          <a className={open ? 'button bare' : 'button'} href={to.entity(subject.key)}>
            <KindIcon kind={subject.kind} type={subject.type} />
            <Name text={subject.name} longest={40} />
          </a>
        )}
      </div>
      {asking && subject && (
        <Suspense>
          <OwnerSheet of={subject.name} suggested={null} close={() => setAsking(false)} act={assign} />
        </Suspense>
      )}
    </>
  )
}
