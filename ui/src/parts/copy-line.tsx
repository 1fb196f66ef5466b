/** Something to copy in one line, where a box would weigh more than the text. */
import { copyText } from './copy.tsx'
import './copy-line.css'

export const CopyLine = ({ text }: { text: string }) => (
  <span className="copy-line">
    <code>
      <bdi>{text.length > 160 ? `${text.slice(0, 159)}…` : text}</bdi>
    </code>
    <button type="button" className="link" onClick={() => void copyText(text, 'The grant is')}>
      Copy what answers it
    </button>
  </span>
)
