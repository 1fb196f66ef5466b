import { AgeHistogram } from '../parts/age-histogram.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'seven known ages, and the unknown': (
    <AgeHistogram
      of={{
        bars: [
          ['<30d', 15],
          ['<90d', 45],
          ['<180d', 44],
          ['<1y', 8],
          ['<2y', 19],
          ['<5y', 66],
          ['>5y', 5],
        ].map(([age, count], i) => ({ age: String(age), count: Number(count), overPolicy: i > 3 })),
        unknown: 38,
        none: 4,
      }}
    />
  ),
}
