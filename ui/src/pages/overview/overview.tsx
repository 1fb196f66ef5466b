/** What will bite me next? Five sentences by value, the first one open. */
import { useEffect, useRef } from 'react'
import { go, to, useAsOf } from '../../address.tsx'
import { answers, useAnswer, useFrame } from '../../asking.ts'
import { useSteps } from '../../frame/steps.ts'
import { useTitle } from '../../frame/title.ts'
import { Problem, sentenceOf } from '../../http.ts'
import type { Overview as Answered, Thing } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { FixLine } from '../../parts/fix-line.tsx'
import { Mark } from '../../parts/mark.tsx'
import { OwnerLine } from '../../parts/owner-line.tsx'
import { asProse, asTitle, Sentence } from '../../parts/sentence.tsx'
import { Undo } from '../../parts/undo.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { ago, count, date, dayAndTime, exact, longDate, now, percent, some, spell } from '../../words.ts'
import { skippedFirstRun } from '../first-run/skipped.ts'
import { Opened } from './opened.tsx'
import { SidePictures } from './side-pictures.tsx'
import { thingPath } from './thing-path.ts'
import './overview.css'

export function Overview() {
  const frame = useFrame()
  const asOf = useAsOf()
  const overview = useAnswer<Answered>('/v1/overview')
  useTitle('Overview')
  const first = frame?.firstRun === true && asOf === null && !skippedFirstRun()
  useEffect(() => {
    if (first) go('/welcome', { replace: true })
  }, [first])
  const data = overview.data
  return (
    <div className="page two overview">
      <div>
        <p className="meta">
          {longDate(data ? Date.parse(data.at) : now())}
          {data?.lastRead && ` · last read ${asOf === null ? ago(data.lastRead) : dayAndTime(data.lastRead)}`}
        </p>
        <h1 className="large">
          {data && data.things.length > 0 && data.things.length < 5
            ? `${capital(spell(data.things.length))} ${data.things.length === 1 ? 'thing' : 'things'} to know`
            : 'Five things to know'}
        </h1>
        {overview.error && data && (
          <Earlier at={data.at} error={overview.error} again={() => void overview.refetch()} />
        )}
        {data ? (
          <Body of={data} />
        ) : overview.error ? (
          <Failure error={overview.error} what="The overview" again={() => void overview.refetch()} />
        ) : (
          <Waiting rows={5} />
        )}
      </div>
      {data && <SidePictures of={data} />}
    </div>
  )
}

/** The last answer stays for whoever comes back while the server cannot give a newer one. */
answers.setQueryDefaults(['/v1/overview'], { gcTime: Number.POSITIVE_INFINITY })

const Earlier = ({ at, error, again }: { at: string; error: Error; again: () => void }) => (
  <div className="earlier" role="alert">
    <p>
      <b>This is as of {exact(at)}.</b> It could not be read again: {sentenceOf(error)} (
      <code>{error instanceof Problem ? error.code : 'console/error'}</code>). Nothing was changed and no sync was lost;
      syncs wait and go on by themselves.
    </p>
    <button type="button" className="button small" onClick={again}>
      Try again
    </button>
  </div>
)

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function Body({ of }: { of: Answered }) {
  const list = useRef<HTMLOListElement>(null)
  useSteps(list, '.thing-title')
  return (
    <>
      {of.answer.identities > 0 && (of.mine ? <SaysMine of={of} mine={of.mine} /> : <Says of={of} />)}
      {of.things.length === 0 ? (
        <NothingYet of={of} />
      ) : (
        <ol className="things" ref={list}>
          {of.things.map((thing, i) => (
            <li key={thing.opens.what === 'finding' ? thing.opens.id : thing.says}>
              <div className="thing-margin">
                <Mark of={thing.mark} />
                <span className="thing-number">{i + 1}</span>
              </div>
              <Item of={thing} open={i === 0} />
            </li>
          ))}
        </ol>
      )}
      {of.things.length > 0 && <Rest of={of} />}
    </>
  )
}

function Says({ of }: { of: Answered }) {
  const { identities, machines, people, perPerson, unowned, ...since } = of.answer
  return (
    <Answer>
      <a href="/identities">
        <b>{count(identities)}</b>
      </a>{' '}
      {identities === 1 ? 'identity works' : 'identities work'} here
      {machines < identities && (
        <>
          ,{' '}
          <a href={to.inventory('-account:human')}>
            {count(machines)} of them {machines === 1 ? 'a machine' : 'machines'}
          </a>
        </>
      )}
      {perPerson !== null && (
        <>
          , {perPerson} {machines < identities ? '' : 'machines '}for each of{' '}
          <a href={to.inventory('', 'person')}>{some(people, 'person', 'people')}</a>
        </>
      )}
      {unowned > 0 && (
        <>
          ; <a href={to.inventory('owner:none')}>{unowned === identities ? 'all' : count(unowned)} answer to nobody</a>
        </>
      )}
      . Since {date(since.since)}{' '}
      {since.new > 0 ? (
        <a href={to.inventory('seen:<7d')}>
          {since.new === identities ? 'all are' : since.new === 1 ? 'one is' : `${count(since.new)} are`} new
        </a>
      ) : (
        'none is new'
      )}
      ,{' '}
      {since.closed === 0 ? (
        'no finding closed'
      ) : (
        <a href={to.findings('state:resolved closed:<7d')}>{some(since.closed, 'finding')} closed</a>
      )}
      {since.quiet > 0 && (
        <>
          , and{' '}
          <a href="/connections">{since.quiet === 1 ? 'one source' : `${count(since.quiet)} sources`} went quiet</a>
        </>
      )}
      .{' '}
      {of.ledger.asked > 0 && (
        <>
          This is what we know from{' '}
          <a href="/connections">{of.ledger.percent === 100 ? 'all' : percent(of.ledger.percent)}</a> of what we asked
          for.
        </>
      )}
      {of.judging && ' What was read last is being judged; findings may change.'}
    </Answer>
  )
}

/** The words, within what the caller answers for where that alone is shown. */
const inventoryOf = (mine: Answered['mine'], words: string): string =>
  to.inventory(mine ? `${mine.identities} ${words}`.trim() : words)
const findingsOf = (mine: Answered['mine'], words: string): string =>
  to.findings(mine ? `${mine.findings} ${words}`.trim() : words)

/** The same sentence to an owner, of what is theirs. */
function SaysMine({ of, mine }: { of: Answered; mine: NonNullable<Answered['mine']> }) {
  const { identities, machines, ...since } = of.answer
  return (
    <Answer>
      You answer for{' '}
      <a href={inventoryOf(mine, '')}>
        <b>{count(identities)}</b> {identities === 1 ? 'identity' : 'identities'}
      </a>
      {machines > 0 && machines < identities && (
        <>
          ,{' '}
          <a href={inventoryOf(mine, '-account:human')}>
            {count(machines)} of them {machines === 1 ? 'a machine' : 'machines'}
          </a>
        </>
      )}
      . Since {date(since.since)}{' '}
      {since.new > 0 ? (
        <a href={inventoryOf(mine, 'seen:<7d')}>{since.new === 1 ? 'one is' : `${count(since.new)} are`} new</a>
      ) : (
        'none is new'
      )}
      ,{' '}
      {since.closed === 0 ? (
        'no finding closed'
      ) : (
        <a href={findingsOf(mine, 'state:resolved closed:<7d')}>{some(since.closed, 'finding')} closed</a>
      )}
      {since.quiet > 0 && `, and ${since.quiet === 1 ? 'one source' : `${count(since.quiet)} sources`} went quiet`}.{' '}
      {of.ledger.asked > 0 && (
        <>
          Where they live we know {of.ledger.percent === 100 ? 'all' : percent(of.ledger.percent)} of what we asked for.{' '}
        </>
      )}
      <a href="/inbox">Your inbox</a> has what waits for you.
      {of.judging && ' What was read last is being judged; findings may change.'}
    </Answer>
  )
}

const Rest = ({ of: { answer, mine } }: { of: Answered }) => (
  <p className="beside quiet after-things">
    {answer.unknownVerdicts > 0 && <Mark of="unknown" beside />}
    <span>
      <a className="link" href={findingsOf(mine, '')}>
        {some(answer.openFindings, 'finding is', 'findings are')} open
      </a>
      {answer.unknownVerdicts > 0 && (
        <>
          ;{' '}
          <a className="link" href={findingsOf(mine, 'verdict:unknown')}>
            {some(answer.unknownVerdicts, 'verdict is', 'verdicts are')} unknown
          </a>{' '}
          and counted nowhere else
        </>
      )}
      .
    </span>
  </p>
)

const NothingYet = ({ of }: { of: Answered }) => {
  const read = some(of.answer.identities, 'identity was', 'identities were')
  if (of.answer.identities === 0 && of.judged === null && of.mine === null)
    return (
      <Empty title="Nothing has been read yet">
        <p>Reading this host takes about 20 seconds and needs no permission beyond your own.</p>
        <div className="row">
          <a className="button primary" href="/welcome">
            Read something
          </a>
        </div>
      </Empty>
    )
  if (of.mine && of.answer.identities === 0) return <NothingYours why={of.mine.nobody} />
  if (of.judged === null || of.judging)
    return (
      <Empty title="Being judged">
        <p>
          {read} read; whether any of them is wrong is being worked out now. The first things to know appear here by
          themselves.
        </p>
      </Empty>
    )
  return (
    <Empty title="Nothing to know yet" mark={of.answer.unknownVerdicts > 0 ? <Mark of="unknown" beside /> : undefined}>
      <p>
        {read} read and none is wrong by {some(of.rules, 'rule')}
        {of.answer.unknownVerdicts > 0 && (
          <>
            ;{' '}
            <a className="link" href={findingsOf(of.mine, 'verdict:unknown')}>
              {some(of.answer.unknownVerdicts, 'verdict is', 'verdicts are')} unknown
            </a>
          </>
        )}
        {of.nextExpiry ? (
          <>
            ; the next expiry is on{' '}
            <a className="link" href="/expiry">
              {date(of.nextExpiry)}
            </a>
          </>
        ) : (
          '; no end date is known'
        )}
        .
      </p>
    </Empty>
  )
}

const NothingYours = ({ why }: { why: string | null }) =>
  why === null ? (
    <Empty title="You answer for nothing yet">
      <p>
        Whatever somebody names you for, or a source names you for, stands here and in{' '}
        <a className="link" href="/inbox">
          your inbox
        </a>
        .
      </p>
    </Empty>
  ) : (
    <Empty title="What is yours is unknown" mark={<Mark of="unknown" beside />}>
      <p>{capital(why)}. Ask an admin to add your address.</p>
    </Empty>
  )

function Item({ of, open }: { of: Thing; open: boolean }) {
  const href = thingPath(of)
  return (
    <div>
      <h2>
        <a href={href} className="thing-title">
          <Sentence text={asTitle(of.says)} />
        </a>
      </h2>
      <p className="quiet thing-because">
        <Sentence text={asProse(of.because, open ? 3 : 1)} />
        {of.more > 0 && of.opens.what === 'finding' && (
          <> {some(of.more, 'more like it is', 'more like it are')} closed by the same fix.</>
        )}
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
