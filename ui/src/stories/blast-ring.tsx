import { type Blast, BlastRing } from '../parts/blast-ring.tsx'
import type { Stories } from './story.ts'

const ring = (of: Blast) => (
  <div className="ring-story">
    <BlastRing of={of} />
  </div>
)

export const stories: Stories = {
  'sensitive, plain and unknown; one of three by hand': ring({
    reached: 42,
    sensitive: 6,
    unknown: 7,
    dependents: 3,
    byHand: 1,
  }),
  'reaches nothing, nothing depends': ring({ reached: 0, sensitive: 0, unknown: 0, dependents: 0 }),
  'one in 1,200 is sensitive': ring({ reached: 1200, sensitive: 1, unknown: 0, dependents: 1 }),
}
