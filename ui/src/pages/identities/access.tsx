/** What an identity can do exactly: is it an administrator, what is granted and used, why, what if, and what would be enough. */
import { useAnswer } from '../../asking.ts'
import { Problem } from '../../http.ts'
import type { Card } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { isUnknown, knownOr } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import type { Service, WhatCan } from './access-nouns.ts'
import { Rise, Trusts } from './access-rise.tsx'
import { Services } from './access-services.tsx'
import { Smaller } from './access-smaller.tsx'
import './access.css'

export function Access({ of }: { of: Card }) {
  const { key } = of.entity
  const answer = useAnswer<WhatCan>(`/v1/access/what-can?${new URLSearchParams({ principal: key })}`)
  // Of what is not compiled its source's own words stand above, and there is no more to say.
  if (answer.error instanceof Problem && (answer.error.status === 404 || answer.error.code === 'access/not-compiled'))
    return null
  return (
    <section className="section" id="exact-access">
      <header>
        <h2>What it can do, exactly</h2>
        <span className="meta">every layer weighed: its policies, boundary, organization, what it opens</span>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="What it can do" again={() => void answer.refetch()} />
      ) : answer.data ? (
        <Shown of={answer.data} name={of.entity.name} />
      ) : (
        <Waiting rows={5} />
      )}
    </section>
  )
}

/** Of one trust of a role: which tokens pass it. */
export function AccessByTrust({ trust }: { trust: string }) {
  const [role = '', issuer = ''] = trust.split('#trust/')
  const answer = useAnswer<WhatCan>(`/v1/access/what-can?${new URLSearchParams({ principal: role })}`)
  const own = answer.data?.trust.filter(({ provider }) => provider.endsWith(issuer)) ?? []
  if (own.length === 0) return null
  return (
    <section className="section" id="exact-access">
      <header>
        <h2>Which tokens pass</h2>
        <span className="meta">worked out of the policy, with a subject as witness</span>
      </header>
      <Trusts of={own} />
    </section>
  )
}

function Shown({ of, name }: { of: WhatCan; name: string }) {
  return (
    <>
      <Rise of={of} />
      <Unread of={[...of.unknown, ...of.notRead]} />
      <Trusts of={of.trust} />
      <Bar of={of} />
      <Services of={of} />
      {(of.services.length > 0 || of.unknown.length === 0) && <Smaller principal={of.subject.key} name={name} />}
    </>
  )
}

/** What was not read and could change the answers below. */
const Unread = ({ of }: { of: readonly string[] }) =>
  of.length === 0 ? null : (
    <div className="partial">
      <Mark of="unknown" beside />
      <div>
        <p>
          <b>Not all that decides was read.</b> Answers that lean on it say so.
        </p>
        <ul className="access-unread">
          {of.slice(0, 6).map((says) => (
            <li key={says}>
              <bdi>{says}</bdi>
            </li>
          ))}
          {of.length > 6 && <li>and {count(of.length - 6)} more</li>}
        </ul>
      </div>
    </div>
  )

const sum = (services: readonly Service[], wanted: (used: Service['used']) => boolean): number =>
  services.filter(({ used }) => wanted(used)).reduce((all, { actions, more }) => all + actions.length + more, 0)

function Bar({ of: { services, everything, days, unknown: lost } }: { of: WhatCan }) {
  const used = sum(services, (one) => knownOr(one, null) !== null)
  const never = sum(services, (one) => !isUnknown(one) && knownOr(one, null) === null)
  const unknown = sum(services, isUnknown)
  const total = Math.max(1, used + never + unknown)
  const width = (n: number) => ({ width: `${(100 * n) / total}%` })
  if (everything)
    return (
      <p className="access-said">
        It may do everything on everything;{' '}
        {services.length === 0 ? 'what it used was not told.' : `seen in use: ${some(services.length, 'service')}.`}
      </p>
    )
  if (services.length === 0 && lost.length > 0)
    return (
      <p className="access-said unknown">
        <Mark of="unknown" beside /> <b>What it may do is unknown</b>: {lost[0]}.
      </p>
    )
  if (services.length === 0) return <p className="empty quiet">Nothing that was read allows it any action.</p>
  return (
    <>
      <div
        className="bar tall granted-bar"
        role="img"
        aria-label={`Of ${total} actions granted ${used} are in services it used, ${never} in services it did not use, of ${unknown} it is unknown`}
      >
        {used > 0 && <i className="used" style={width(used)} />}
        {never > 0 && <i className="granted" style={width(never)} />}
        {unknown > 0 && <i className="refused" style={width(unknown)} />}
      </div>
      <p className="facets-line">
        <span>
          <span>
            <b>{count(used)}</b> actions in services it used
          </span>
        </span>
        <span>
          <span>
            <b>{count(never)}</b> in services not used in {count(days)} days
          </span>
        </span>
        {unknown > 0 && (
          <span className="unknown">
            <Mark of="unknown" beside /> {count(unknown)} unknown
          </span>
        )}
      </p>
    </>
  )
}
