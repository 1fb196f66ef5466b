/** What is wrong with it, what could not be judged, and what changed. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import type { Card, Change } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Diff, diffLines } from '../../parts/diff.tsx'
import { EntityLink } from '../../parts/entity-link.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut } from '../../parts/name.tsx'
import { asTitle, Sentence } from '../../parts/sentence.tsx'
import { attributeWord, count, date, dayAndTime, effort, some } from '../../words.ts'

export const CardFindings = ({ of }: { of: Card }) => (
  <section className="section" id="findings">
    <header>
      <h2>Findings</h2>
      {of.findings.length > 0 && <span className="meta">{count(of.findings.length)} open</span>}
    </header>
    <ul className="card-findings">
      {of.findings.map((finding) => (
        <li key={finding.id}>
          <Mark of={finding.verdict === 'unknown' ? 'unknown' : finding.severity} />
          <div>
            <a className="title" href={to.finding(finding.id)}>
              <Sentence text={asTitle(finding.says)} />
            </a>
            <p className="sub">
              <b>Fix:</b> <Sentence text={finding.fix} />
              {finding.effort !== null && ` ${effort(finding.effort)}.`}
            </p>
          </div>
        </li>
      ))}
    </ul>
    {of.findings.length === 0 && (
      <p className="beside quiet empty">
        <Mark of={of.rules.unknown.length > 0 ? 'unknown' : of.rules.judged === 0 ? 'not-judged' : 'pass'} beside />
        <span>
          {of.rules.unknown.length > 0
            ? `No rule failed, but ${some(of.rules.unknown.length, 'rule', 'rules')} could not be judged. That is not the same as safe.`
            : of.rules.judged === 0
              ? 'No rule is about it yet.'
              : `Nothing is wrong by the ${some(of.rules.judged, 'rule that applies', 'rules that apply')}.`}
        </span>
      </p>
    )}
    {of.rules.unknown.length > 0 && (
      <ul className="card-findings">
        {of.rules.unknown.slice(0, 10).map((rule) => (
          <li key={rule.rule}>
            <Mark of="unknown" />
            <div>
              <a className="title" href={to.rule(rule.rule)}>
                {rule.title}
              </a>
              <p className="sub">
                Unknown: <Sentence text={rule.reason} />
              </p>
              {rule.permission && <Copy text={rule.permission} says="would answer it" />}
            </div>
          </li>
        ))}
      </ul>
    )}
  </section>
)

const SHOWN = 20

/** `days`: its use is drawn day by day elsewhere, and is not told again here. */
export function History({ of, firstSeen, days }: { of: readonly Change[]; firstSeen: string; days: boolean }) {
  const [all, setAll] = useState(false)
  const shown = all ? of : of.slice(0, SHOWN)
  return (
    <section className="section" id="history">
      <header>
        <h2>What changed</h2>
        <span className="meta">
          first seen by Reeve on {date(firstSeen)}
          {days && '; its use, day by day, stands above'}
        </span>
      </header>
      {of.length === 0 ? (
        <p className="empty quiet">Nothing has changed since.</p>
      ) : (
        <ul className="history">
          {shown.map((change, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two changes may be alike to the letter
            <li key={i}>
              <time dateTime={change.at}>{dayAndTime(change.at)}</time>
              <span>
                <Sentence text={change.says} />
                {change.other && (
                  <>
                    {' '}
                    <EntityLink of={change.other} icon={false} />
                  </>
                )}
                <span className="sub">
                  {change.by ? (
                    `by ${cut(change.by, 80)}`
                  ) : change.source ? (
                    <>
                      told by{' '}
                      <a className="link" href={to.connection(change.source.connection)}>
                        {cut(change.source.title, 60)}
                      </a>
                      , {change.source.collection}
                    </>
                  ) : (
                    'judged by Reeve'
                  )}
                </span>
                {change.fields.length > 0 && (
                  <Diff
                    title={change.what === 'changed' ? 'As it was told' : 'As it was said'}
                    note={dayAndTime(change.at)}
                    lines={diffLines(change.fields.map((field) => ({ ...field, name: attributeWord(field.name) })))}
                  />
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {of.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {count(of.length - shown.length)} earlier
        </button>
      )}
    </section>
  )
}
