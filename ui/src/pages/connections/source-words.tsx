/** How much of a source is seen, under its bar. */
import type { ConnectionRow } from '../../nouns.ts'
import { count, now, short } from '../../words.ts'

const isToday = (at: string | null): boolean => at?.slice(0, 10) === new Date(now()).toISOString().slice(0, 10)

export function SourceWords({
  of: { state, bar, lastRead },
}: {
  of: Pick<ConnectionRow, 'state' | 'bar' | 'lastRead'>
}) {
  const kept =
    bar.stale > 0 && `${count(bar.stale)} kept from ${bar.staleSince ? short(bar.staleSince) : 'an earlier day'}`
  if (state === 'running')
    return (
      <span className="ledger-words">
        being read now{bar.obtained > 0 && `; ${count(bar.obtained)} at the last read`}
      </span>
    )
  if (state === 'never') return <span className="ledger-words quiet">not read yet</span>
  if (bar.obtained === 0 && kept)
    return (
      <span className="ledger-words unknown">
        nothing {isToday(lastRead) ? 'today' : 'lately'}; {kept}
      </span>
    )
  if (state === 'failed')
    return <span className="ledger-words unknown">the last read failed{kept ? `; ${kept}` : ''}</span>
  if (bar.asked === 0) return <span className="ledger-words">whole; there was nothing in it</span>
  if (bar.refused + bar.stale === 0) return <span className="ledger-words">all {count(bar.asked)}</span>
  return (
    <span className="ledger-words unknown">
      {count(bar.obtained)} of {count(bar.asked)}
      {kept && `; ${kept}`}
    </span>
  )
}
