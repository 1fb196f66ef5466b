/** Names come from outside and may be hostile: they are text, isolated in direction, cut, and never decide the layout. */
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
