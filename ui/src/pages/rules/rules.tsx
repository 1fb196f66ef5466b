/** What is checked and why? */
import { to, useAddress, withQuery } from '../../address.tsx'
import { useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { RuleRow } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { QueryInput } from '../../parts/query.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, KIND_WORDS, some, typeWord } from '../../words.ts'

const WORSE = ['critical', 'high', 'medium', 'low', 'info']

export function Rules() {
  const { query } = useAddress()
  const q = query.get('q') ?? ''
  const answer = useAnswer<{ rows: RuleRow[]; broken: { id: string; why: string }[] }>('/v1/rules')
  const admin = useMay('admin')
  useTitle('Rules')
  const all = answer.data?.rows
  const folded = q.toLowerCase()
  const rows = all
    ?.filter((rule) => [rule.id, rule.title, rule.severity, ...rule.owasp].join(' ').toLowerCase().includes(folded))
    .toSorted((a, b) => WORSE.indexOf(a.severity) - WORSE.indexOf(b.severity) || b.open - a.open)
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>Rules</h1>
          <Answer>
            {all ? (
              <>
                <b>{count(all.filter((rule) => rule.enabled).length)}</b> rules are asked about everything that is read
                {all.some((rule) => !rule.enabled) &&
                  `, ${count(all.filter((rule) => !rule.enabled).length)} are switched off`}
                ; <b>{count(all.filter((rule) => rule.open > 0).length)}</b> of them found something and{' '}
                <b>{count(all.filter((rule) => rule.unknown > 0).length)}</b> could not judge everything.
              </>
            ) : (
              ' '
            )}
          </Answer>
        </div>
        {admin && (
          <div className="acts">
            <a className="button" href="/rules/new">
              Write a rule
            </a>
          </div>
        )}
      </div>
      <div className="findings-bar spaced">
        <QueryInput q={q} error={null} example="part of a rule, NHI2, critical" />
      </div>
      {answer.data?.broken.map(({ id, why }) => (
        <p className="beside spaced" key={id}>
          <Mark of="unknown" beside />
          <span>
            <b>Your rule {id} is not asked:</b> this version of Reeve cannot read it. <Sentence text={why} />{' '}
            {admin && (
              <a className="link" href={`/rules/new?${new URLSearchParams({ mend: id })}`}>
                Mend its text
              </a>
            )}
          </span>
        </p>
      ))}
      {answer.error ? (
        <Failure error={answer.error} what="The rules" again={() => void answer.refetch()} />
      ) : !rows ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <Empty title="No rule fits">
          <p>
            <a className="link" href={withQuery({ q: null })}>
              Show all {count(all!.length)}
            </a>
          </p>
        </Empty>
      ) : (
        <section className="section">
          <header>
            <h2>{some(rows.length, 'rule')}</h2>
            <span className="meta">worst first</span>
          </header>
          <table>
            <thead>
              <tr>
                <th className="margin">
                  <span className="hidden-text">Severity</span>
                </th>
                <th>Rule</th>
                <th className="wide">About</th>
                <th className="wide">OWASP</th>
                <th className="number">Open</th>
                <th className="number">Unknown</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((rule) => (
                <tr key={rule.id}>
                  <td className="margin">
                    <Mark of={rule.severity} />
                  </td>
                  <td>
                    <a className="title" href={to.rule(rule.id)}>
                      {rule.title}
                    </a>
                    <span className="sub">
                      <code>{rule.id}</code>
                      {rule.mine && ', ours'}
                      {!rule.enabled ? (
                        <span className="high">, switched off</span>
                      ) : (
                        !rule.judged && ', not judged yet'
                      )}
                    </span>
                  </td>
                  <td className="wide quiet">
                    {rule.about.types
                      ? rule.about.types.slice(0, 3).map(typeWord).join(', ')
                      : KIND_WORDS[rule.about.kind][1].toLowerCase()}
                  </td>
                  <td className="wide quiet">{rule.owasp.join(' ')}</td>
                  <td className="number">
                    {rule.open > 0 ? (
                      <a className="link" href={to.findings(`rule:${rule.id}`)}>
                        {count(rule.open)}
                      </a>
                    ) : (
                      <span className="quiet">0</span>
                    )}
                  </td>
                  <td className="number">
                    {rule.unknown > 0 ? (
                      <a className="link unknown" href={to.findings(`verdict:unknown rule:${rule.id}`)}>
                        {count(rule.unknown)}
                      </a>
                    ) : (
                      <span className="quiet">0</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}
