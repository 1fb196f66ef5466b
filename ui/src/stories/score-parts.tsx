import { ScoreParts } from '../parts/score-parts.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

export const stories: Stories = {
  'parts that add up': (
    <ScoreParts
      total={51}
      of={[
        { factor: 'impact', says: '16 of 20: NHI1, severe when it happens.', points: 16, most: 20 },
        { factor: 'breadth', says: '0 of 10: one finding alone is open.', points: 0, most: 10 },
        { factor: 'reach', says: '15 of 15: it reaches 100 or more resources.', points: 15, most: 15 },
        { factor: 'sensitivity', says: `15 of 15: ${HOSTILE.slice(0, 80)}, which it reaches.`, points: 20, most: 20 },
      ]}
    />
  ),
}
