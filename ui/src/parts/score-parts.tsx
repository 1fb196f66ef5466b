/** Points that add up to what stands under them, each with the sentence it comes from. */
import { count } from '../words.ts'
import { Sentence } from './sentence.tsx'
import './score-parts.css'

/** The points stand beside it, and of one finding alone its title stands above: the sentence need not say them again. */
const says = (part: string, alone: boolean): string =>
  part.replace(/^\d+ of \d+: /, '').replace(alone ? /, by a finding of severity .*$/ : /$^/, '.')

/** `alone`: of one finding, whose title stands above. */
export const ScoreParts = ({
  of,
  total,
  alone = false,
}: {
  of: readonly { factor: string; says: string; points: number; most: number }[]
  total: number
  alone?: boolean
}) => (
  <div className="parts-sum">
    {of.map((part) => (
      <div key={part.factor} className={part.points === 0 ? 'meta' : ''}>
        <span>
          <Sentence text={says(part.says, alone)} />
        </span>
        <span className="points">
          {count(part.points)} <span className="meta">of {count(part.most)}</span>
        </span>
      </div>
    ))}
    <div>
      <span>Total</span>
      <span className="points">
        {count(total)} <span className="meta">of 100</span>
      </span>
    </div>
  </div>
)
