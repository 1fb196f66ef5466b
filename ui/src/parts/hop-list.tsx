/** A path as a list: each hop as a sentence, with the permission, the object and the source that prove it. */
import { to } from '../address.tsx'
import type { ReachHop, ReachProof, ReachThing } from '../nouns.ts'
import { count, dayAndTime, some } from '../words.ts'
import { EntityLink } from './entity-link.tsx'
import { Mark } from './mark.tsx'
import { Code, cut, Name } from './name.tsx'
import { Sentence } from './sentence.tsx'
import './hop-list.css'

/** As it is read aloud between two names. */
const VERBS: Record<string, string> = {
  authenticates: 'proves to be',
  holds: 'holds',
  uses: 'uses',
  'runs-as': 'runs as',
  assumes: 'may become',
  has: 'has',
  allows: 'allows',
  owns: 'answers for',
  controls: 'can change',
  created: 'created',
  contains: 'contains',
  called: 'called',
  reaches: 'reaches',
  'escalates-to': 'can make itself',
}
export const hopWord = (verb: string | null): string => (verb === null ? 'leads to' : (VERBS[verb] ?? verb))

const MORE = 3

export function HopList({
  things,
  hops,
  path,
}: {
  things: readonly ReachThing[]
  hops: readonly ReachHop[]
  /** Places in `hops`, in order. */
  path: readonly number[]
}) {
  return (
    <ol className="hop-list">
      {path.map((place, at) => {
        const hop = hops[place]!
        return (
          <li key={place}>
            <span className="n" aria-hidden="true">
              {at + 1}
            </span>
            <div>
              <p>
                <EntityLink of={things[hop.from]!} /> <span className="quiet">{hopWord(hop.verb)}</span>{' '}
                <EntityLink of={things[hop.to]!} />
              </p>
              {hop.proofs.slice(0, MORE).map((proof, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: proofs of one hop have no other name
                <ProofLine key={i} of={proof} />
              ))}
              {hop.proofs.length > MORE && (
                <p className="meta">and {some(hop.proofs.length - MORE, 'more proof')}, each enough alone</p>
              )}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

const ProofLine = ({ of }: { of: ReachProof }) => (
  <div className="proof">
    <p>
      <Sentence text={of.says} />
    </p>
    {(of.actions.length > 0 || of.object || of.objectSays) && (
      <p>
        {of.actions.length > 0 && (
          <>
            by{' '}
            {of.actions.slice(0, 4).map((action, i) => (
              <span key={action}>
                {i > 0 && ', '}
                <Code text={action} longest={80} />
              </span>
            ))}
            {of.actions.length > 4 && ` and ${count(of.actions.length - 4)} more`}{' '}
          </>
        )}
        {of.object ? (
          <>
            in <EntityLink of={of.object} icon={false} />
          </>
        ) : (
          of.objectSays && (
            <>
              in <Name text={of.objectSays} longest={160} />
            </>
          )
        )}
      </p>
    )}
    {of.dependsOn && (
      <p className="unknown depends">
        <Mark of="unknown" beside size={12} />
        <span>
          Depends: <Sentence text={of.dependsOn} />
        </span>
      </p>
    )}
    <p className="meta">
      {of.connection ? (
        <a
          className="link"
          href={`${to.connection(of.connection)}${of.collection ? `#${encodeURIComponent(of.collection)}` : ''}`}
        >
          {cut(of.source, 80)}
        </a>
      ) : (
        cut(of.source, 80)
      )}
      , read {dayAndTime(of.readAt)}
      {of.stolen && '; a copy is taken'}
      {of.mfa && '; asks for a second factor'}
    </p>
  </div>
)
