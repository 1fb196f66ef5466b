/** What stands beside a finding: how much it weighs and why, who answers, the secret, the rule, what the fix closes too. */
import { assignOwner, useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import type { FindingPage } from '../../nouns.ts'
import { When } from '../../parts/known.tsx'
import { Mark, markName } from '../../parts/mark.tsx'
import { Code, Name } from '../../parts/name.tsx'
import { OwnerFacts } from '../../parts/owner-facts.tsx'
import { Refused } from '../../parts/refused.tsx'
import { ScoreParts } from '../../parts/score-parts.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { count, LIVE_WORDS } from '../../words.ts'

export function Aside({ of, mayName, name }: { of: FindingPage; mayName: boolean; name: () => void }) {
  const { finding } = of
  const { busy, refused, run } = useAct()
  const suggested = of.owners.suggested?.person ?? null
  const unknown = finding.verdict === 'unknown'
  const partial = [...new Set(of.because.filter(({ complete }) => complete === false).map(({ source }) => source))]
  return (
    <aside className="aside" aria-label="About this finding">
      <dl className="facts">
        <div>
          <dt>{unknown ? 'Verdict' : 'Severity'}</dt>
          <dd className="beside">
            <Mark of={unknown ? 'unknown' : finding.severity} beside />
            <b className={unknown ? 'unknown' : finding.severity}>
              {unknown
                ? `Unknown; ${markName(finding.severity).toLowerCase()} if it fails`
                : markName(finding.severity)}
            </b>
          </dd>
        </div>
        {!unknown && finding.state !== 'resolved' && (
          <div>
            <dt>Why it weighs so much</dt>
            <dd>
              <ScoreParts of={of.severityParts} total={of.score} alone />
            </dd>
          </div>
        )}
        <OwnerFacts
          of={of.owners}
          act={
            mayName && (
              <span className="row owner-acts">
                {suggested && !of.owners.accountable && (
                  <button
                    type="button"
                    className="button small"
                    disabled={busy}
                    onClick={() => void run(() => assignOwner(finding.subject.key, finding.subject.name, suggested))}
                  >
                    <span>
                      Accept <Name text={suggested.name.split(/[\s@]/)[0]!} longest={20} />
                    </span>
                  </button>
                )}
                <button type="button" className="button small bare" onClick={name}>
                  {of.owners.accountable ? 'Change' : 'Assign'}
                </button>
                <Refused error={refused} />
              </span>
            )
          }
        />
        <div>
          <dt>{finding.state === 'resolved' ? 'Was open since' : 'Open since'}</dt>
          <dd>
            <When at={finding.opened} both />
          </dd>
        </div>
        {of.secret && (
          <div>
            <dt>The secret</dt>
            <dd>
              <Code text={of.secret.redacted} longest={60} />
              <span className="sub">
                {of.secret.detector} ({of.secret.provider})
              </span>
              <span
                className={of.secret.live === 'not-asked' || of.secret.live === 'indeterminate' ? 'sub unknown' : 'sub'}
              >
                {LIVE_WORDS[of.secret.live as keyof typeof LIVE_WORDS] ?? of.secret.live}
                {of.secret.live === 'not-asked' && ': Reeve asks no issuer by itself'}
              </span>
              {of.secret.keyId && (
                <span className="sub">
                  key id <Code text={of.secret.keyId} longest={80} />
                </span>
              )}
              <span className="sub">the value is kept nowhere</span>
            </dd>
          </div>
        )}
        <div>
          <dt>Judged on</dt>
          <dd>
            {partial.length > 0 ? (
              <span className="beside unknown">
                <Mark of="unknown" beside />
                <span>
                  {partial.filter(Boolean).join(', ')} {partial.length === 1 ? 'was' : 'were'} read in part
                </span>
              </span>
            ) : of.because.some(({ complete }) => complete) ? (
              'listings that were read whole'
            ) : (
              'what Reeve computed'
            )}
          </dd>
        </div>
        <div>
          <dt>Rule</dt>
          <dd>
            <a className="link" href={to.rule(finding.rule)}>
              {finding.rule}
            </a>
            <span className="sub">{finding.owasp.length > 0 && `OWASP ${finding.owasp.join(', ')}`}</span>
            <span className="sub">{of.why}</span>
          </dd>
        </div>
        {of.alsoCloses.length > 0 && (
          <div>
            <dt>The same fix closes</dt>
            <dd>
              {of.alsoCloses.slice(0, 8).map((other) => (
                <span className="beside sub-line" key={other.id}>
                  <Mark of={other.verdict === 'unknown' ? 'unknown' : other.severity} size={14} />
                  <a className="link" href={to.finding(other.id)}>
                    <Sentence text={asTitle(other.says)} />
                  </a>
                </span>
              ))}
              {of.alsoCloses.length > 8 && <span className="sub">and {count(of.alsoCloses.length - 8)} more</span>}
            </dd>
          </div>
        )}
      </dl>
    </aside>
  )
}
