import { Problem } from '../http.ts'
import { Refused } from '../parts/refused.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'a change that was refused': (
    <Refused error={new Problem(409, { code: 'owner/changed', detail: 'somebody else answers for it since 14:02' })} />
  ),
}
