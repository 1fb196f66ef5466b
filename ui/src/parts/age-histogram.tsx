/** Ages of the oldest credential; the unknown age is a bar of its own, hatched, never left away. */
import { to } from '../address.tsx'
import type { AgeHistogram as Ages } from '../nouns.ts'
import { count } from '../words.ts'
import './age-histogram.css'

/** `30d..90d` is drawn as `90 d`, the end of its range; the first begins nowhere, the last has no end. */
const ageName = (age: string): string => {
  if (age.startsWith('>')) return 'more'
  const end = /(\d+)(d|mo|y)$/.exec(age)
  const name = end === null ? age : end[1] === '180' ? '6 mo' : `${end[1]} ${end[2]}`
  return age.startsWith('<') ? `<${name}` : name
}

const ageSays = (age: string): string =>
  age.startsWith('>')
    ? `over ${age.slice(1)} old`
    : age.startsWith('<')
      ? `under ${age.slice(1)} old`
      : `${age.replace('..', ' to ')} old`

/** `within`: a query that the counts are of; each bar leads to its rows within that. */
export function AgeHistogram({ of, within = '' }: { of: Ages; within?: string | undefined }) {
  const highest = Math.max(1, of.unknown, ...of.bars.map((bar) => bar.count))
  const bar = (name: string, n: number, query: string, className: string, says: string) => (
    <a key={name} href={to.inventory(`${within} ${query}`.trim())} className={className}>
      <span className="col">
        <b>{count(n)}</b>
        <i style={{ height: `${(64 * n) / highest}px` }} />
      </span>
      <span className="name">
        <span className="hidden-text">
          {n === 1 ? 'identity' : 'identities'} {says}:{' '}
        </span>
        {name}
      </span>
    </a>
  )
  return (
    <div className="ages">
      {of.bars.map(({ age, count: n, overPolicy }) =>
        bar(ageName(age), n, `age:${age}`, overPolicy ? 'over' : '', `whose oldest credential is ${ageSays(age)}`),
      )}
      {bar('unknown', of.unknown, 'age:unknown', 'not-known', 'whose oldest credential is of unknown age')}
    </div>
  )
}
