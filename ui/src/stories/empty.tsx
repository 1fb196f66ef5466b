import { Empty } from '../parts/empty.tsx'
import { Mark } from '../parts/mark.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'nothing to show, and what was not judged': (
    <Empty title="No finding is open" mark={<Mark of="unknown" beside />}>
      <p>61 verdicts are unknown and not counted here.</p>
    </Empty>
  ),
}
