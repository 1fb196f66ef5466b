/** One line: who answers for it, or who probably should, and that this is inferred. */
import type { Suggestion } from '../nouns.ts'
import { Icon } from './icon.tsx'
import { Name } from './name.tsx'

export const OwnerLine = ({
  owner,
  suggested,
}: {
  owner: { name: string; left?: boolean } | null
  suggested: Suggestion | null
}) => (
  <span>
    <Icon name="person" />
    {owner ? (
      <span className={owner.left ? 'high' : ''}>
        <Name text={owner.name} longest={60} />
        {owner.left && ', who has left'}
      </span>
    ) : (
      <span>
        Nobody
        {suggested && (
          <>
            {' '}
            answers for it; suggested: <Name text={suggested.person.name} longest={60} />
          </>
        )}
      </span>
    )}
  </span>
)
