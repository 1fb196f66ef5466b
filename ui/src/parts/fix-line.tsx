/** One line: what mends it. */
import { Icon } from './icon.tsx'
import { Sentence } from './sentence.tsx'

export const FixLine = ({ says }: { says: string }) => (
  <span>
    <Icon name="wrench" />
    <Sentence text={says} />
  </span>
)
