import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { RulePage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Failure } from '../../parts/failure.tsx'
import { FixSteps } from '../../parts/fix-steps.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark, markName } from '../../parts/mark.tsx'
import { Undo } from '../../parts/undo.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, effort, KIND_WORDS, typeWord } from '../../words.ts'
import { attributeWord, Said } from '../identities/attributes.tsx'

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
    <h1>{of.rule.title}</h1>
    <Answer>{of.why}</Answer>
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
        {of.expression && (
          <section className="section">
            <header>
              <h2>Expression</h2>
              <span className="meta">CEL</span>
            </header>
            <p className="empty">
              <code>{of.expression}</code>
            </p>
          </section>
        )}
        <section className="section">
          <header>
            <h2>Cases</h2>
            <span className="meta">examples that are run as tests</span>
          </header>
          {of.cases.length === 0 ? (
            <p className="empty quiet">None was written.</p>
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
            <dt>Open findings</dt>
            <dd>
              <a className="link" href={to.findings(`rule:${of.rule.id}`)}>
                {count(of.rule.open)}
              </a>
              {of.rule.unknown > 0 && <span className="sub unknown">{count(of.rule.unknown)} verdicts unknown</span>}
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
          {of.params && Object.keys(of.params).length > 0 && (
            <div>
              <dt>Settings</dt>
              <dd>
                <dl className="said">
                  {Object.entries(of.params).map(([name, value]) => (
                    <div key={name}>
                      <dt>{attributeWord(name)}</dt>
                      <dd>
                        <Said value={value} />
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
