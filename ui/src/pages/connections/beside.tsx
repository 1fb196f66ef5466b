/** Beside the list: the ledger of one source, the grants that answer most, and who Reeve is there. */
import { useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { ask } from '../../http.ts'
import type { ConnectionPage } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import { LedgerTable } from './ledger-lines.tsx'

/** Lines that fit beside a list. */
const FIT = 8

export function Beside({ id }: { id: string }) {
  const page = useAnswer<ConnectionPage>(`/v1/connections/${encodeURIComponent(id)}`, { keep: true })
  const operator = useMay('operator')
  const { busy, refused, run } = useAct()
  if (page.error) return <Failure error={page.error} what="This source" again={() => void page.refetch()} />
  if (!page.data) return <Waiting rows={4} />
  const { connection, ledger, grants, elsewhere } = page.data
  const incomplete = ledger.filter((line) => !line.complete)
  const shown = (incomplete.length > 0 ? incomplete : ledger).slice(0, FIT)
  const others = ledger.length - shown.length
  const answered = grants.reduce((sum, grant) => sum + grant.verdicts, 0)
  return (
    <section className={page.isPlaceholderData ? 'section dim' : 'section'} aria-label="Ledger of one source">
      <header>
        <h2>
          <a className="title" href={to.connection(id)}>
            <Name text={connection.title} longest={60} />
          </a>
        </h2>
        {operator && (
          <button
            type="button"
            className="button small push"
            disabled={busy || connection.state === 'running'}
            onClick={() =>
              void run(async () => {
                await ask(`/v1/connections/${encodeURIComponent(id)}/runs`, { method: 'POST', body: {} })
                await forget('/v1/connections', '/v1/frame')
              })
            }
          >
            <Icon name="read" />
            {connection.state === 'running' ? 'Being read' : 'Read again'}
          </button>
        )}
      </header>
      <Refused error={refused} />
      {ledger.length === 0 ? (
        <p className="empty quiet">Its ledger begins with the first read.</p>
      ) : (
        <>
          <LedgerTable of={shown} elsewhere={elsewhere} small />
          <p className="meta spaced">
            {others > 0 && (
              <>
                <a className="link" href={to.connection(id)}>
                  {some(others, 'other listing')}
                </a>
                {incomplete.length > shown.length ? '. ' : ' came whole. '}
              </>
            )}
            What was not read was <b>not deleted, not passed and not scored</b>.
          </p>
        </>
      )}
      {grants.length > 0 && (
        <>
          <h3 className="grants-head">
            {answered > 0 ? `To answer ${some(answered, 'unknown verdict')}` : 'To see the rest'}
          </h3>
          {grants.slice(0, 2).map((grant) => (
            <Copy
              key={grant.permission}
              text={grant.permission}
              says={
                grant.verdicts > 0
                  ? `answers ${some(grant.verdicts, 'verdict')}; read only`
                  : 'read only; give it to whoever runs the source'
              }
            />
          ))}
          {grants.length > 2 && (
            <p className="meta spaced">
              and{' '}
              <a className="link" href={to.connection(id)}>
                {count(grants.length - 2)} more
              </a>
            </p>
          )}
        </>
      )}
    </section>
  )
}
