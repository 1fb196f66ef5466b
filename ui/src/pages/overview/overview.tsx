/** What will bite me next? Five sentences by value, the first one open. */
import { useEffect, useState } from 'react'
import { assignOwner, useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { useAnswer, useFrame, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Overview as Answered, Thing } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { BlastRing, hasBlast } from '../../parts/blast-ring.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { FixLine } from '../../parts/fix-line.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { OwnerLine } from '../../parts/owner-line.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asProse, asSentences, asTitle, Sentence } from '../../parts/sentence.tsx'
import { Undo } from '../../parts/undo.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { ago, count, date, effort, longDate, now, percent, some, spell } from '../../words.ts'
import { skippedFirstRun } from '../first-run/skipped.ts'
import { SidePictures } from './side-pictures.tsx'
import './overview.css'

export function Overview() {
  const frame = useFrame()
  const overview = useAnswer<Answered>('/v1/overview')
  useTitle('Overview')
  const first = frame?.firstRun === true && !skippedFirstRun()
  useEffect(() => {
    if (first) go('/welcome', { replace: true })
  }, [first])
  const data = overview.data
  return (
    <div className="page two overview">
      <div>
        <p className="meta">
          {longDate(now())}
          {data?.lastRead && ` · last read ${ago(data.lastRead)}`}
        </p>
        <h1 className="large">
          {data && data.things.length > 0 && data.things.length < 5
            ? `${capital(spell(data.things.length))} ${data.things.length === 1 ? 'thing' : 'things'} to know`
            : 'Five things to know'}
        </h1>
        {overview.error ? (
          <Failure error={overview.error} what="The overview" again={() => void overview.refetch()} />
        ) : data ? (
          <Body of={data} />
        ) : (
          <Waiting rows={5} />
        )}
      </div>
      {data && <SidePictures of={data} />}
    </div>
  )
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function Body({ of }: { of: Answered }) {
  const { answer } = of
  return (
    <>
      <Answer>
        <a href="/identities">
          <b>{count(answer.identities)}</b>
        </a>{' '}
        machine {answer.identities === 1 ? 'identity works' : 'identities work'} here
        {answer.perPerson !== null && <>, {answer.perPerson} for each person</>}
        {answer.unowned > 0 ? (
          <>
            ;{' '}
            <a href={to.inventory('owner:none')}>
              {answer.unowned === answer.identities ? 'all' : count(answer.unowned)} answer to nobody
            </a>
          </>
        ) : null}
        . Since {date(answer.since)}{' '}
        {answer.new > 0 ? (
          <a href={to.inventory('', 'identity').concat('&sort=-firstSeen')}>
            {answer.new === 1 ? 'one is new' : `${count(answer.new)} are new`}
          </a>
        ) : (
          'none is new'
        )}
        , {answer.closed === 0 ? 'no finding' : some(answer.closed, 'finding')} closed
        {answer.quiet > 0 && (
          <>, and {answer.quiet === 1 ? 'one source' : `${count(answer.quiet)} sources`} went quiet</>
        )}
        . This is what we know from{' '}
        <a href="/connections">{of.ledger.percent === 100 ? 'all' : percent(of.ledger.percent)}</a> of what we asked
        for.
      </Answer>
      {of.things.length === 0 ? (
        <NothingYet of={of} />
      ) : (
        <ol className="things">
          {of.things.map((thing, i) => (
            <li key={thing.opens.what === 'finding' ? thing.opens.id : thing.opens.connection}>
              <div className="thing-margin">
                <Mark of={thing.mark} />
                <span className="thing-number">{i + 1}</span>
              </div>
              <Item of={thing} open={i === 0} />
            </li>
          ))}
        </ol>
      )}
      {of.things.length > 0 && (
        <p className="beside quiet after-things">
          {answer.unknownVerdicts > 0 && <Mark of="unknown" beside />}
          <span>
            <a className="link" href="/findings">
              {some(answer.openFindings, 'finding is', 'findings are')} open
            </a>
            {answer.unknownVerdicts > 0 && (
              <>
                ;{' '}
                <a className="link" href={to.findings('verdict:unknown')}>
                  {some(answer.unknownVerdicts, 'verdict is', 'verdicts are')} unknown
                </a>{' '}
                and counted nowhere else
              </>
            )}
            .
          </span>
        </p>
      )}
    </>
  )
}

const NothingYet = ({ of }: { of: Answered }) =>
  of.answer.identities === 0 ? (
    <Empty title="Nothing has been read yet">
      <p>Reading this host takes about 20 seconds and needs no permission beyond your own.</p>
      <div className="row">
        <a className="button primary" href="/welcome">
          Read something
        </a>
      </div>
    </Empty>
  ) : (
    <Empty title="Nothing to know yet">
      <p>
        {some(of.answer.identities, 'identity was', 'identities were')} read and none is wrong by{' '}
        {some(of.rules, 'rule')}
        {of.answer.unknownVerdicts > 0
          ? `; ${some(of.answer.unknownVerdicts, 'verdict is', 'verdicts are')} unknown`
          : ''}
        {of.nextExpiry ? `; the next expiry is on ${date(of.nextExpiry)}` : '; no end date is known'}.
      </p>
    </Empty>
  )

const hrefOf = (thing: Thing) =>
  thing.opens.what === 'finding' ? to.finding(thing.opens.id) : to.connection(thing.opens.connection)

function Item({ of, open }: { of: Thing; open: boolean }) {
  const href = hrefOf(of)
  return (
    <div>
      <h2>
        <a href={href} className="thing-title">
          <Sentence text={asTitle(of.says)} />
        </a>
      </h2>
      <p className="quiet thing-because">
        <Sentence text={asProse(of.because, open ? 3 : 1)} />
        {of.more > 0 && <> {some(of.more, 'more like it is', 'more like it are')} closed by the same fix.</>}
      </p>
      {open ? (
        <Opened of={of} href={href} />
      ) : (
        <div className="facets-line">
          {of.opens.what === 'finding' && <OwnerLine owner={of.owner.accountable} suggested={of.owner.suggested} />}
          {of.fix[0] && <FixLine says={of.fix[0]} />}
          {of.undo && <Undo says={of.undo} />}
        </div>
      )}
    </div>
  )
}

function Opened({ of, href }: { of: Thing; href: string }) {
  const { cost } = of
  const ring = of.opens.what === 'finding' && hasBlast(cost)
  const may = useMay('owner')
  const { busy, refused, run } = useAct()
  const [accepted, setAccepted] = useState(false)
  const person = of.owner.suggested?.person
  return (
    <>
      <div className={ring ? 'opened' : 'opened no-ring'}>
        {ring && <BlastRing of={cost} kind={of.subject?.kind ?? null} type={of.subject?.type ?? null} />}
        <div>
          <h3 className="label">What it could cost</h3>
          <p>
            <b>{cost.reached === 0 ? 'Reaches nothing that we know' : `Reaches ${count(cost.reached)}`}</b>
            {cost.sensitive > 0 && `, ${count(cost.sensitive)} of them sensitive`}
            {cost.unknown > 0 && <span className="unknown">; {count(cost.unknown)} unknown</span>}.{' '}
            {cost.dependents === 0
              ? 'Nothing we saw depends on it.'
              : `${some(cost.dependents, 'thing depends', 'things depend')} on it.`}
          </p>
        </div>
        <div>
          <h3 className="label">Who should act</h3>
          {of.owner.accountable ? (
            <p>
              <b>
                <Name text={of.owner.accountable.name} longest={60} />
              </b>{' '}
              answers for it.
            </p>
          ) : person ? (
            <p>
              <b>
                <Name text={person.name} longest={60} />
              </b>
              , suggested. {asSentences(of.owner.suggested?.because ?? [], 2)} Nobody is accountable now.
            </p>
          ) : (
            <p>
              <b className="high">Nobody</b> answers for it, and nothing we read suggests anybody.
            </p>
          )}
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
      <Refused error={refused} />
      <div className="row">
        <a className="button primary" href={href}>
          {of.opens.what === 'finding' ? 'See the evidence and the fix' : 'See the grant that answers it'}
        </a>
        {may && person && of.subject && !of.owner.accountable && !accepted && (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => void run(() => assignOwner(of.subject!.key, of.subject!.name, person)).then(setAccepted)}
          >
            <span>
              Accept <Name text={person.name.split(/[\s@]/)[0]!} longest={24} /> as owner
            </span>
          </button>
        )}
        {of.subject && (
          <a className="button bare" href={to.entity(of.subject.key)}>
            <KindIcon kind={of.subject.kind} type={of.subject.type} />
            <Name text={of.subject.name} longest={40} />
          </a>
        )}
      </div>
    </>
  )
}
