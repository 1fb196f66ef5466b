import { FixSteps } from '../parts/fix-steps.tsx'
import type { Stories } from './story.ts'

export const stories: Stories = {
  'numbered, one act each': (
    <FixSteps of={['Make a second key.', 'Give it to `backup.timer`.', 'Make the first inactive.']} />
  ),
}
