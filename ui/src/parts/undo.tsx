/** One line: the way back. */
import { Icon } from './icon.tsx'
import { Sentence } from './sentence.tsx'

export const Undo = ({ says }: { says: string }) => (
  <span>
    <Icon name="undo" />
    <Sentence text={says} />
  </span>
)
