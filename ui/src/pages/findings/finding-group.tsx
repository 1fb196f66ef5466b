/** Findings that one fix closes, one identity bears, or one rule made. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import type { FindingGroup, FindingRow, FindingsPage } from '../../nouns.ts'
import { Icon } from '../../parts/icon.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { age, count, date, effort, some } from '../../words.ts'

export function Group({
  of,
  by,
  picked,
  pick,
}: {
  of: FindingGroup
  by: FindingsPage['by']
  picked: ReadonlySet<string>
  /** Null for whoever may not mute. */
  pick: ((findings: readonly FindingRow[]) => void) | null
}) {
  const [first, ...rest] = of.findings
  const [all, setAll] = useState(false)
  if (!first) return null
  const shown = all ? rest : rest.slice(0, 3)
  const owners = new Set(of.findings.map((finding) => finding.owner?.key ?? ''))
  const lead = by !== 'fix'
  return (
    <section className="finding-group" data-finding={first.id} aria-label={first.says.slice(0, 120)}>
      <div className="finding-margin">
        <Mark of={first.verdict === 'unknown' ? 'unknown' : of.severity} />
        {pick && of.findings.some(({ state }) => state === 'open') && (
          <label className="tick">
            <input
              type="checkbox"
              aria-label={`Select ${some(of.findings.length, 'finding')}: ${first.says.slice(0, 80)}`}
              checked={of.findings.every(({ id, state }) => picked.has(id) || state !== 'open')}
              onChange={() => pick(of.findings)}
            />
          </label>
        )}
      </div>
      <div>
        {lead && (
          <p className="beside meta">
            {of.subject && <KindIcon kind={of.subject.kind} type={of.subject.type} />}
            <a className="link" href={by === 'identity' && of.subject ? to.entity(of.subject.key) : to.rule(of.id)}>
              <Name text={asTitle(of.title)} longest={120} />
            </a>
          </p>
        )}
        <h2>
          <a className="title" href={to.finding(first.id)}>
            <Sentence text={asTitle(first.says)} />
          </a>
        </h2>
        {shown.length > 0 && (
          <ul className="finding-more">
            {shown.map((finding) => (
              <li key={finding.id}>
                <Mark of={finding.verdict === 'unknown' ? 'unknown' : finding.severity} size={14} />
                <a href={to.finding(finding.id)} className="hover-line">
                  <Sentence text={asTitle(finding.says)} />
                </a>
              </li>
            ))}
          </ul>
        )}
        <div className="facets-line">
          <span>
            <Icon name="wrench" />
            <Sentence text={by === 'fix' ? of.title : first.fix} />
          </span>
          {of.count > 1 + shown.length &&
            (of.findings.length > 1 + shown.length ? (
              <button type="button" className="link" onClick={() => setAll(true)}>
                {count(of.count - 1 - shown.length)} more
              </button>
            ) : (
              <span className="meta">and {count(of.count - 1 - shown.length)} more; narrow the list to see them</span>
            ))}
        </div>
      </div>
      <div className="finding-sides">
        <div className="finding-side">
          {owners.size > 1 ? (
            `${owners.size} owners`
          ) : first.owner ? (
            <Name text={first.owner.name} longest={50} />
          ) : (
            <>
              Nobody
              {first.suggested && (
                <span className="sub">
                  suggested: <Name text={first.suggested.person.name} longest={40} />
                </span>
              )}
            </>
          )}
        </div>
        <div className="finding-side">
          {first.state === 'resolved' && first.closed
            ? `closed ${date(first.closed)}`
            : first.state === 'open'
              ? age(of.oldest)
              : `${first.state}${first.until ? ` until ${date(first.until)}` : ''}`}
        </div>
        <div className="finding-side end">
          <b>{effort(of.effort)}</b>
          <span className="sub">{first.owasp.join(' ')}</span>
        </div>
      </div>
    </section>
  )
}
