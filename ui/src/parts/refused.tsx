/** Why a change was refused, where it was asked for. */
import { sentenceOf } from '../http.ts'

export const Refused = ({ error }: { error: unknown }) =>
  error ? (
    <p className="refusal" role="alert">
      {sentenceOf(error)} Nothing was changed.
    </p>
  ) : null
