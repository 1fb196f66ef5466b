/** What goes and what comes, line by line; the sign tells it without colour. */
import './diff.css'
import { cut } from './name.tsx'

export interface DiffLine {
  sign: '-' | '+' | ' '
  text: string
}

/** A fact that becomes another, as lines; what is null was or will be not there. */
export const diffLines = (
  changes: readonly { of?: string; name: string; from: string | null; to: string | null }[],
): DiffLine[] =>
  changes.flatMap(({ of, name, from, to }) => [
    ...(of ? [{ sign: ' ' as const, text: of }] : []),
    ...(from === null ? [] : [{ sign: '-' as const, text: `${name}: ${from}` }]),
    ...(to === null ? [] : [{ sign: '+' as const, text: `${name}: ${to}` }]),
  ])

export const Diff = ({ title, note, lines }: { title: string; note: string; lines: readonly DiffLine[] }) => (
  <div className="diff">
    <p className="diff-head">
      <b>{title}</b> <span>{note}</span>
    </p>
    {lines.map(({ sign, text }, i) => (
      <p
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text may be alike
        key={i}
        className={sign === '-' ? 'goes' : sign === '+' ? 'comes' : ''}
      >
        <span aria-hidden="true">{sign} </span>
        <span className="hidden-text">{sign === '-' ? 'goes: ' : sign === '+' ? 'comes: ' : ''}</span>
        <bdi>{cut(text, 400)}</bdi>
      </p>
    ))}
  </div>
)
