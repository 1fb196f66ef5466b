/** What a page says when it has nothing to show: partial, empty, failed, not allowed, gone, still loading. */
import { Problem } from '../http.ts'
import type { LedgerBar } from '../nouns.ts'
import { count, percent, short } from '../words.ts'
import { Mark } from './mark.tsx'

/** The hatched notice above a list that is not whole. */
export function Partial({ bar, children }: { bar: LedgerBar; children?: React.ReactNode }) {
  if (bar.refused + bar.stale === 0) return null
  return (
    <div className="partial">
      <Mark of="unknown" beside />
      <p>
        <b>This list is {percent(bar.percent)} of what we asked for.</b>{' '}
        {bar.stale > 0 &&
          `${count(bar.stale)} ${bar.stale === 1 ? 'is' : 'are'} shown as on ${bar.staleSince ? short(bar.staleSince) : 'an earlier day'}. `}
        {bar.refused > 0 && `${count(bar.refused)} ${bar.refused === 1 ? 'was' : 'were'} refused. `}
        {children} Nothing was removed.
      </p>
      <a className="button small" href="/connections">
        See why
      </a>
    </div>
  )
}

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

/** Names what failed, the code, and what was not harmed. */
export function Failure({ error, what, again }: { error: unknown; what: string; again?: () => void }) {
  const problem = error instanceof Problem ? error : null
  if (problem?.status === 403) return <NoRight />
  if (problem?.status === 404)
    return (
      <Empty title={`${what} is not there`}>
        <p>
          It may never have been, or it is in what we could not read. The history keeps what was deleted at its source.
        </p>
        <div className="row">
          <a className="button" href="/identities">
            Inventory
          </a>
          <a className="button" href="/connections">
            What was not read
          </a>
        </div>
      </Empty>
    )
  return (
    <div className="state" role="alert">
      <h2>{what} could not be read</h2>
      <p>
        {sentenceOf(error)} (<code>{problem?.code ?? 'console/error'}</code>
        {problem?.request && <>, request {problem.request}</>}). Nothing was changed and no sync was lost; syncs wait
        and go on by themselves.
      </p>
      {again && (
        <div className="row">
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
    </div>
  )
}

/** A server's message, which begins in lower case, as a sentence of Reeve's. */
export const sentenceOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : 'Something unforeseen happened'
  const line = `${text.charAt(0).toUpperCase()}${text.slice(1, 600)}`
  return /[.!?]$/.test(line) ? line : `${line}.`
}

export const NoRight = () => (
  <Empty title="Not with your role">
    <p>You may see this page as operator or admin. Ask an admin of this installation for that role.</p>
  </Empty>
)

/** Rows of true height, after 150 ms, without counts we do not have. */
export const Waiting = ({ rows = 8 }: { rows?: number }) => (
  <div className="skeleton" role="status">
    <span className="hidden-text">Reading…</span>
    {Array.from({ length: rows }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rows that are all alike
      <i key={i} aria-hidden="true" />
    ))}
  </div>
)
