/** Where you are signed in. */
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { SessionRow } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { cut } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { date } from '../../words.ts'

export function Sessions() {
  const answer = useAnswer<{ rows: SessionRow[] }>('/v1/sessions')
  const { busy, refused, run } = useAct()
  const rows = answer.data?.rows
  const end = (path: string, says: string) =>
    run(async () => {
      await ask(path, { method: 'DELETE' })
      tell(says)
      await forget('/v1/sessions')
    })
  return (
    <section className="section">
      <header>
        <h2>Signed in</h2>
        <span className="meta">a session ends by itself after a day unused, and after a week</span>
        {rows && rows.length > 1 && (
          <button
            type="button"
            className="link"
            disabled={busy}
            onClick={() => void end('/v1/sessions', 'You are signed in here alone.')}
          >
            Sign out everywhere else
          </button>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="Your sessions" again={() => void answer.refetch()} />
      ) : !rows ? (
        <Waiting rows={1} />
      ) : (
        <table>
          <thead>
            <tr>
              <th>Browser</th>
              <th className="wide">By</th>
              <th className="wide">Since</th>
              <th>Last seen</th>
              <th className="wide">Ends</th>
              <th>
                <span className="hidden-text">Act</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td>
                  <bdi>{browserOf(row.agent)}</bdi>
                  {row.here && <span className="sub">this one</span>}
                </td>
                <td className="wide">{row.means === 'passkey' ? 'passkey' : 'one-time link'}</td>
                <td className="wide">{date(row.created)}</td>
                <td>
                  <When at={row.lastSeen} />
                </td>
                <td className="wide">{date(row.expires)}</td>
                <td className="number">
                  {!row.here && (
                    <button
                      type="button"
                      className="button small"
                      disabled={busy}
                      onClick={() =>
                        void end(`/v1/sessions/${encodeURIComponent(row.id)}`, 'You are signed out there.')
                      }
                    >
                      Sign out there
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Refused error={refused} />
    </section>
  )
}

/** `Firefox on Linux`, as far as a browser says; else its own words, cut. */
function browserOf(agent: string | null): string {
  if (agent === null) return 'It did not say what it is'
  const browser = /(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari)\//.exec(agent)?.[1]
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1]
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chrome', 'Mac OS X': 'macOS' }
  if (!browser) return cut(agent, 80)
  return `${names[browser] ?? browser}${system ? ` on ${names[system] ?? system}` : ''}`
}
