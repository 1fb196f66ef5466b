/** Can I touch this? Four verdicts, then who uses it, what proves it, what it may do, what is wrong, what stands around it. */
import { lazy, Suspense } from 'react'
import { to } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useKeys } from '../../frame/keys.ts'
import { useTitle } from '../../frame/title.ts'
import { entityPath } from '../../http.ts'
import type { Card, Kind } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { copyText } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { isUnknown, Known, knownOr } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Neighbourhood } from '../../parts/neighbourhood.tsx'
import { OwnerFacts } from '../../parts/owner-facts.tsx'
import { quoteWord } from '../../parts/query.tsx'
import { Touch } from '../../parts/touch.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { attributeWord, date, dayAndTime, ENVIRONMENT_WORDS, KIND_WORDS, spell, typeWord } from '../../words.ts'
import { AttributeFacts, Said } from './attributes.tsx'
import { Grants } from './card-access.tsx'
import { Credentials } from './card-credentials.tsx'
import { Account, Score, Sources } from './card-facts.tsx'
import { CardFindings, History } from './card-findings.tsx'
import { OwnerActs } from './card-owner.tsx'
import { UsedBy } from './card-use.tsx'
import './card.css'

export function IdentityCard({ id = '' }: { id?: string }) {
  const card = useAnswer<Card>(entityPath(id))
  useTitle(card.data?.entity.name ?? id)
  return (
    <div className="page">
      {card.error ? (
        <>
          <h1>
            <Name text={id} />
          </h1>
          <Failure error={card.error} what="This card" again={() => void card.refetch()} />
        </>
      ) : card.data ? (
        <Shown of={card.data} />
      ) : (
        <>
          <h1>
            <Name text={id.slice(id.indexOf(':') + 1)} />
          </h1>
          <Waiting />
        </>
      )}
    </div>
  )
}

function Shown({ of }: { of: Card }) {
  const may = useMay('owner')
  const { entity, attributes } = of
  useKeys({ c: () => void copyText(entity.key, 'The id is') })
  const firstFinding = of.findings[0]
  return (
    <>
      <p className="crumb">
        <a href={to.inventory('', attributes.kind)}>{KIND_WORDS[attributes.kind][1]}</a>
        <Icon name="next" size={12} />
        <span>
          {of.sources.length > 0
            ? [...new Set(of.sources.map((source) => source.title))].slice(0, 3).join(', ')
            : typeWord(entity.type)}
        </span>
      </p>
      <div className="head">
        <div>
          <h1 className="with-kind">
            <KindIcon kind={entity.kind} type={entity.type} size={26} />
            <Name text={entity.name} />
          </h1>
          <Answer>
            <Opening of={of} />
          </Answer>
        </div>
        <div className="acts">
          {firstFinding && (
            <a className="button primary" href={to.finding(firstFinding.id)}>
              Open the worst finding
            </a>
          )}
          <button type="button" className="button" onClick={() => void copyText(entity.key, 'The id is')}>
            Copy id
          </button>
        </div>
      </div>
      {entity.gone && (
        <p className="partial gone-notice">
          <Mark of="not-judged" beside />
          <span>
            <b>Deleted at its source on {date(entity.gone)}</b>; last known state below.
          </span>
        </p>
      )}
      {of.staleSince && !entity.gone && (
        <div className="partial gone-notice">
          <Mark of="unknown" beside />
          <p>
            <b>Its source did not answer lately.</b> It is shown as it was on {dayAndTime(of.staleSince)}. Nothing was
            removed.
          </p>
          <a className="button small" href="/connections">
            See why
          </a>
        </div>
      )}
      <Touched of={of} />
      <div className="two card-body">
        <div>
          {USED[attributes.kind] && (
            <UsedBy of={of.usedBy} title={USED[attributes.kind]!} days={attributes.kind !== 'entitlement'} />
          )}
          {(of.credentials.length > 0 || attributes.kind === 'identity' || attributes.kind === 'credential') && (
            <Credentials of={of.credentials} kind={attributes.kind} />
          )}
          {(of.grants.rows.length > 0 || attributes.kind === 'identity') && <Grants of={of.grants} />}
          {COMPILED.test(attributes.type) && of.entity.gone === null && (
            <Suspense fallback={<Waiting rows={4} />}>
              <Access of={of} />
            </Suspense>
          )}
          {attributes.type === 'aws_trust' && entity.gone === null && (
            <Suspense fallback={<Waiting rows={2} />}>
              <AccessByTrust trust={entity.key} />
            </Suspense>
          )}
          <CardFindings of={of} />
          <section className="section" id="around">
            <header>
              <h2>Neighbourhood</h2>
              <span className="meta">one step each way</span>
              {entity.gone === null && (
                <a className="link" href={to.reach({ from: entity.key })}>
                  What it leads to
                </a>
              )}
            </header>
            <Neighbourhood of={of.neighbourhood} self={entity.key} />
          </section>
          <History
            of={of.history}
            firstSeen={of.firstSeen}
            days={attributes.kind === 'identity' || attributes.kind === 'credential'}
          />
        </div>
        <aside className="aside" aria-label="Attributes">
          <dl className="facts">
            {attributes.kind !== 'person' && <OwnerFacts of={of.owners} act={<OwnerActs of={of} />} />}
            <AttributeFacts of={of} />
            {attributes.kind === 'identity' && <Account of={of} may={may} />}
            {attributes.kind === 'identity' && <Score of={of} />}
            <Sources of={of} />
            {of.other.length > 0 && (
              <div>
                <dt>What else its sources say</dt>
                <dd>
                  <dl className="said">
                    {of.other.map(({ name, value }) => (
                      <div key={name}>
                        <dt>{attributeWord(name)}</dt>
                        <dd>
                          <Known of={value}>{(said) => <Said value={said} />}</Known>
                        </dd>
                      </div>
                    ))}
                  </dl>
                </dd>
              </div>
            )}
          </dl>
        </aside>
      </div>
    </>
  )
}

/** Types whose policies are compiled, so that exact questions are answered; of others their source's own words are all there is. */
const COMPILED = /^aws_iam_(user|role)$/
const Access = lazy(() => import('./access.tsx').then((module) => ({ default: module.Access })))
const AccessByTrust = lazy(() => import('./access.tsx').then((module) => ({ default: module.AccessByTrust })))

/** What is asked of who uses it, of the kinds that something can use. */
const USED: Partial<Record<Kind, string>> = {
  identity: 'Who uses it',
  credential: 'Who uses it',
  secret: 'Who reads it',
  entitlement: 'Who holds it',
}

/** Where nothing is to be touched, one line says why; the four answers stand for what acts, opens or allows. */
function Touched({ of }: { of: Card }) {
  const answers = Object.values(of.touch)
  if (of.entity.gone === null && answers.every(({ answer }) => answer === 'not-applicable'))
    return (
      <p className="untouched quiet">
        Nothing to rotate, narrow, disable or delete: {UNTOUCHED[of.attributes.kind] ?? answers[0]!.reason}
      </p>
    )
  return <Touch of={of.touch} />
}

const UNTOUCHED: Partial<Record<Kind, string>> = {
  person: 'a person is here so that machines have somebody who answers for them.',
  workload: 'a workload is changed where it runs; what it runs as and uses stands below.',
  resource: 'a resource is what is reached; who reaches it stands below.',
}

/** One sentence: what it is, who depends on it, who answers for it, what is wrong. */
function Opening({ of }: { of: Card }) {
  const { attributes: a, usedBy, owners, findings } = of
  const users = usedBy.consumers.length + usedBy.more
  const environment = knownOr(a.environment, null)
  const sensitivity = knownOr(a.sensitivity, null)
  const type = typeWord(a.type)
  const open = findings.filter(({ state }) => state === 'open').length
  const depends =
    users > 0
      ? a.kind === 'entitlement'
        ? `${spell(users)} ${users === 1 ? 'holds' : 'hold'} it`
        : `${spell(users)} ${users === 1 ? 'thing depends' : 'things depend'} on it`
      : isUnknown(usedBy.seeing)
        ? 'who depends on it is unknown'
        : 'nothing we saw depends on it'
  return (
    <>
      {/^(?:[aeiou]|mcp\b)/i.test(type) ? 'An' : 'A'} {type}
      {environment && ` in ${ENVIRONMENT_WORDS[environment].toLowerCase()}`}
      {a.kind === 'resource' && sensitivity && `, ${sensitivity}`}.{' '}
      {of.off && (
        <>
          <b>
            {a.kind === 'person' ? 'Their account is' : 'It is'} {of.off.word}
          </b>
          {of.off.since && ` since ${date(of.off.since)}`}.{' '}
        </>
      )}
      {USED[a.kind] && (
        <>
          <b>{upper(depends)}</b>,{open === 0 && ' and'}{' '}
        </>
      )}
      {a.kind === 'person' && (
        <>
          <a className="link" href={to.inventory(`owner:${quoteWord(a.distinctId)}`)}>
            See what <Name text={of.entity.name} longest={60} /> answers for
          </a>
          , and{' '}
          <a className="link" href={to.leaving(of.entity.key)}>
            what breaks if they leave
          </a>
        </>
      )}
      {a.kind === 'person' && open > 0 && '. '}
      {a.kind !== 'person' && <Answers of={owners} first={!USED[a.kind]} />}
      {open > 0 &&
        `${a.kind === 'person' ? '' : ', and '}${a.kind === 'person' ? upper(spell(open)) : spell(open)} ${open === 1 ? 'finding is' : 'findings are'} open`}
      {(a.kind !== 'person' || open > 0) && '.'}
    </>
  )
}

const upper = (says: string): string => says.charAt(0).toUpperCase() + says.slice(1)

const Answers = ({ of, first }: { of: Card['owners']; first: boolean }) =>
  of.accountable === null ? (
    <>{first ? 'Nobody' : 'nobody'} answers for it</>
  ) : (
    <>
      <Name text={of.accountable.name} longest={60} />
      {of.accountable.left ? ', who answers for it, has left' : ' answers for it'}
    </>
  )
