import { Trend } from '../parts/trend.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'six months, the last value written': (
    <Trend
      of={[9, 9.5, 11, 10.8, 13, 17.3].map((perPerson, i) => ({
        at: `2026-0${i + 3}-01T00:00:00.000Z`,
        machines: 100,
        people: 10,
        perPerson,
      }))}
    />
  ),
}
