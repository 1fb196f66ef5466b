import { to } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import { entityPath } from '../../http.ts'
import type { Card, InventoryRow } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code, Name } from '../../parts/name.tsx'
import { OwnerFacts } from '../../parts/owner-facts.tsx'
import { Touch } from '../../parts/touch.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { AttributeFacts } from './attributes.tsx'
import './peek.css'

/** The card in small, beside the list that keeps the keys. */
export function Peek({ row, close }: { row: InventoryRow; close: () => void }) {
  const card = useAnswer<Card>(entityPath(row.key))
  return (
    <aside className="peek" aria-label={`Card of ${row.name.slice(0, 80)}`}>
      <div className="head-line">
        <h2 className="peek-title">
          <KindIcon kind={row.kind} type={row.type} size={20} />
          <a href={to.entity(row.key)}>
            <Name text={row.name} longest={80} />
          </a>
        </h2>
        <button type="button" className="icon-button push" aria-label="Close the card" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <p className="meta">
        <Code text={row.key} longest={90} />
      </p>
      {card.error ? (
        <Failure error={card.error} what="The card" again={() => void card.refetch()} />
      ) : card.data ? (
        <>
          <Touch of={card.data.touch} />
          <section className="section">
            <header>
              <h2>Findings</h2>
            </header>
            {card.data.findings.length === 0 && <p className="empty quiet">None is open.</p>}
            <ul className="hops">
              {card.data.findings.slice(0, 8).map((finding) => (
                <li key={finding.id}>
                  <Mark of={finding.verdict === 'unknown' ? 'unknown' : finding.severity} />
                  <a className="title" href={to.finding(finding.id)}>
                    <Name text={finding.says} longest={200} />
                  </a>
                </li>
              ))}
            </ul>
          </section>
          <dl className="facts section">
            <OwnerFacts of={card.data.owners} />
            <AttributeFacts of={card.data} />
          </dl>
        </>
      ) : (
        <Waiting rows={6} />
      )}
    </aside>
  )
}
