import { Sentence } from '../parts/sentence.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

export const stories: Stories = {
  'code between backticks': (
    <p>
      <Sentence text="`AKIAIOSFODNN7EXAMPLE` sits in `deploy/legacy.env:14`." />
    </p>
  ),
  'a backtick too many stays text': (
    <p>
      <Sentence text={`A name with \` in it: ${HOSTILE}`} />
    </p>
  ),
}
