import { Code, Name } from '../parts/name.tsx'
import type { Stories } from './story.ts'
import { HOSTILE } from './story.ts'

export const stories: Stories = {
  'a hostile name is text': (
    <p>
      <Name text={HOSTILE} />
    </p>
  ),
  'a name of spaces': (
    <p>
      <Name text={'  \n '} />
    </p>
  ),
  'what a machine wrote, both ends shown': (
    <p>
      <Code text={`arn:aws:iam::111122223333:role/${'deep/'.repeat(80)}ci-deployer`} longest={60} />
    </p>
  ),
}
