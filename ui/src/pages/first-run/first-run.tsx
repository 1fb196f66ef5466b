/** From a used one-time link to the first true thing, with what is read, from where, and how complete, all the time. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { openPalette } from '../../frame/frame.tsx'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import type { FirstRun as Answered, Offer, SourceProgress, Thing } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Ledger, LedgerWords } from '../../parts/ledger.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asProse, asTitle, Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some, spell } from '../../words.ts'
import { ListingProgress } from '../connections/progress.tsx'
import '../connections/connections.css'
import { thingPath } from '../overview/thing-path.ts'
import { skipFirstRun } from './skipped.ts'
import './first-run.css'

export function FirstRun() {
  const [reading, setReading] = useState(true)
  const answer = useAnswer<Answered>('/v1/first-run', { every: reading ? 1000 : 8000 })
  useTitle('First run')
  const data = answer.data
  const active = data?.sources.some(isRead) ?? true
  if (active !== reading) setReading(active)
  return (
    <div className="welcome">
      <div>
        <div className="head">
          <div>
            <h1 className="large">Let us see who works here</h1>
            <Answer>Reading only. Nothing leaves this host, nothing is changed, and you can stop at any time.</Answer>
          </div>
          <div className="acts">
            <button type="button" className="button bare" onClick={leave}>
              Skip this
            </button>
          </div>
        </div>
        {answer.error && data && <Refused error={answer.error} />}
        {data ? (
          <Steps of={data} />
        ) : answer.error ? (
          <Failure error={answer.error} what="The first run" again={() => void answer.refetch()} />
        ) : (
          <Waiting rows={4} />
        )}
      </div>
      <div className="welcome-side">{data && <Beside of={data} />}</div>
    </div>
  )
}

const isRead = ({ run, state }: SourceProgress): boolean => run !== null && (state === 'running' || state === 'waiting')

function leave(): void {
  skipFirstRun()
  go('/')
}

/** So many sources fit beside what comes next; those that are being read come first, and all of them. */
const SHOWN = 8

/** A step bears its number until it is done. */
const Step = ({ n, done, title, children }: { n: number; done: boolean; title: string; children: React.ReactNode }) => (
  <li>
    {done ? <Mark of="pass" /> : <span className="n">{n}</span>}
    <div>
      <h2>{title}</h2>
      {children}
    </div>
  </li>
)

function Steps({ of }: { of: Answered }) {
  const may = useMay('admin')
  const { busy, refused, run } = useAct()
  const started = of.sources.length > 0
  const active = of.sources.filter(isRead)
  const shown = of.sources
    .toSorted((a, b) => Number(isRead(b)) - Number(isRead(a)))
    .slice(0, Math.max(SHOWN, active.length))
  return (
    <ol className="steps-run">
      <Step n={1} done title="You are in">
        <p className="quiet">
          The one-time link was used and is void.{' '}
          <a className="link" href="/settings">
            Add a passkey
          </a>{' '}
          so that you can come back, or make a link for somebody else.
        </p>
      </Step>
      <Step n={2} done={started} title="Read something">
        <div className="offers">
          {of.offers.map((offer) => (
            <OfferLine
              key={offer.provider}
              of={offer}
              disabled={busy || !may}
              read={() =>
                void run(async () => {
                  await ask('/v1/first-run/read', { method: 'POST', body: { provider: offer.provider } })
                  await forget('/v1/first-run', '/v1/frame')
                })
              }
            />
          ))}
        </div>
        <Refused error={refused} />
      </Step>
      <Step n={3} done={started && active.length === 0} title="Watch it arrive">
        {started ? (
          <>
            <div className="big">
              <b>{of.query === null ? count(of.identities) : <Rows of={of} />}</b>
              <div className="quiet">
                <p>
                  {of.identities === 1 ? 'identity' : 'identities'} {active.length > 0 && 'so far, '}from{' '}
                  {some(of.sources.length, 'source')}.
                </p>
                <p className="meta">
                  {active.length === 0 ? (
                    'Everything that was asked has ended.'
                  ) : (
                    <>
                      {active.slice(0, 3).map((source, i) => (
                        <span key={source.connection}>
                          {i > 0 && (i === Math.min(3, active.length) - 1 && active.length <= 3 ? ' and ' : ', ')}
                          <Name text={source.title} longest={50} />
                        </span>
                      ))}
                      {active.length > 3 && ` and ${count(active.length - 3)} more`}{' '}
                      {active.length === 1 ? 'is' : 'are'} still being read; you need not wait.
                    </>
                  )}
                </p>
              </div>
            </div>
            <ul className="arriving">
              {shown.map((source) => (
                <Arriving key={source.connection} of={source} />
              ))}
            </ul>
            {shown.length < of.sources.length && (
              <p className="meta">
                <a className="link" href="/connections">
                  {count(of.sources.length - shown.length)} more
                </a>{' '}
                have ended.
              </p>
            )}
          </>
        ) : (
          <p className="quiet">A count for each source, with what was refused and why.</p>
        )}
      </Step>
      <Step n={4} done={of.things.length >= 5} title="Five things to know">
        <Things of={of.things} judging={started} />
        <p className="row spaced">
          <button type="button" className={of.things.length > 0 ? 'button primary' : 'button'} onClick={leave}>
            {of.things.length > 0 ? 'Show me' : 'Go on to the overview'}
          </button>
        </p>
      </Step>
    </ol>
  )
}

const Rows = ({ of }: { of: Answered }) => <a href={to.inventory(of.query!)}>{count(of.identities)}</a>

function Things({ of, judging }: { of: readonly Thing[]; judging: boolean }) {
  if (of.length === 0)
    return (
      <p className="quiet">
        {judging
          ? 'Judged as soon as a source was read; the first is usually there before the reading ends.'
          : 'They come by themselves once something was read.'}
      </p>
    )
  return (
    <>
      <p>
        {of.length >= 5
          ? 'All five are ready. The first:'
          : `${spell(of.length).replace(/^./, (letter) => letter.toUpperCase())} of five ${of.length === 1 ? 'is' : 'are'} ready. The first:`}
      </p>
      <ol className="ready">
        {of.slice(0, 5).map((thing, i) => (
          <li key={thing.opens.what === 'finding' ? thing.opens.id : thing.says} className="beside">
            <Mark of={thing.mark} />
            <a className={i === 0 ? 'title' : 'quiet'} href={thingPath(thing)}>
              <Sentence text={asTitle(thing.says)} />
            </a>
          </li>
        ))}
      </ol>
    </>
  )
}

const OfferLine = ({ of, disabled, read }: { of: Offer; disabled: boolean; read: () => void }) =>
  of.ready ? (
    <button type="button" disabled={disabled} onClick={read}>
      <b>
        <Icon name="read" />
        {of.title}
      </b>
      <span className="sub">{of.summary}</span>
    </button>
  ) : (
    <a href={`/connections/new/${of.provider}`}>
      <b>
        <Icon name="connections" />
        {of.title}
      </b>
      <span className="sub">{of.summary}</span>
    </a>
  )

const Arriving = ({ of }: { of: SourceProgress }) => (
  <li>
    <div className="top-line">
      <a className="title" href={to.connection(of.connection)}>
        <Name text={of.title} longest={80} />
      </a>
      <span className="quiet">{some(of.identities, 'identity', 'identities')}</span>
    </div>
    <Ledger bar={of.bar} live={of.state === 'running'} />
    <p className="meta">
      {of.run === null ? (
        'Not read yet.'
      ) : isRead(of) ? (
        <>
          {some(
            of.collections.filter((listing) => listing.state !== 'waiting' && listing.state !== 'running').length,
            'listing',
          )}{' '}
          of {count(of.collections.length)} done, {some(of.entities, 'thing')} so far
        </>
      ) : of.state === 'failed' ? (
        <span className="unknown">
          It failed: <Sentence text={asProse([of.error?.message ?? 'no reason was given'], 1)} /> Nothing was removed.
        </span>
      ) : (
        <LedgerWords bar={of.bar} />
      )}
    </p>
    {of.state === 'running' && <ListingProgress of={of.collections} />}
  </li>
)

/** What is typed or pasted goes to the palette, which looks it up, or holds it back when it is a secret value. */
function KeyField() {
  const [id, setId] = useState('')
  const find = (text: string) => {
    if (text.trim() === '') return
    setId('')
    openPalette(text.trim())
  }
  return (
    <form
      className="paste"
      onSubmit={(event) => {
        event.preventDefault()
        find(id)
      }}
    >
      <Icon name="search" />
      <input
        aria-label="A key id"
        value={id}
        onChange={(event) => setId(event.target.value)}
        onPaste={(event) => {
          event.preventDefault()
          find(event.clipboardData.getData('text'))
        }}
        placeholder="AKIA…, SHA256:…, arn:…, a serial"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={4096}
      />
      <button type="submit" className="button small">
        Find
      </button>
    </form>
  )
}

function Beside({ of }: { of: Answered }) {
  const read = new Set(of.sources.map(({ provider }) => provider))
  const needs = of.offers
    .filter((offer) => offer.needs.length > 0)
    .toSorted((a, b) => Number(read.has(b.provider)) - Number(read.has(a.provider)))
  return (
    <>
      <h2>What Reeve may do right now</h2>
      <p>
        <b className="zero">{count(of.writePermissions)}</b>
        <span className="quiet">write permissions granted</span>
      </p>
      <ul className="promises">
        <li>
          <Mark of="pass" beside />
          <span>Reads names, dates, permissions and last use.</span>
        </li>
        <li>
          <Mark of="pass" beside />
          <span>
            Turns any secret it meets into a fingerprint in memory; the value is never stored, shown or logged.
          </span>
        </li>
        <li>
          <Mark of="pass" beside />
          <span>Sends nothing out: it speaks to the sources you name and to nobody else.</span>
        </li>
      </ul>
      <h2>Have a key id at hand?</h2>
      <p className="meta">Paste it. Whatever we know comes back as one card.</p>
      <KeyField />
      {needs.map((offer) => (
        <div key={offer.provider}>
          <h2>Asked of {offer.title}</h2>
          <div className="spaced">
            <Copy
              text={offer.needs.join('\n')}
              says={`${some(offer.needs.length, 'read permission')}; contents are not read`}
            />
          </div>
        </div>
      ))}
    </>
  )
}
