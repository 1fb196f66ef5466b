/** Who probably should answer, that this is inferred, and from what. */
import type { Suggestion } from '../nouns.ts'
import { Icon } from './icon.tsx'
import { Name } from './name.tsx'
import { asSentences } from './sentence.tsx'
import './suggested-owner.css'

export const SuggestedOwner = ({ of }: { of: Suggestion }) => (
  <p className="suggested">
    <Icon name="person" />
    <span>
      Suggested:{' '}
      <b>
        <Name text={of.person.name} longest={60} />
      </b>
      . {asSentences(of.because, 2)}
    </span>
  </p>
)
