/** A backup now, or each night; bringing one back is done at the command line, where nothing else writes. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { answers, forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { BackupRow, BackupsPage } from '../../nouns.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Code } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { ago, count, dayAndTime, some } from '../../words.ts'

const SCHEDULES: readonly [string | null, string][] = [
  [null, 'only when asked'],
  ['30 2 * * *', 'every night at 02:30 UTC'],
  ['30 2 * * 1', 'every Monday at 02:30 UTC'],
]

export function Backups() {
  const [watching, setWatching] = useState(false)
  const answer = useAnswer<BackupsPage>('/v1/backups', { every: watching ? 500 : 60_000 })
  const [making, setMaking] = useState(false)
  const data = answer.data
  const running = data?.rows.some(({ state }) => state === 'running') === true
  if (running !== watching) setWatching(running)
  const last = data?.rows.find(({ state, there }) => state === 'done' && there)
  return (
    <section className="section">
      <header>
        <h2>Backup</h2>
        {data && (
          <span className={last ? 'meta' : 'meta high'}>
            {last ? `the last one is from ${dayAndTime(last.started)}, ${ago(last.started)}` : 'there is none'}
          </span>
        )}
        {data && data.folder !== null && (
          <button type="button" className="link" disabled={running} onClick={() => setMaking(true)}>
            Make one now
          </button>
        )}
      </header>
      {answer.error ? (
        <Failure error={answer.error} what="The backups" again={() => void answer.refetch()} />
      ) : !data ? (
        <Waiting rows={2} />
      ) : (
        <>
          {data.rows.length === 0 ? (
            <p className="empty quiet">
              None was made here yet. One holds all that Reeve knows, the audit trail included.
            </p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Made</th>
                  <th className="wide">By</th>
                  <th className="number">Size</th>
                  <th>File on the server</th>
                  <th>
                    <span className="hidden-text">Act</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.rows.map((row) => (
                  <Row key={row.id} of={row} />
                ))}
              </tbody>
            </table>
          )}
          {data.folder !== null && <Schedule of={data} />}
          <div className="spaced">
            <Copy
              text={`REEVE_DATA=/an/empty/folder ./reeve restore ${last?.file ?? 'the-file.backup'}${last?.withKey ? ' --passphrase-file a-file-with-it' : ''}`}
              says="brings one back, at the command line, into an empty data folder"
            />
          </div>
        </>
      )}
      {making && <Make close={() => setMaking(false)} />}
    </section>
  )
}

function Row({ of }: { of: BackupRow }) {
  const { busy, refused, run } = useAct()
  return (
    <tr>
      <td>
        {dayAndTime(of.started)}
        {of.state === 'failed' && (
          <span className="sub unknown">
            failed: {of.error?.message} (<code>{of.error?.code}</code>)
          </span>
        )}
        <Refused error={refused} />
      </td>
      <td className="wide quiet">{of.by}</td>
      <td className="number">{of.state === 'failed' ? <span className="quiet">nothing kept</span> : size(of.bytes)}</td>
      <td>
        {of.state === 'running' ? (
          <span role="status">
            {of.of === null ? 'beginning' : `${count(of.tables)} of ${some(of.of, 'table')}`}
            <progress className="backup-progress" value={of.tables} max={of.of ?? 1} aria-label="Tables written" />
          </span>
        ) : of.state === 'done' ? (
          <>
            <Code text={of.file} longest={90} />
            <span className={of.there ? 'sub' : 'sub unknown'}>
              {of.there
                ? of.withKey
                  ? 'bears the installation key under your passphrase'
                  : 'without the installation key: keep that apart'
                : 'the file is not there any more'}
            </span>
          </>
        ) : (
          ''
        )}
      </td>
      <td className="number">
        <span className="row end">
          {of.state === 'done' && of.there && (
            <a className="button small" href={`/v1/backups/${encodeURIComponent(of.id)}/file`} download>
              Download
            </a>
          )}
          {of.state !== 'running' && (
            <button
              type="button"
              className="button small bare"
              disabled={busy}
              onClick={() =>
                void run(async () => {
                  await ask(`/v1/backups/${encodeURIComponent(of.id)}`, { method: 'DELETE' })
                  tell('The backup is deleted.')
                  await forget('/v1/backups')
                })
              }
            >
              Delete
            </button>
          )}
        </span>
      </td>
    </tr>
  )
}

function Schedule({ of }: { of: BackupsPage }) {
  const { busy, refused, run } = useAct()
  const { cron, keep } = of.schedule
  const set = (schedule: BackupsPage['schedule']) =>
    run(async () => {
      answers.setQueryData(
        ['/v1/backups'],
        await ask<BackupsPage>('/v1/backups/schedule', { method: 'PUT', body: schedule }),
      )
      tell(schedule.cron === null ? 'Backups are made when asked.' : 'Decided.')
    })
  return (
    <div className="row spaced">
      <label className="row">
        By itself
        <select
          className="short"
          value={cron ?? ''}
          disabled={busy}
          onChange={(event) => void set({ cron: event.target.value || null, keep })}
        >
          {[...SCHEDULES, ...(SCHEDULES.some(([one]) => one === cron) ? [] : [[cron, cron ?? ''] as const])].map(
            ([value, word]) => (
              <option key={value} value={value ?? ''}>
                {word}
              </option>
            ),
          )}
        </select>
      </label>
      {cron !== null && (
        <>
          <label className="row">
            keeping the last
            <input
              type="number"
              className="short"
              min={1}
              max={365}
              value={keep}
              disabled={busy}
              onChange={(event) =>
                event.target.valueAsNumber >= 1 && void set({ cron, keep: event.target.valueAsNumber })
              }
            />
          </label>
          {of.next && <span className="meta">next {dayAndTime(of.next)}; without the installation key</span>}
        </>
      )}
      <Refused error={refused} />
    </div>
  )
}

function Make({ close }: { close: () => void }) {
  const [passphrase, setPassphrase] = useState('')
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Make a backup now" close={close}>
      <form
        className="form"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            await ask('/v1/backups', { method: 'POST', body: passphrase === '' ? {} : { passphrase } })
            setPassphrase('')
            await forget('/v1/backups')
            close()
          })
        }}
      >
        <p>It is written while everybody goes on working, and holds the estate as it is at this moment.</p>
        <label className="field">
          <span className="label">Passphrase for the installation key (optional)</span>
          <input
            type="password"
            minLength={12}
            maxLength={1000}
            autoComplete="new-password"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
          <span className="meta">
            With one, the installation key goes into the file under it, and the file alone is enough. Without, keep{' '}
            <code>key</code> of the data folder apart: sealed settings open with it alone. The passphrase is kept
            nowhere.
          </span>
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            Make the backup
          </button>
        </div>
      </form>
    </Layer>
  )
}

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${count(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
