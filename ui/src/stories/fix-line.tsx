import { FixLine } from '../parts/fix-line.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'what mends it': (
    <div className="facets-line">
      <FixLine says="allow `http_post` to one host only" />
    </div>
  ),
}
