/**
 * Any change before it is made: what changes, for whom, whether it can be taken back and until when. The button says the act.
 * What cannot be taken back wants the name typed; what Reeve does not do itself is steps to copy, and nothing is changed.
 */
import { useId, useState } from 'react'
import { useAct } from '../acting.ts'
import { CopyLine } from './copy-line.tsx'
import { Diff, type DiffLine } from './diff.tsx'
import { Icon } from './icon.tsx'
import { Layer } from './layer.tsx'
import { Mark } from './mark.tsx'
import { Name } from './name.tsx'
import { Refused } from './refused.tsx'
import { Sentence } from './sentence.tsx'
import './plan-sheet.css'

interface Shared {
  title: string
  /** What it is done to. */
  of: string
  change: readonly DiffLine[]
  /** Whom it concerns. */
  whom: React.ReactNode
  /** The way back, and until when it is open. */
  back: string
  close: () => void
}

/** A change that Reeve makes when it is pressed. */
export function PlanSheet({
  title,
  of,
  change,
  whom,
  back,
  close,
  effect,
  act,
  approve,
  ready = true,
  run,
  children,
}: Shared & {
  effect: 'reversible' | 'destructive'
  /** What the button says. */
  act: string
  /** Who must agree, where one is not enough. */
  approve?: string
  ready?: boolean
  run: () => Promise<unknown>
  /** Fields that it needs. */
  children?: React.ReactNode
}) {
  const [typed, setTyped] = useState('')
  const { busy, refused, run: doing } = useAct()
  const id = useId()
  const destructive = effect === 'destructive'
  const locked = destructive && typed !== of
  return (
    <Layer title={title} close={close}>
      <p className="quiet">
        <Name text={of} longest={300} />
      </p>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!locked) void doing(run).then((done) => done && close())
        }}
      >
        {children}
        <What change={change} note="what would change; nothing has" />
        <Terms whom={whom} back={back} effect={effect} approve={approve} />
        {destructive && (
          <label className="field" htmlFor={id}>
            <span className="label">
              Type <b>{of.slice(0, 120)}</b> to unlock it
            </span>
            <input
              id={id}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        )}
        <Refused error={refused} />
        <div className="acts">
          <button
            type="submit"
            className={destructive ? 'button danger' : 'button primary'}
            disabled={busy || !ready || locked}
          >
            {act}
          </button>
          <button type="button" className="button bare" onClick={close}>
            Leave it as it is
          </button>
        </div>
      </form>
    </Layer>
  )
}

/** A change that is made at its source by whoever runs it: the steps to copy. */
export const StepsSheet = ({
  title,
  of,
  change,
  whom,
  back,
  close,
  steps,
}: Shared & { steps: readonly { says: string; command: string | null }[] }) => (
  <Layer title={title} close={close}>
    <p className="quiet">
      <Name text={of} longest={300} />
    </p>
    <div className="form">
      <p className="beside plan-nothing">
        <Mark of="not-judged" beside />
        <span>
          <b>Nothing was changed.</b> Reeve holds no right to write at this source: these steps are for whoever runs it.
          The next read sees what came of them.
        </span>
      </p>
      <ol className="plan-steps">
        {steps.map(({ says, command }) => (
          <li key={says}>
            <span>
              <Sentence text={says} />
              {command && <CopyLine text={command} says="Copy the command" what="The command is" />}
            </span>
          </li>
        ))}
      </ol>
      <What change={change} note="what would change; nothing has" />
      <Terms whom={whom} back={back} />
      <div className="acts">
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
    </div>
  </Layer>
)

const What = ({ change, note }: { change: readonly DiffLine[]; note: string }) =>
  change.length === 0 ? null : <Diff title="The change" note={note} lines={change} />

const EFFECTS = {
  reversible: ['pass', 'Reversible'],
  destructive: ['critical', 'Destructive: it cannot be taken back'],
} as const

const Terms = ({
  whom,
  back,
  effect,
  approve,
}: {
  whom: React.ReactNode
  back: string
  effect?: keyof typeof EFFECTS
  approve?: string | undefined
}) => (
  <ul className="plan-terms">
    {effect && (
      <li className="beside">
        <Mark of={EFFECTS[effect][0]} beside />
        <b>{EFFECTS[effect][1]}</b>
      </li>
    )}
    <li>
      <Icon name="person" />
      <span>{whom}</span>
    </li>
    {approve && (
      <li>
        <Icon name="check" />
        <span>{approve}</span>
      </li>
    )}
    <li>
      <Icon name="undo" />
      <span>
        <Sentence text={back} />
      </span>
    </li>
  </ul>
)
