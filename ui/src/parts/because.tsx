/** Numbered evidence: the sentence, and where and when it was read. */
import type { Evidence } from '../nouns.ts'
import { dayAndTime } from '../words.ts'
import { Sentence } from './sentence.tsx'
import './because.css'

export const Because = ({ evidence }: { evidence: readonly Evidence[] }) => (
  <ol className="because">
    {evidence.map((item) => (
      <li key={item.number}>
        <span className="n">{item.number}</span>
        <p>
          <Sentence text={item.says} />
        </p>
        <p className="from meta">
          {item.source ?? 'computed by Reeve'}
          {item.readAt && `, read ${dayAndTime(item.readAt)}`}
          {item.ledger && <span className={item.complete === false ? 'sub unknown' : 'sub'}>{item.ledger}</span>}
        </p>
      </li>
    ))}
  </ol>
)
