import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { RulePage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Failure } from '../../parts/failure.tsx'
import { FixSteps } from '../../parts/fix-steps.tsx'
import { Icon } from '../../parts/icon.tsx'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Mark, markName } from '../../parts/mark.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Undo } from '../../parts/undo.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, effort, KIND_WORDS, some, typeWord } from '../../words.ts'
import { RuleSettings } from './rule-settings.tsx'
import './rules.css'

export function Rule({ id = '' }: { id?: string }) {
  const answer = useAnswer<RulePage>(`/v1/rules/${encodeURIComponent(id)}`)
  useTitle(answer.data?.rule.title ?? id)
  return (
    <div className="page">
      <p className="crumb">
        <a href="/rules">Rules</a>
        <Icon name="next" size={12} />
        {id}
      </p>
      {answer.error ? (
        <>
          <h1>{id}</h1>
          <Failure error={answer.error} what="This rule" again={() => void answer.refetch()} />
        </>
      ) : answer.data ? (
        <Shown of={answer.data} />
      ) : (
        <>
          <h1>{id}</h1>
          <Waiting />
        </>
      )}
    </div>
  )
}

const Shown = ({ of }: { of: RulePage }) => (
  <>
    <div className="head">
      <div>
        <h1>{of.rule.title}</h1>
        <Answer>
          {of.why} <Now of={of} />
        </Answer>
      </div>
      <Acts of={of} />
    </div>
    <div className="two card-body">
      <div>
        <section className="section">
          <header>
            <h2>The fix</h2>
            <span className="meta">{effort(of.effort)}</span>
          </header>
          <FixSteps of={of.fix} />
          <div className="facets-line">
            <Undo says={of.undo} />
          </div>
        </section>
        <RuleSettings key={JSON.stringify(of.settings)} of={of} />
        {of.expression && (
          <section className="section">
            <header>
              <h2>Expression</h2>
              <span className="meta">CEL</span>
            </header>
            <pre className="empty code rule-text">{of.expression}</pre>
          </section>
        )}
        <section className="section">
          <header>
            <h2>Cases</h2>
            <span className="meta">examples that are run as tests</span>
          </header>
          {of.cases.length === 0 ? (
            <p className="empty quiet">
              {of.rule.mine ? 'A rule of your own has none: the dry run is its test.' : 'None was written.'}
            </p>
          ) : (
            <ul className="card-findings">
              {of.cases.map((one) => (
                <li key={one.name}>
                  <Mark
                    of={
                      one.expect === 'fail'
                        ? of.rule.severity
                        : one.expect === 'pass'
                          ? 'pass'
                          : one.expect === 'unknown'
                            ? 'unknown'
                            : 'not-judged'
                    }
                  />
                  <span>
                    {one.name}
                    <span className="sub">{one.expect.replace('-', ' ')}</span>
                  </span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
      <aside className="aside" aria-label="About this rule">
        <dl className="facts">
          <div>
            <dt>Severity</dt>
            <dd className="beside">
              <Mark of={of.rule.severity} beside />
              <b className={of.rule.severity}>{markName(of.rule.severity)}</b>
            </dd>
          </div>
          <div>
            <dt>About</dt>
            <dd>
              {KIND_WORDS[of.rule.about.kind][1]}
              {of.rule.about.types && <span className="sub">{of.rule.about.types.map(typeWord).join(', ')}</span>}
            </dd>
          </div>
          <div>
            <dt>Last verdicts</dt>
            <dd>
              {of.verdicts === null ? (
                <span className="quiet">{of.rule.enabled ? 'not judged yet' : 'none: it is off'}</span>
              ) : (
                <>
                  <a className="link" href={to.findings(`rule:${of.rule.id}`)}>
                    {some(of.rule.open, 'open finding')}
                  </a>
                  {of.rule.unknown > 0 && (
                    <a className="link sub unknown" href={to.findings(`verdict:unknown rule:${of.rule.id}`)}>
                      {some(of.rule.unknown, 'verdict')} unknown
                    </a>
                  )}
                  <span className="sub">
                    {count(of.verdicts.pass)} pass, {count(of.verdicts.notApplicable)} it does not concern
                  </span>
                </>
              )}
            </dd>
          </div>
          <div>
            <dt>Leans on</dt>
            <dd>
              {of.needs.length === 0 ? 'what is there, not on what is absent' : of.needs.map(typeWord).join(', ')}
              {of.needs.length > 0 && (
                <span className="sub">Where these were not read completely, it answers unknown.</span>
              )}
            </dd>
          </div>
          <div>
            <dt>OWASP</dt>
            <dd>{of.rule.owasp.join(', ')}</dd>
          </div>
          {of.changed && (
            <div>
              <dt>Decided here</dt>
              <dd>
                <When at={of.changed.at} both />
                <span className="sub">by {of.changed.by}</span>
              </dd>
            </div>
          )}
        </dl>
      </aside>
    </div>
  </>
)

/** What it comes to today, in a sentence. */
const Now = ({ of: { rule } }: { of: RulePage }) =>
  !rule.enabled ? (
    <b className="high">It is switched off: nothing is judged by it.</b>
  ) : rule.judged ? (
    <>
      It finds{' '}
      <a href={to.findings(`rule:${rule.id}`)}>
        <b>{count(rule.open)}</b>
      </a>
      {rule.unknown > 0 && (
        <>
          {' '}
          and cannot judge{' '}
          <a href={to.findings(`verdict:unknown rule:${rule.id}`)}>
            <b>{count(rule.unknown)}</b>
          </a>
        </>
      )}
      .
    </>
  ) : (
    <>It has not been judged yet.</>
  )

function Acts({ of: { rule } }: { of: RulePage }) {
  const admin = useMay('admin')
  const [removing, setRemoving] = useState(false)
  const { busy, refused, run } = useAct()
  const path = `/v1/rules/${encodeURIComponent(rule.id)}`
  const turn = async (enabled: boolean): Promise<void> => {
    await ask(path, { method: 'PATCH', body: { enabled } })
    await forget('/v1/rules', '/v1/findings', '/v1/frame')
  }
  if (!admin) return null
  return (
    <div className="acts">
      <button
        type="button"
        className={rule.enabled ? 'button' : 'button primary'}
        disabled={busy}
        onClick={() =>
          void run(async () => {
            await turn(!rule.enabled)
            tell(
              rule.enabled
                ? `Switched off. ${rule.open > 0 ? `${some(rule.open, 'finding')} of it close with that as the reason.` : ''}`
                : 'Switched on. It is judged within moments.',
              () => void turn(rule.enabled).catch(() => tell('It could not be taken back.')),
            )
          })
        }
      >
        {rule.enabled ? 'Switch it off' : 'Switch it on'}
      </button>
      {rule.mine && (
        <>
          <a className="button" href={`${to.rule(rule.id)}/text`}>
            Change its text
          </a>
          <button type="button" className="button bare" onClick={() => setRemoving(true)}>
            Delete…
          </button>
        </>
      )}
      <Refused error={refused} />
      {removing && (
        <Layer title="Delete this rule" close={() => setRemoving(false)}>
          <div className="form">
            <p>
              Its {some(rule.open, 'open finding')} close, with that as the reason. Its text stays in the audit trail,
              from where it can be written again.
            </p>
            <div className="acts">
              <button
                type="button"
                className="button danger"
                disabled={busy}
                onClick={() =>
                  void run(async () => {
                    await ask(path, { method: 'DELETE' })
                    tell('The rule is deleted.')
                    await forget('/v1/rules', '/v1/findings', '/v1/frame')
                    go('/rules')
                  })
                }
              >
                Delete the rule
              </button>
              <button type="button" className="button bare" onClick={() => setRemoving(false)}>
                Keep it
              </button>
            </div>
            <Refused error={refused} />
          </div>
        </Layer>
      )}
    </div>
  )
}
