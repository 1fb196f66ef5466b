/** What a change was and is, field by field: what stayed the same is left out. */
import type { JsonValue } from '../../nouns.ts'
import { Code } from '../../parts/name.tsx'

type Line = { name: string; before: string | null; after: string | null }

const MOST = 40

export function Difference({ before, after }: { before: JsonValue; after: JsonValue }) {
  const lines = linesOf(before, after)
  if (lines.length === 0) return <span className="quiet">{before === null && after === null ? '' : 'the same'}</span>
  return (
    <dl className="difference">
      {lines.slice(0, MOST).map(({ name, before: was, after: is }) => (
        <div key={name}>
          {name !== '' && <dt>{name}</dt>}
          <dd>
            {was !== null && (
              <del>
                <span className="hidden-text">was </span>
                <Code text={was} longest={400} />
              </del>
            )}
            {is !== null && (
              <ins>
                <span className="hidden-text">is </span>
                <Code text={is} longest={400} />
              </ins>
            )}
          </dd>
        </div>
      ))}
      {lines.length > MOST && <div className="meta">and {lines.length - MOST} fields more; the export has all</div>}
    </dl>
  )
}

/** One line under the entry: what changed, in few words. */
export const inShort = (before: JsonValue, after: JsonValue): string =>
  linesOf(shortened(before), shortened(after))
    .slice(0, 3)
    .map(({ name, before: was, after: is }) =>
      `${name}${name === '' ? '' : ' '}${was !== null && is !== null ? `${cut(was)} → ${cut(is)}` : cut(is ?? was ?? '')}`.trim(),
    )
    .join(', ')

/** A list of many is told by how many it has. */
const shortened = (value: JsonValue): JsonValue =>
  Array.isArray(value)
    ? value.length > 3
      ? value.length
      : value
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one as JsonValue)]))
      : value

const cut = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 39)}…` : line
}

function linesOf(before: JsonValue, after: JsonValue): Line[] {
  const was = flat(before)
  const is = flat(after)
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: was.get(name) ?? null, after: is.get(name) ?? null }))
    .filter((line) => line.before !== line.after)
}

function flat(value: JsonValue, at = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (at !== '') into.set(at, 'nothing')
  } else if (Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null))
    into.set(at, value.length === 0 ? 'none' : value.join(', '))
  else if (typeof value === 'object')
    for (const [name, one] of Object.entries(value)) flat(one as JsonValue, at === '' ? name : `${at}.${name}`, into)
  else into.set(at, String(value))
  return into
}
