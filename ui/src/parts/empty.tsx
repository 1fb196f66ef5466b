/** What a page says when there is nothing to show, and why. */
import './state.css'

export const Empty = ({
  title,
  children,
  mark,
}: {
  title: string
  children?: React.ReactNode
  mark?: React.ReactNode
}) => (
  <div className="state">
    <h2>
      {mark}
      <span>{title}</span>
    </h2>
    {children}
  </div>
)
