/** From a used one-time link to the first true thing, with what is read, from where, and how complete, all the time. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { openPalette } from '../../frame/frame.tsx'
import { useTitle } from '../../frame/title.ts'
import { ask } from '../../http.ts'
import type { FirstRun as Answered, Offer, SourceProgress } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Ledger, LedgerWords } from '../../parts/ledger.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some, spell } from '../../words.ts'
import { ListingProgress } from '../connections/progress.tsx'
import '../connections/connections.css'
import { skipFirstRun } from './skipped.ts'
import './first-run.css'

export function FirstRun() {
  const [running, setRunning] = useState(true)
  const answer = useAnswer<Answered>('/v1/first-run', { every: running ? 1000 : 8000 })
  useTitle('First run')
  const data = answer.data
  const active = data?.sources.some((source) => source.state === 'running' || source.state === 'waiting') ?? true
  if (active !== running) setRunning(active)
  return (
    <div className="welcome">
      <div>
        <h1 className="large">Let us see who works here</h1>
        <Answer>Reading only. Nothing leaves this host, nothing is changed, and you can stop at any time.</Answer>
        {answer.error ? (
          <Failure error={answer.error} what="The first run" again={() => void answer.refetch()} />
        ) : data ? (
          <Steps of={data} />
        ) : (
          <Waiting rows={4} />
        )}
      </div>
      <div className="welcome-side">{data && <Beside of={data} />}</div>
    </div>
  )
}

function Steps({ of }: { of: Answered }) {
  const may = useMay('operator')
  const { busy, refused, run } = useAct()
  const started = of.sources.length > 0
  const leave = () => {
    skipFirstRun()
    go('/')
  }
  return (
    <ol className="steps-run">
      <li>
        <Mark of="pass" />
        <div>
          <h2>You are in</h2>
          <p className="quiet">
            The one-time link was used and is void.{' '}
            <a className="link" href="/settings">
              Make a link for somebody else, or a token
            </a>
            .
          </p>
        </div>
      </li>
      <li>
        {started ? <Mark of="pass" /> : <span className="n">2</span>}
        <div>
          <h2>Read something</h2>
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
        </div>
      </li>
      <li>
        <span className="n">3</span>
        <div>
          <h2>Watch it arrive</h2>
          {started ? (
            <>
              <p className="big" aria-live="off">
                <b>{count(of.identities)}</b>
                <span className="quiet">
                  {of.identities === 1 ? 'identity' : 'identities'} so far, from {some(of.sources.length, 'source')}.
                  You need not wait.
                </span>
              </p>
              <ul className="arriving">
                {of.sources.map((source) => (
                  <Arriving key={source.connection} of={source} />
                ))}
              </ul>
            </>
          ) : (
            <p className="quiet">A count for each source, with what was refused and why.</p>
          )}
        </div>
      </li>
      <li>
        <span className="n">4</span>
        <div>
          <h2>Five things to know</h2>
          {of.things.length === 0 ? (
            <p className="quiet">The first is usually there before the reading ends.</p>
          ) : (
            <>
              <p>
                {of.things.length >= 5
                  ? 'All five are ready.'
                  : `${spell(of.things.length).replace(/^./, (letter) => letter.toUpperCase())} of five ${of.things.length === 1 ? 'is' : 'are'} ready.`}{' '}
                The first:
              </p>
              <p className="beside">
                <Mark of={of.things[0]!.mark} />
                <a
                  className="title"
                  href={
                    of.things[0]!.opens.what === 'finding'
                      ? to.finding(of.things[0]!.opens.id)
                      : to.connection(of.things[0]!.opens.connection)
                  }
                >
                  <Sentence text={asTitle(of.things[0]!.says)} />
                </a>
              </p>
            </>
          )}
          <p className="row spaced">
            <button type="button" className={of.things.length > 0 ? 'button primary' : 'button'} onClick={leave}>
              {of.things.length > 0 ? 'See them' : 'Go on to the overview'}
            </button>
          </p>
        </div>
      </li>
    </ol>
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
      {of.state === 'running' || of.state === 'waiting' ? (
        <>
          {some(
            of.collections.filter((listing) => listing.state !== 'waiting' && listing.state !== 'running').length,
            'listing',
          )}{' '}
          of {count(of.collections.length)} done, {some(of.entities, 'thing')} so far
        </>
      ) : of.state === 'failed' ? (
        <span className="unknown">
          It failed: <Sentence text={of.error?.message ?? 'no reason was given'} /> Nothing was removed.
        </span>
      ) : (
        <LedgerWords bar={of.bar} />
      )}
    </p>
    {of.state === 'running' && <ListingProgress of={of.collections} />}
  </li>
)

function Beside({ of }: { of: Answered }) {
  const needs = of.offers.filter(
    (offer) => offer.needs.length > 0 && !of.sources.some((source) => source.provider === offer.provider),
  )
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
      <button type="button" className="paste" onClick={() => openPalette()}>
        <Icon name="search" />
        AKIA…, SHA256:…, arn:…, a serial
      </button>
      {needs.map((offer) => (
        <div key={offer.provider}>
          <h2>{offer.title}: what is asked</h2>
          <div className="spaced">
            <Copy text={offer.needs.join('\n')} says={`${some(offer.needs.length, 'read permission')}; contents are not read`} />
          </div>
        </div>
      ))}
    </>
  )
}
