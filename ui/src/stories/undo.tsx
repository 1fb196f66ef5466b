import { Undo } from '../parts/undo.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'the way back': (
    <div className="facets-line">
      <Undo says="restore tool list v3 until 1 December" />
    </div>
  ),
}
