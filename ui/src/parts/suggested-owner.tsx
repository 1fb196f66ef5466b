/** Who probably should answer, that this is inferred, and from what. */
import type { Suggestion } from '../nouns.ts'
import { Icon } from './icon.tsx'
import { Name } from './name.tsx'
import { asSentences } from './sentence.tsx'
import './suggested-owner.css'

/** How sure a suggestion is, as it opens its line. Nothing is added where it is sure, or not said. */
const OPENING = {
  high: 'Suggested:',
  medium: 'Suggested, not for certain:',
  low: 'A guess, others are nearly as likely:',
} as const
export const openingOf = ({ confidence }: Suggestion): string => OPENING[confidence ?? 'high']

export const SuggestedOwner = ({ of }: { of: Suggestion }) => (
  <p className="suggested">
    <Icon name="person" />
    <span>
      {openingOf(of)}{' '}
      <b>
        <Name text={of.person.name} longest={60} />
      </b>
      . {asSentences(of.because, 2)}
    </span>
  </p>
)
