/** Names come from outside and may be hostile: they are text, isolated in direction, cut, and never decide the layout. */
import { to } from '../address.tsx'
import type { EntityRef } from '../nouns.ts'
import { date } from '../words.ts'
import { KindIcon } from './kind-icon.tsx'

const LONGEST = 160

export const cut = (text: string, longest = LONGEST): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line === '' ? '(a name of spaces)' : line
}

export const Name = ({ text, longest }: { text: string; longest?: number }) => <bdi>{cut(text, longest)}</bdi>

/** What a machine wrote, whole or cut in the middle so that both ends can be told apart. */
export const Code = ({ text, longest = 240 }: { text: string; longest?: number }) => {
  const half = Math.floor((longest - 1) / 2)
  return (
    <code>
      <bdi>{text.length > longest ? `${text.slice(0, half)}…${text.slice(-half)}` : text}</bdi>
    </code>
  )
}

export const EntityLink = ({ of, icon = true }: { of: EntityRef; icon?: boolean }) => (
  <span className="entity">
    {icon && <KindIcon kind={of.kind} type={of.type} named />}
    <a className="link" href={to.entity(of.key)}>
      <Name text={of.name} longest={90} />
    </a>
    {of.gone !== null && <span className="meta"> deleted {date(of.gone)}</span>}
  </span>
)

/** A sentence that stands as a title bears no full stop. */
export const asTitle = (says: string): string => says.replace(/\.$/, '')

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
