/** What the roll says above itself, and when it has nothing to show. */
import { withQuery } from '../../address.tsx'
import type { Inventory as Answered, Kind, ListChanges } from '../../nouns.ts'
import { Empty } from '../../parts/empty.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code } from '../../parts/name.tsx'
import { hasWord, toggleWord } from '../../parts/query.tsx'
import { count, KIND_WORDS, percent, some } from '../../words.ts'

export const Summary = ({ of, kind, sources, q }: { of: Answered; kind: Kind; sources: number; q: string }) => {
  const used = of.unknownUse > 0 && ['identity', 'credential', 'workload'].includes(kind)
  return (
    <>
      <b>
        {of.total.exact ? '' : 'about '}
        {count(of.total.count)}
      </b>{' '}
      {KIND_WORDS[kind][of.total.count === 1 ? 0 : 1].toLowerCase()}{' '}
      {q === '' ? `in ${sources === 1 ? 'one source' : `${sources} sources`}` : `of ${count(of.ofAll.count)} fit`}.
      {kind !== 'person' && of.unowned > 0 && (
        <>
          {' '}
          <a href={withQuery({ q: hasWord(q, 'owner:none') ? q : toggleWord(q, 'owner:none') })}>
            {of.unowned === 1 ? 'One has' : `${count(of.unowned)} have`} no owner
          </a>
          {used ? ';' : '.'}
        </>
      )}
      {used && (
        <>
          {of.unowned > 0 ? ' for' : ' For'}{' '}
          <a href={withQuery({ q: hasWord(q, 'used:unknown') ? q : toggleWord(q, 'used:unknown') })}>
            {count(of.unknownUse)}
          </a>{' '}
          we cannot say when {of.unknownUse === 1 ? 'it was' : 'they were'} last used.
        </>
      )}
    </>
  )
}

const seen = (percentSeen: number | null): string =>
  percentSeen === null ? 'what' : percentSeen === 100 ? 'all' : `the ${percent(percentSeen)}`

export function NoRows({
  of,
  kind,
  q,
  percentSeen,
  unknown,
}: {
  of: Answered
  kind: Kind
  q: string
  percentSeen: number | null
  unknown: number
}) {
  if (q !== '')
    return (
      <Empty title="Nothing fits" mark={<Mark of={unknown > 0 ? 'unknown' : 'not-judged'} beside />}>
        <p>
          Nothing fits <Code text={q} longest={120} />. That is true for {seen(percentSeen)} we could read
          {unknown > 0 && `; ${some(unknown, 'verdict is', 'verdicts are')} unknown`}.
        </p>
        <div className="row">
          <a className="button" href={withQuery({ q: null })}>
            Show all {count(of.ofAll.count)}
          </a>
        </div>
      </Empty>
    )
  return kind === 'identity' ? (
    <Empty title="Nothing has been read yet">
      <p>Reading this host takes about 20 seconds and needs no permission beyond your own.</p>
      <div className="row">
        <a className="button primary" href="/welcome">
          Scan this host
        </a>
      </div>
    </Empty>
  ) : (
    <Empty title={`No ${KIND_WORDS[kind][0].toLowerCase()} has been read`}>
      <p>None of the sources that are connected tells of any. That is true for {seen(percentSeen)} we could read.</p>
      <div className="row">
        <a className="button" href="/connections/new">
          Connect a source
        </a>
      </div>
    </Empty>
  )
}

/** What came and went since the list was shown: said, never done to the rows under the hand. */
export function ListNews({ of, show }: { of: ListChanges | undefined; show: () => void }) {
  if (!of || of.came + of.went === 0) return null
  const says = [of.came > 0 && `${count(of.came)} new`, of.went > 0 && `${count(of.went)} would not be here now`]
  return (
    <p className="row fresh" role="status">
      {says.filter(Boolean).join(', ')}.
      <button type="button" className="button small" onClick={show}>
        Show the list of now
      </button>
    </p>
  )
}
