/** Mute until a date: what changes, for how long, the way back, and a reason for whoever reads it later. */
import { useAct } from '../acting.ts'
import { Layer } from './layer.tsx'
import { Name } from './name.tsx'
import { Refused } from './refused.tsx'
import { UntilFields, useUntil } from './until-fields.tsx'

export function UntilSheet({
  says,
  close,
  act,
}: {
  says: string
  close: () => void
  act: (until: string, reason: string) => Promise<unknown>
}) {
  const until = useUntil('mute')
  const { busy, refused, run } = useAct()
  return (
    <Layer title="Mute until…" close={close}>
      <p className="quiet">
        <Name text={says} />
      </p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(() => act(until.end, until.why)).then((done) => done && close())
        }}
      >
        <UntilFields of={until} />
        <p className="meta">
          It leaves the lists and comes back by itself on that day. Reversible: it can be opened again at any time. The
          audit trail keeps who, when and why.
        </p>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || !until.ready}>
            Mute it
          </button>
          <button type="button" className="button bare" onClick={close}>
            Leave it open
          </button>
        </div>
      </form>
    </Layer>
  )
}
