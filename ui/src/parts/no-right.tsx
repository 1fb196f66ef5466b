/** What the role of the person who is signed in does not allow: which does, and whom to ask for it. */

import { Empty } from './empty.tsx'
import { cut } from './name.tsx'

export const NoRight = ({ roles = [], ask = null }: { roles?: readonly string[]; ask?: string | null }) => (
  <Empty title="Not with your role">
    <p>
      You may see this page as {roles.length === 0 ? 'operator or admin' : either(roles)}. Ask{' '}
      {ask === null ? (
        'an admin of this installation'
      ) : (
        <>
          <bdi>{cut(ask, 60)}</bdi> or another admin
        </>
      )}
      .
    </p>
  </Empty>
)

const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
