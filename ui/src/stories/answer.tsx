import { Answer } from '../parts/answer.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'the first sentence of a page': (
    <Answer>
      <b>312</b> machine identities work here; <a href="/identities?q=owner:none">64 answer to nobody</a>.
    </Answer>
  ),
}
