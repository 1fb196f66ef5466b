/** Rows of true height, after 150 ms, without counts we do not have. */
import './waiting.css'

export const Waiting = ({ rows = 8 }: { rows?: number }) => (
  <div className="skeleton" role="status">
    <span className="hidden-text">Reading…</span>
    {Array.from({ length: rows }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rows that are all alike
      <i key={i} aria-hidden="true" />
    ))}
  </div>
)
