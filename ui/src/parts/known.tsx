/** The only way to print an attribute: its value, or that it is unknown with the reason and what would answer it. */
import type { Known as KnownValue } from '../nouns.ts'
import { ago, exact } from '../words.ts'
import { Copy } from './copy.tsx'
import { Mark } from './mark.tsx'
import './known.css'

/** `na`: a short word of a table for what cannot be. `brief`: in a table, where the reason stands below in small; without it the grant is offered to copy. */
export function Known<T>({
  of,
  children,
  brief = false,
  na,
}: {
  of: KnownValue<T>
  children: (value: T) => React.ReactNode
  brief?: boolean
  na?: string
}) {
  if ('value' in of) return <>{children(of.value)}</>
  if ('notApplicable' in of)
    return brief ? (
      <span className="is-na one-line" title={of.notApplicable}>
        {na ?? of.notApplicable}
      </span>
    ) : (
      <span className="is-na">
        Not applicable<span className="known-why">{of.notApplicable}</span>
      </span>
    )
  return (
    <>
      <span className="is-unknown">
        <Mark of="unknown" beside size={brief ? 13 : 16} />
        Unknown
      </span>
      <span className={brief ? 'known-why one-line' : 'known-why'}>{of.unknown}</span>
      {!brief && of.permission !== undefined && <Copy text={of.permission} says="would answer it" />}
    </>
  )
}

/** What stands beside an attribute only while it is known; that it is not is said where the attribute itself is printed. */
export const IfKnown = <T,>({ of, children }: { of: KnownValue<T>; children: (value: T) => React.ReactNode }) =>
  'value' in of ? children(of.value) : null

/** For reckoning and ordering, never for printing: the value, or what stands for it while it is not known. */
export const knownOr = <T, U>(of: KnownValue<T>, otherwise: U): T | U => ('value' in of ? of.value : otherwise)

export const isUnknown = (of: KnownValue<unknown>): boolean => 'unknown' in of

/** A moment: how long ago, and the exact time beside it for whoever needs it. */
export const When = ({ at, both = false }: { at: string; both?: boolean }) => (
  <time dateTime={at} title={exact(at)}>
    {ago(at)}
    {both && <span className="sub">{exact(at)}</span>}
  </time>
)
