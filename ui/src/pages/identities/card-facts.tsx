/** The facts beside the card that can be changed or traced. */
import { useState } from 'react'
import { setLabel, useAct } from '../../acting.ts'
import { to } from '../../address.tsx'
import type { Card } from '../../nouns.ts'
import { Icon } from '../../parts/icon.tsx'
import { Known } from '../../parts/known.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { dayAndTime } from '../../words.ts'

export const Score = ({ of }: { of: Card }) => (
  <div>
    <dt>Score and its parts</dt>
    <dd>
      <Known of={of.score}>
        {(score) => (
          <div className="parts-sum">
            {score.parts.map((part) => (
              <div key={part.says}>
                <span>{part.says}</span>
                <span>
                  {part.points} <span className="meta">of {part.most}</span>
                </span>
              </div>
            ))}
            <div>
              <span>Total</span>
              <span>{score.total}</span>
            </div>
          </div>
        )}
      </Known>
    </dd>
  </div>
)

export function Labels({ of, may }: { of: Card; may: boolean }) {
  const [typed, setTyped] = useState('')
  const { busy, refused, run } = useAct()
  if (!may && of.labels.length === 0) return null
  return (
    <div>
      <dt>Labels</dt>
      <dd>
        <span className="row">
          {of.labels.map((label) => (
            <span className="tag" key={label}>
              {cut(label, 40)}{' '}
              {may && (
                <button
                  type="button"
                  aria-label={`Take the label ${label} off`}
                  disabled={busy}
                  onClick={() => void run(() => setLabel(of.entity.key, label, false))}
                >
                  <Icon name="close" size={10} />
                </button>
              )}
            </span>
          ))}
        </span>
        {may && (
          <form
            className="row label-form"
            onSubmit={(event) => {
              event.preventDefault()
              void run(() => setLabel(of.entity.key, typed.trim(), true)).then((done) => done && setTyped(''))
            }}
          >
            <input
              aria-label="New label"
              placeholder="New label"
              value={typed}
              maxLength={64}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
            />
            <button type="submit" className="button small" disabled={busy || typed.trim() === ''}>
              Put on
            </button>
          </form>
        )}
        <Refused error={refused} />
      </dd>
    </div>
  )
}

export const Sources = ({ of }: { of: Card }) => (
  <div>
    <dt>Read from</dt>
    <dd>
      {of.sources.length === 0 && <span className="unknown">No listing has described it; others name it</span>}
      {of.sources.map((source) => (
        <span className="sub-line" key={`${source.connection} ${source.collection}`}>
          <a className="link" href={to.connection(source.connection)}>
            <Name text={source.title} longest={50} />
          </a>{' '}
          <span className="meta">
            {source.collection}
            {source.readAt && `, ${dayAndTime(source.readAt)}`}
          </span>
          {!source.complete && <span className="sub unknown">{cut(source.reason ?? 'not read completely', 160)}</span>}
        </span>
      ))}
    </dd>
  </div>
)
