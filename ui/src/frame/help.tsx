import { like, useLiking } from '../liking.ts'
import { Layer } from '../parts/layer.tsx'
import './help.css'

const KEYS: readonly [string, string][] = [
  ['⌘K Ctrl K', 'find anything, paste any id'],
  ['/', 'filter the list'],
  ['g then o i r e f w c', 'overview, inventory, reach, expiry, findings, owners, connections'],
  ['j k', 'next and previous row'],
  ['↵', 'open'],
  ['space', 'peek beside the list'],
  ['x ⇧X', 'select a row, a range'],
  ['a', 'assign who answers for it'],
  ['1 2 3', 'answer in the inbox: mine, not mine, no longer needed'],
  ['m', 'mute until a date'],
  ['p', 'plan a change'],
  ['c ⇧C', 'copy the id, the address'],
  ['t', 'light or dark'],
  ['?', 'this list'],
  ['esc', 'close one layer'],
]

export function Help({ close }: { close: () => void }) {
  const { keys } = useLiking()
  return (
    <Layer title="Keys" close={close}>
      <dl className="keys">
        {KEYS.map(([names, what]) => (
          <div key={names}>
            <dt>
              {names.split(' ').map((name) =>
                name === 'then' || name === 'Ctrl' ? (
                  <span key={name} className="meta">
                    {name}{' '}
                  </span>
                ) : (
                  <kbd key={name}>{name}</kbd>
                ),
              )}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="row spaced">
        <input type="checkbox" checked={keys} onChange={(event) => like({ keys: event.target.checked })} />
        Single letters act. Off in every field; switch them off if you dictate or your keyboard sends them by itself.
      </label>
    </Layer>
  )
}
