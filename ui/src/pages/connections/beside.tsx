/** Beside the list: what is missing of one source, and the grant that answers most. */
import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { ConnectionPage } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'

export function Beside({ id }: { id: string }) {
  const page = useAnswer<ConnectionPage>(`/v1/connections/${encodeURIComponent(id)}`, { keep: true })
  if (page.error) return null
  if (!page.data) return <Waiting rows={4} />
  const missing = page.data.ledger.filter((line) => !line.complete)
  const [grant] = page.data.grants
  return (
    <section className="section" aria-label="What is missing">
      <header>
        <h2>
          <Name text={page.data.connection.title} longest={60} />
        </h2>
        <a className="link" href={to.connection(id)}>
          whole ledger
        </a>
      </header>
      {missing.length === 0 ? (
        <p className="beside quiet empty">
          <Mark of={page.data.ledger.length === 0 ? 'not-judged' : 'pass'} beside />
          <span>
            {page.data.ledger.length === 0
              ? 'It has not been read yet.'
              : `All ${some(page.data.ledger.length, 'listing')} came whole.`}
          </span>
        </p>
      ) : (
        <ul className="card-findings">
          {missing.slice(0, 4).map((line) => (
            <li key={`${line.collection} ${line.scope}`}>
              <Mark of="unknown" />
              <div>
                <Name text={line.title} longest={80} />
                {line.verdictsLost > 0 && <span className="unknown">, {some(line.verdictsLost, 'verdict')} lost</span>}
                {line.reason && (
                  <p className="sub">
                    <Sentence text={line.reason} />
                  </p>
                )}
              </div>
            </li>
          ))}
          {missing.length > 4 && <li className="meta">and {count(missing.length - 4)} more</li>}
        </ul>
      )}
      {grant && (
        <div className="spaced">
          <Copy
            text={grant.permission}
            says={
              grant.verdicts > 0
                ? `answers ${some(grant.verdicts, 'verdict')}`
                : 'read only; give it to whoever runs the source'
            }
          />
          <p className="meta spaced">
            What was not read was <b>not deleted, not passed and not scored</b>.
          </p>
        </div>
      )}
    </section>
  )
}
