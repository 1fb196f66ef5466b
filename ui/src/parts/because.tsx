/** Numbered evidence: the sentence, and where and when it was read. */
import { to } from '../address.tsx'
import type { Evidence } from '../nouns.ts'
import { dayAndTime } from '../words.ts'
import { cut } from './name.tsx'
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
          {item.source ? cut(item.source, 80) : 'computed by Reeve'}
          {item.readAt && `, read ${dayAndTime(item.readAt)}`}
          {item.ledger &&
            (item.connection ? (
              <a
                className={item.complete === false ? 'sub link unknown' : 'sub link'}
                href={`${to.connection(item.connection)}${item.collection ? `#${encodeURIComponent(item.collection)}` : ''}`}
              >
                {item.ledger}
              </a>
            ) : (
              <span className={item.complete === false ? 'sub unknown' : 'sub'}>{item.ledger}</span>
            ))}
        </p>
      </li>
    ))}
  </ol>
)
