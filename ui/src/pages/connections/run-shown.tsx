/** One read of the past, by the number in the address: how it came out, and the ledger that it ended with. */
import { withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import type { ConnectionPage, LedgerRow, RunRow, SourceProgress } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime } from '../../words.ts'
import { seconds, stateWord } from './ledger-lines.tsx'
import { ListingProgress } from './progress.tsx'

type Answered = {
  run: RunRow
  progress: SourceProgress | null
  ledger: Pick<LedgerRow, 'collection' | 'scope' | 'expected' | 'obtained' | 'refused' | 'reason'>[]
}

export function RunShown({ id, of }: { id: string; of: ConnectionPage }) {
  const answer = useAnswer<Answered>(`/v1/runs/${encodeURIComponent(id)}`)
  const data = answer.data
  const title = (collection: string) =>
    of.ledger.find((line) => line.collection === collection)?.title ??
    data?.progress?.collections.find((one) => one.id === collection)?.title ??
    collection
  return (
    <section className="section" aria-label={`Read ${id}`}>
      <header>
        <h2>Read {id}</h2>
        {data && (
          <span className="meta">
            {data.run.started && `${dayAndTime(data.run.started)}, `}
            {stateWord(data.run.state)}
            {data.run.seconds !== null && ` after ${seconds(data.run.seconds)}`}; {count(data.run.added)} new,{' '}
            {count(data.run.changed)} changed, {count(data.run.gone)} gone
          </span>
        )}
        <a className="link" href={withQuery({ run: null })}>
          To the last read
        </a>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="This read" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={3} />
      ) : data.run.connection !== of.connection.connection ? (
        <p className="empty quiet">Read {id} was of another source.</p>
      ) : (
        <>
          {data.run.error && (
            <p className="beside spaced">
              <Mark of="unknown" beside />
              <span>
                <Sentence text={data.run.error.message} /> (<code>{data.run.error.code}</code>) Nothing was removed.
              </span>
            </p>
          )}
          {data.ledger.length === 0 ? (
            data.progress && data.progress.collections.length > 0 ? (
              <ListingProgress of={data.progress.collections} />
            ) : (
              <p className="empty quiet">It ended before it read anything.</p>
            )
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Listing</th>
                  <th className="number">Asked</th>
                  <th className="number">Got</th>
                  <th className="number">Refused</th>
                </tr>
              </thead>
              <tbody>
                {data.ledger.map((line) => (
                  <tr key={`${line.collection} ${line.scope}`}>
                    <td>
                      <Name text={title(line.collection)} longest={80} />
                      {line.scope !== '' && (
                        <span className="sub">
                          <Name text={line.scope} longest={120} />
                        </span>
                      )}
                      {line.reason && (
                        <span className="sub unknown">
                          <Sentence text={line.reason} />
                        </span>
                      )}
                    </td>
                    <td className="number">
                      {line.expected === null ? <span className="quiet">not told</span> : count(line.expected)}
                    </td>
                    <td className="number">{count(line.obtained)}</td>
                    <td className={line.refused > 0 ? 'number unknown' : 'number quiet'}>{count(line.refused)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  )
}
