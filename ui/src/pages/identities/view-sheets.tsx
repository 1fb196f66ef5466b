/** What is asked before a view is saved or changed; each with its way back. */
import { useId, useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, withQuery } from '../../address.tsx'
import { forget, useMay } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, sentenceOf } from '../../http.ts'
import type { Kind, View } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { Refused } from '../../parts/refused.tsx'

/** What a view keeps of an address. */
export interface ViewAddress {
  kind: Kind
  q: string
  sort: string
  columns: string
}

const NameField = ({ name, setName, id }: { name: string; setName: (name: string) => void; id: string }) => (
  <label className="field" htmlFor={id}>
    <span className="label">What it is called</span>
    <input
      id={id}
      required
      maxLength={80}
      value={name}
      onChange={(event) => setName(event.target.value)}
      autoComplete="off"
    />
  </label>
)

export function SaveSheet({ here, close }: { here: ViewAddress; close: () => void }) {
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const mayShare = useMay('operator')
  const { busy, refused, run } = useAct()
  const id = useId()
  return (
    <Layer title="Save view" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            const view = await ask<View>('/v1/views', { method: 'POST', body: { ...here, name: name.trim(), shared } })
            await forget('/v1/views')
            go(withQuery({ view: view.id }), { replace: true })
            tell(`Saved as ${view.name}.`, () => void remove(view.id))
          }).then((done) => done && close())
        }}
      >
        <p className="quiet">
          The filter, the order and the columns as they are now; the rows are always those of the day.
        </p>
        <NameField name={name} setName={setName} id={id} />
        <label className="row">
          <input
            type="checkbox"
            checked={shared}
            disabled={!mayShare}
            onChange={(event) => setShared(event.target.checked)}
          />
          {mayShare ? 'Everybody sees it' : 'Only you see it; operators and admins may share a view'}
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy || name.trim() === ''}>
            Save the view
          </button>
        </div>
      </form>
    </Layer>
  )
}

export function EditSheet({
  view,
  here,
  changed,
  close,
  saveAnew,
}: {
  view: View
  here: ViewAddress
  changed: boolean
  close: () => void
  saveAnew: () => void
}) {
  const [name, setName] = useState(view.name)
  const [shared, setShared] = useState(view.shared)
  const mayShare = useMay('operator')
  const { busy, refused, run } = useAct()
  const id = useId()
  const change = (body: Partial<View>, says: string) =>
    run(async () => {
      await patch(view.id, body)
      const { name, q, sort, columns, shared } = view
      const was = { name, q, sort, columns, shared }
      tell(
        says,
        () =>
          void undone(() =>
            patch(view.id, Object.fromEntries(Object.keys(body).map((key) => [key, was[key as keyof typeof was]]))),
          ),
      )
    }).then((done) => done && close())
  return (
    <Layer title="Edit view" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void change(
            {
              ...(name.trim() !== view.name ? { name: name.trim() } : {}),
              ...(shared !== view.shared ? { shared } : {}),
            },
            `${name.trim()} was changed.`,
          )
        }}
      >
        {changed && (
          <div className="notice">
            <span>The list was changed since the view was opened.</span>
            <button
              type="button"
              className="button small"
              disabled={busy}
              onClick={() =>
                void change({ q: here.q, sort: here.sort, columns: here.columns }, `${view.name} shows this list now.`)
              }
            >
              Keep it in the view
            </button>
            <button type="button" className="button small" onClick={saveAnew}>
              Save as another
            </button>
          </div>
        )}
        <NameField name={name} setName={setName} id={id} />
        <label className="row">
          <input
            type="checkbox"
            checked={shared}
            disabled={!mayShare}
            onChange={(event) => setShared(event.target.checked)}
          />
          Everybody sees it
        </label>
        {!view.mine && <p className="meta">Made by {view.madeBy}.</p>}
        <Refused error={refused} />
        <div className="acts">
          <button
            type="submit"
            className="button primary"
            disabled={busy || name.trim() === '' || (name.trim() === view.name && shared === view.shared)}
          >
            Change the view
          </button>
          <button
            type="button"
            className="button push"
            disabled={busy}
            onClick={() =>
              void run(() => remove(view.id)).then((done) => {
                if (!done) return
                close()
                go(withQuery({ view: null }), { replace: true })
                tell(
                  `${view.name} was deleted.`,
                  () => void undone(() => ask(`/v1/views/${view.id}/restore`, { method: 'POST' })),
                )
              })
            }
          >
            Delete the view
          </button>
        </div>
      </form>
    </Layer>
  )
}

async function remove(id: string): Promise<void> {
  await ask(`/v1/views/${id}`, { method: 'DELETE' })
  await forget('/v1/views')
}

async function patch(id: string, body: Partial<View>): Promise<void> {
  await ask(`/v1/views/${id}`, { method: 'PATCH', body })
  await forget('/v1/views')
}

async function undone(back: () => Promise<unknown>): Promise<void> {
  try {
    await back()
    tell('Taken back.')
  } catch (error) {
    tell(`It could not be taken back. ${sentenceOf(error)}`)
  }
  await forget('/v1/views')
}
