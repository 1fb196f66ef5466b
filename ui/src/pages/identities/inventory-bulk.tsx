/** Acts on many rows: the bar of what is chosen, what is asked before, how far it is, and what was refused and why. */
import { useEffect, useState } from 'react'
import { useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { ask } from '../../http.ts'
import type { Bulk } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { Name } from '../../parts/name.tsx'
import { OwnerSheet } from '../../parts/owner-sheet.tsx'
import { Refused } from '../../parts/refused.tsx'
import { UntilSheet } from '../../parts/until-sheet.tsx'
import { count, some } from '../../words.ts'
import { planWriteBack } from '../plans/planning.ts'
import type { Selection } from './inventory-selection.ts'
import { LabelSheet } from './label-sheet.tsx'

export type BulkAct = 'owner' | 'label' | 'mute' | 'write'

/** What is chosen and what may be done with it. */
export function BulkBar({
  selection,
  total,
  begin,
}: {
  selection: Selection
  total: number
  begin: (act: BulkAct) => void
}) {
  const mayAnswer = useMay('owner')
  const mayOperate = useMay('operator')
  const { size, all, chooseAll, selecting } = selection
  return (
    <section className="bulk" aria-label="What was selected">
      <b>{all && size === total ? `All ${count(total)} that match` : `${count(size)} selected`}</b>
      {!all && size < total && (
        <button type="button" className="link" onClick={chooseAll}>
          Select all {count(total)} that match
        </button>
      )}
      {all && <span className="meta">as the list is shown; what comes later is not meant</span>}
      {mayAnswer && (
        <>
          <button type="button" className="button small" onClick={() => begin('owner')}>
            Assign owner
          </button>
          <button type="button" className="button small" onClick={() => begin('label')}>
            Label
          </button>
        </>
      )}
      {mayOperate && (
        <button type="button" className="button small" onClick={() => begin('mute')}>
          Mute findings
        </button>
      )}
      {mayOperate && (
        <button type="button" className="button small" onClick={() => begin('write')}>
          Write back
        </button>
      )}
      {!mayAnswer && <span className="meta">Acting on rows needs the role owner, operator or admin.</span>}
      <button type="button" className="button small bare push" onClick={selecting.clear}>
        Clear
      </button>
    </section>
  )
}

/** Asks for what the act needs, and has the server begin. */
export function BulkSheet({
  act,
  says,
  chosen,
  close,
  begun,
}: {
  act: BulkAct
  /** What is acted on, in words. */
  says: string
  chosen: object
  close: () => void
  begun: (bulk: Bulk) => void
}) {
  const { busy, refused, run } = useAct()
  const start = async (body: object) => {
    const bulk = await ask<Bulk>(`/v1/bulk/${act}`, { method: 'POST', body: { chosen, ...body } })
    await forget('/v1/bulk')
    begun(bulk)
  }
  switch (act) {
    case 'owner':
      return (
        <OwnerSheet
          of={says}
          suggested={null}
          close={close}
          act={(person) => start({ person: person.key, name: person.name })}
        />
      )
    case 'label':
      return <LabelSheet of={says} close={close} act={start} />
    case 'write':
      return (
        <Layer title="Write owners back" close={close}>
          <div className="form">
            <p>
              Who answers for {says} is written into their own tags at the source. The plan says tag by tag what would
              change, and changes nothing before somebody approves and applies it.
            </p>
            <Refused error={refused} />
            <div className="acts">
              <button
                type="button"
                className="button primary"
                disabled={busy}
                onClick={() => void run(() => planWriteBack(chosen)).then((done) => done && close())}
              >
                Plan it
              </button>
              <button type="button" className="button bare" onClick={close}>
                Not now
              </button>
            </div>
          </div>
        </Layer>
      )
    case 'mute':
      return (
        <UntilSheet
          says={`The open findings of ${says}`}
          close={close}
          act={(until, reason) => start({ until, reason })}
        />
      )
  }
}

const TOUCHED = ['/v1/entities', '/v1/lists', '/v1/counts', '/v1/facets', '/v1/overview', '/v1/frame', '/v1/findings']

/** Acts that run, and the last that ended, until it is put away. */
export function BulkProgress({ started, watch }: { started: Bulk | null; watch: (bulk: Bulk | null) => void }) {
  const running = useAnswer<{ rows: Bulk[] }>(useMay('owner') ? '/v1/bulk' : null).data?.rows.find(
    (bulk) => bulk.state === 'running',
  )
  const id = started?.id ?? running?.id
  const [away, putAway] = useState<string | null>(null)
  const [live, setLive] = useState(true)
  const { data: bulk = started ?? running } = useAnswer<Bulk>(
    id !== undefined && id !== away ? `/v1/bulk/${id}` : null,
    {
      every: live ? 400 : false,
    },
  )
  const ended = bulk !== undefined && bulk.id === id && bulk.state !== 'running'
  // biome-ignore lint/correctness/useExhaustiveDependencies: another act is watched anew
  useEffect(() => setLive(true), [id])
  useEffect(() => {
    if (!ended) return
    setLive(false)
    void forget(...TOUCHED, '/v1/bulk')
  }, [ended])
  const { busy, refused, run } = useAct()
  if (bulk === undefined || bulk.id === away) return null
  const step = (what: 'stop' | 'undo') =>
    void run(async () => {
      watch(await ask<Bulk>(`/v1/bulk/${bulk.id}/${what}`, { method: 'POST' }))
      await forget('/v1/bulk')
    })
  const past = bulk.done + bulk.refused
  return (
    <section className="bulk-done" aria-label="Act on many rows">
      <p role="status">
        <b>
          {bulk.state === 'running'
            ? `${count(past)} of ${count(bulk.total)}`
            : `${count(bulk.done)} done${bulk.refused > 0 ? `, ${count(bulk.refused)} refused` : ''}`}
          {bulk.state === 'stopped' && `, ${count(bulk.total - past)} left as they were`}
        </b>
        : <Name text={bulk.says} longest={160} />.
      </p>
      {bulk.state === 'running' && (
        <progress max={bulk.total} value={past} aria-label={`${past} of ${bulk.total} rows`} />
      )}
      {bulk.reasons.length > 0 && (
        <ul>
          {bulk.reasons.map((reason) => (
            <li key={reason.says}>
              {some(reason.count, 'row')}: <Name text={reason.says} longest={200} />,{' '}
              {reason.count === 1 ? 'it is' : 'the first is'}{' '}
              <a className="link" href={to.entity(reason.first)}>
                <Name text={reason.first} longest={80} />
              </a>
            </li>
          ))}
        </ul>
      )}
      <Refused error={refused} />
      <div className="row">
        {bulk.state === 'running' && (
          <button type="button" className="button small" disabled={busy} onClick={() => step('stop')}>
            Stop
          </button>
        )}
        {bulk.undoable && (
          <button type="button" className="button small" disabled={busy} onClick={() => step('undo')}>
            Undo
          </button>
        )}
        {bulk.state !== 'running' && (
          <button
            type="button"
            className="button small bare"
            onClick={() => {
              putAway(bulk.id)
              watch(null)
            }}
          >
            Put away
          </button>
        )}
      </div>
    </section>
  )
}
