/** Something to copy in one line, where a box would weigh more than the text. */
import { copyText } from './copy.tsx'
import './copy-line.css'

export const CopyLine = ({
  text,
  says = 'Copy what answers it',
  what = 'The grant is',
}: {
  text: string
  says?: string
  what?: string
}) => (
  <span className="copy-line">
    <code>
      <bdi>{text.length > 160 ? `${text.slice(0, 159)}…` : text}</bdi>
    </code>
    <button type="button" className="link" onClick={() => void copyText(text, what)}>
      {says}
    </button>
  </span>
)
