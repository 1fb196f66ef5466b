import { useState } from 'react'
import { forEach, setLabel } from '../../acting.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { InventoryRow } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { some } from '../../words.ts'

export function LabelSheet({
  rows,
  close,
  done,
}: {
  rows: readonly InventoryRow[]
  close: () => void
  done: () => void
}) {
  const [label, setLabelText] = useState('')
  const [busy, setBusy] = useState(false)
  return (
    <Layer title={`Label ${some(rows.length, 'row')}`} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          setBusy(true)
          const act =
            rows.length === 1
              ? setLabel(rows[0]!.key, label.trim(), true)
              : forEach(rows, (row) =>
                  ask(`/v1/entities/${encodeURIComponent(row.key)}/labels/${encodeURIComponent(label.trim())}`, {
                    method: 'PUT',
                  }),
                ).then((says) => tell(says))
          void act
            .then(() => {
              done()
              close()
            })
            .catch((error: Error) => tell(error.message))
            .finally(() => setBusy(false))
        }}
      >
        <label className="field">
          <span className="label">Label</span>
          <input
            required
            maxLength={64}
            value={label}
            onChange={(event) => setLabelText(event.target.value)}
            autoComplete="off"
          />
          <span className="meta">It stays through every sync, and narrows lists as label:{label.trim() || '…'}</span>
        </label>
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || label.trim() === ''}>
            Put the label on
          </button>
        </div>
      </form>
    </Layer>
  )
}
