/** Reeve's sentences: code between backticks, and what becomes of them where they stand as a title or as prose. */
import { cut } from './name.tsx'

/** A sentence that stands as a title bears no full stop. */
export const asTitle = (says: string): string => says.replace(/\.$/, '')

/** Sentences of evidence as prose. A name may stand first, so the first letter is left as it is. */
export const asProse = (list: readonly string[], most: number): string =>
  list
    .slice(0, most)
    .map((says) => (/[.!?]$/.test(says) ? says : `${says}.`))
    .join(' ')

/** Reasons of a suggestion, which begin with a verb in lower case, as sentences. */
export const asSentences = (list: readonly string[], most = 3): string =>
  asProse(
    list.map((says) => `${says.charAt(0).toUpperCase()}${says.slice(1, 400)}`),
    most,
  )

/** Text with `code` between backticks, as Reeve's sentences carry it. */
export function Sentence({ text }: { text: string }) {
  const parts = text.split('`')
  if (parts.length % 2 === 0) return <bdi>{cut(text, 2000)}</bdi>
  return (
    <bdi>
      {parts.map((part, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other name
        i % 2 === 1 ? <code key={i}>{cut(part, 400)}</code> : <span key={i}>{part.slice(0, 2000)}</span>,
      )}
    </bdi>
  )
}
