import type { Mark as MarkName } from '../nouns.ts'
import { Mark, markName } from '../parts/mark.tsx'
import type { Stories } from './story.ts'

const MARKS: MarkName[] = ['critical', 'high', 'medium', 'low', 'info', 'pass', 'unknown', 'not-judged']

export const stories: Stories = {
  'every verdict': (
    <div className="row">
      {MARKS.map((mark) => (
        <span key={mark} className="beside">
          <Mark of={mark} beside />
          {markName(mark)}
        </span>
      ))}
    </div>
  ),
}
