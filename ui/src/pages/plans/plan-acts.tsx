/** What may be done with a plan now; what may not says why. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useMay } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { Plan } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { Refused } from '../../parts/refused.tsx'
import { some } from '../../words.ts'

type Step = 'apply' | 'stop' | 'undo'

export function PlanActs({ of }: { of: Plan }) {
  const may = useMay('operator')
  const [approving, setApproving] = useState(false)
  const { busy, refused, run } = useAct()
  if (!may) return <p className="meta acts">Approving and applying needs the role operator or admin.</p>
  const step = (what: Step) =>
    void run(async () => {
      await ask(`/v1/plans/${of.id}/${what}`, { method: 'POST' })
      await forget('/v1/plans')
    })
  const withdraw = () =>
    void run(async () => {
      await ask(`/v1/plans/${of.id}`, { method: 'DELETE' })
      tell('The plan is withdrawn. Nothing was changed.')
      await forget('/v1/plans')
    })
  const running = of.state === 'running' || of.state === 'undoing'
  const left = of.counts.ready + of.counts.failed
  const open = of.state === 'open' || of.state === 'approved'
  const why = [...new Set([of.may.apply, of.may.approve])].filter((reason) => reason !== null)
  return (
    <div className="acts plan-acts">
      {running && (
        <button type="button" className="button" disabled={busy} onClick={() => step('stop')}>
          Stop; what is done stays
        </button>
      )}
      {of.may.approve === null && (
        <button type="button" className="button primary" disabled={busy} onClick={() => setApproving(true)}>
          Approve…
        </button>
      )}
      {of.may.apply === null && (
        <button type="button" className="button primary" disabled={busy} onClick={() => step('apply')}>
          {of.state === 'done' ? `Write the other ${left}` : `Write ${some(left, 'tag')}`}
        </button>
      )}
      {of.may.undo === null && (
        <button type="button" className="button" disabled={busy} onClick={() => step('undo')}>
          Put back what was there
        </button>
      )}
      {of.may.withdraw === null && (
        <button type="button" className="button bare" disabled={busy} onClick={withdraw}>
          Withdraw
        </button>
      )}
      {open && of.may.apply !== null && (of.may.approve !== null || of.approved !== null) && (
        <p className="meta plan-why">{why.filter((reason) => reason !== 'It is approved').join('. ')}.</p>
      )}
      <Refused error={refused} />
      {approving && <ApproveSheet of={of} close={() => setApproving(false)} />}
    </div>
  )
}

/** A stated reason, which stays on the record. */
function ApproveSheet({ of, close }: { of: Plan; close: () => void }) {
  const [reason, setReason] = useState('')
  const { busy, refused, run } = useAct()
  const approve = async () => {
    await ask(`/v1/plans/${of.id}/approve`, { method: 'POST', body: { reason: reason.trim() } })
    tell('Approved. Nothing is written until somebody applies it.')
    await forget('/v1/plans')
  }
  return (
    <Layer title="Approve the plan" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(approve).then((done) => done && close())
        }}
      >
        <p>
          {some(of.counts.ready + of.counts.failed, 'thing')} may then be changed at{' '}
          {of.connections.map(({ connection }) => connection).join(', ')}. Each is looked at right before it is written;
          what somebody changed since is left alone.
        </p>
        <label className="field">
          <span className="label">Why (it stays on the record)</span>
          <input
            required
            minLength={3}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            autoComplete="off"
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || reason.trim().length < 3}>
            Approve it
          </button>
          <button type="button" className="button bare" onClick={close}>
            Not now
          </button>
        </div>
      </form>
    </Layer>
  )
}
