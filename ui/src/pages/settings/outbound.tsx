/** What this server opened to elsewhere: nothing leaves but what you connected. */
import { useAnswer } from '../../asking.ts'
import type { Outbound as Answered } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { When } from '../../parts/known.tsx'
import { Name } from '../../parts/name.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'

export function Outbound() {
  const answer = useAnswer<Answered>('/v1/settings/outbound', { every: 30_000 })
  const data = answer.data
  return (
    <section className="section">
      <header>
        <h2>Connections opened: {data ? count(data.opened) : '…'}</h2>
        {data && (
          <span className="meta">
            by this process since {dayAndTime(data.since)}, to {some(data.hosts.length, 'place')}
          </span>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="What was opened" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={1} />
      ) : data.hosts.length === 0 ? (
        <p className="empty quiet">
          None. Reeve has no telemetry and looks nothing up; it opens connections to the sources you connect alone.
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Host</th>
              <th className="number">Port</th>
              <th className="number">Opened</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {data.hosts.map((one) => (
              <tr key={`${one.host} ${one.port}`}>
                <td>
                  <code>
                    <Name text={one.host} longest={120} />
                  </code>
                </td>
                <td className="number">{one.port}</td>
                <td className="number">{count(one.opened)}</td>
                <td>
                  <When at={one.last} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="meta spaced">
        Counted at the socket, whichever library opens it. Programs that Reeve starts, such as <code>git</code>, open
        theirs by themselves and are not among them.
      </p>
    </section>
  )
}
