/** One thing on one screen: what is asked, why of you, what it does and holds, and three answers. */
import { to } from '../../address.tsx'
import type { InboxItem, Person } from '../../nouns.ts'
import { EntityLink } from '../../parts/entity-link.tsx'
import { IfKnown, Known, When } from '../../parts/known.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code, cut, Name } from '../../parts/name.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { ago, date, some } from '../../words.ts'

export function Item({
  of,
  title,
  whose,
  busy,
  act,
  later,
  note,
  setNote,
}: {
  of: InboxItem
  title: React.RefObject<HTMLHeadingElement | null>
  /** Of somebody else: whose. */
  whose: Person | null
  busy: boolean
  /** Null for whoever may not answer, and of an earlier day. */
  act: { mine: () => void; notMine: () => void; notNeeded: () => void } | null
  later: () => void
  note: string
  setNote: (note: string) => void
}) {
  const { entity } = of
  return (
    <article className="inbox-item" aria-labelledby="asked">
      <p className="meta">
        <span className={of.overdue ? 'high' : ''}>
          {of.overdue ? `Overdue since ${date(of.due)}` : `Due ${date(of.due)}, ${ago(of.due)}`}
        </span>
        {of.escalatedFrom && `. It came to ${cut(of.escalatedFrom.name, 60)} first, who has not answered`}
      </p>
      <h2 id="asked" ref={title} tabIndex={-1}>
        <Sentence text={asTitle(of.says)} />
      </h2>
      <p className="inbox-entity">
        <EntityLink of={entity} /> <Code text={entity.key} longest={90} />
      </p>
      {of.because.length > 0 && (
        <section className="inbox-because">
          <h3 className="label">Why this came to {whose ? <Name text={whose.name} longest={60} /> : 'you'}</h3>
          <ol>
            {of.because.map((says, i) => (
              <li key={says}>
                <span className="n">{i + 1}</span>
                <Sentence text={says} />
              </li>
            ))}
          </ol>
        </section>
      )}
      <dl className="inbox-facts">
        <div>
          <dt>Last used</dt>
          <dd>
            <Known of={of.lastUsed}>{(at) => <When at={at} both />}</Known>
            <IfKnown of={of.lastUsedBy}>{(by) => <span className="sub">by {cut(by, 80)}</span>}</IfKnown>
          </dd>
        </div>
        <div>
          <dt>Credentials</dt>
          <dd>
            {of.credentialCount === 0 ? (
              'None that we read'
            ) : (
              <>
                <a className="link" href={`${to.entity(entity.key)}#credentials`}>
                  {some(of.credentialCount, 'credential')}
                </a>
                {of.credentials.slice(0, 2).map((one) => (
                  <span className="sub" key={one.entity.key}>
                    <Name text={one.entity.name} longest={40} />{' '}
                    {one.rotate ? (
                      `to be replaced by ${date(one.rotate)}`
                    ) : (
                      <Known of={one.expires} brief>
                        {(at) => <>ends {date(at)}</>}
                      </Known>
                    )}
                  </span>
                ))}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Reaches</dt>
          <dd>
            <Known of={of.reach}>
              {({ resources, atLeast, mostSensitive }) => (
                <>
                  {resources === 0
                    ? 'Nothing that we know'
                    : `${atLeast ? 'At least ' : ''}${some(resources, 'resource')}`}
                  {mostSensitive && (
                    <span className="sub">
                      the most sensitive: <Name text={mostSensitive.name} longest={50} />
                    </span>
                  )}
                </>
              )}
            </Known>
          </dd>
        </div>
        <div>
          <dt>Findings</dt>
          <dd>
            {of.findingCount === 0 ? 'None is open' : `${some(of.findingCount, 'finding is', 'findings are')} open`}
            {of.findings.slice(0, 2).map(({ mark, says }) => (
              <span className="sub beside" key={says}>
                <Mark of={mark} size={13} />
                <Sentence text={asTitle(says)} />
              </span>
            ))}
          </dd>
        </div>
      </dl>
      {act && (
        <>
          <details className="inbox-note">
            <summary>Add a note</summary>
            <label className="field">
              <span className="label">It is kept with your answer</span>
              <textarea maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
            </label>
          </details>
          <div className="inbox-answers">
            <button type="button" className="button primary" disabled={busy} onClick={act.mine}>
              Mine, still needed <kbd>1</kbd>
            </button>
            <button type="button" className="button" disabled={busy} onClick={act.notMine}>
              Not mine: … <kbd>2</kbd>
            </button>
            <button type="button" className="button" disabled={busy} onClick={act.notNeeded}>
              No longer needed <kbd>3</kbd>
            </button>
            <button type="button" className="button bare" disabled={busy} onClick={later}>
              Later
            </button>
          </div>
          <p className="meta">
            {whose ? 'The answer is kept as theirs, passed on by you,' : 'Your answer is kept'} with what stands here.
            Nothing is changed at any source.
            {of.certified && ` It was confirmed last on ${date(of.certified)}.`}
          </p>
        </>
      )}
    </article>
  )
}
