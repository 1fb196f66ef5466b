/** How long is kept what is not current any more, and how much would go. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { answers, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Retention as Keep, RetentionPage } from '../../nouns.ts'
import { Failure } from '../../parts/failure.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime } from '../../words.ts'

const PATH = '/v1/settings/retention'
const KINDS: readonly [keyof Keep, string, string][] = [
  ['runs', 'Reads of sources', 'The last ten of each source stay, however old.'],
  ['findings', 'Closed findings', 'With all that happened to them. Open ones stay.'],
  [
    'history',
    'History of the estate',
    'What is gone, and how what is there has changed. Earlier days cannot be seen then.',
  ],
  ['events', 'Events', 'What came of each judging, and steps of findings that are closed.'],
]
const DAYS: readonly (number | null)[] = [30, 90, 180, 400, 730, 1095, 1825, null]
const word = (days: number | null): string =>
  days === null ? 'for ever' : days % 365 === 0 ? `${days / 365} ${days === 365 ? 'year' : 'years'}` : `${days} days`

export function Retention() {
  const answer = useAnswer<RetentionPage>(PATH)
  return (
    <section className="section">
      <header>
        <h2>Retention</h2>
        <span className="meta">what is current, and the audit trail, are kept for ever</span>
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="Retention" again={() => void answer.refetch()} />
      ) : !answer.data ? (
        <Waiting rows={4} />
      ) : (
        <Form of={answer.data} />
      )}
    </section>
  )
}

function Form({ of }: { of: RetentionPage }) {
  const [keep, setKeep] = useState(of.keep)
  const [dry, setDry] = useState<RetentionPage | null>(null)
  const { busy, refused, run } = useAct()
  const changed = KINDS.some(([kind]) => keep[kind] !== of.keep[kind])
  const due = changed ? dry?.due : of.due
  const total = due && Object.values(due).reduce((sum, one) => sum + one, 0)
  const choose = (kind: keyof Keep, days: number | null) => {
    const next = { ...keep, [kind]: days }
    setKeep(next)
    setDry(null)
    void run(async () => setDry(await ask<RetentionPage>(`${PATH}/dry-run`, { method: 'POST', body: next })))
  }
  const put = (act: () => Promise<RetentionPage>, says: (page: RetentionPage) => string) =>
    run(async () => {
      const page = await act()
      answers.setQueryData([PATH], page)
      setKeep(page.keep)
      setDry(null)
      tell(says(page))
    })
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>What</th>
            <th>Kept</th>
            <th className="number">Would go now</th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map(([kind, title, says]) => (
            <tr key={kind}>
              <td>
                {title}
                <span className="sub">{says}</span>
              </td>
              <td>
                <select
                  className="short"
                  aria-label={`${title} are kept`}
                  value={keep[kind] ?? 'ever'}
                  onChange={(event) => choose(kind, event.target.value === 'ever' ? null : Number(event.target.value))}
                >
                  {(DAYS.includes(keep[kind]) ? DAYS : [keep[kind], ...DAYS]).map((days) => (
                    <option key={days ?? 'ever'} value={days ?? 'ever'}>
                      {word(days)}
                    </option>
                  ))}
                </select>
              </td>
              <td className="number" aria-live="polite">
                {due ? count(due[kind] ?? 0) : <span className="quiet">counting</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Refused error={refused} />
      <p className="meta spaced">
        {of.last
          ? `Last applied ${dayAndTime(of.last.at)}: ${count(Object.values(of.last.gone).reduce((sum, one) => sum + one, 0))} went.`
          : 'It has not been applied yet.'}
        {of.next && ` Applied each night, next ${dayAndTime(of.next)}.`} What has gone comes back from a backup alone.
      </p>
      <div className="row spaced">
        {changed ? (
          <>
            <button
              type="button"
              className="button primary"
              disabled={busy}
              onClick={() =>
                void put(
                  () => ask<RetentionPage>(PATH, { method: 'PUT', body: keep }),
                  () => 'Decided. It is applied in the night.',
                )
              }
            >
              Keep it so
            </button>
            <button type="button" className="button bare" onClick={() => setKeep(of.keep)}>
              As it was
            </button>
          </>
        ) : (
          <button
            type="button"
            className="button"
            disabled={busy || !total}
            onClick={() =>
              void put(
                () => ask<RetentionPage>(`${PATH}/apply`, { method: 'POST', body: {} }),
                (page) => `${count(Object.values(page.last?.gone ?? {}).reduce((sum, one) => sum + one, 0))} went.`,
              )
            }
          >
            {total ? `Let ${count(total)} go now` : 'Nothing is old enough to go'}
          </button>
        )}
      </div>
    </>
  )
}
