/** Sentences of the page that several of its parts say. */
import { to } from '../../address.tsx'
import type { ReachHop, ReachThing, ReachUnjudged } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Code, cut } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, some } from '../../words.ts'
import '../../parts/partial.css'

/** Listings that are named; the others are on their own page. */
const NAMED = 3

const short = ({ name }: ReachThing): string => cut(name, 48)

/** What somebody would do to take a hop away. */
export function cutWord(
  { verb, proofs }: Pick<ReachHop, 'verb' | 'proofs'>,
  from: ReachThing,
  end: ReachThing,
): string {
  const [a, b] = [short(from), short(end)]
  switch (verb) {
    case 'holds':
      return `Take the copy of ${b} out of ${a}, and replace it`
    case 'authenticates':
      return `Replace or end ${a}, which proves to be ${b}`
    case 'uses':
      return `Let ${a} use another than ${b}`
    case 'runs-as':
      return `Run ${a} as another than ${b}`
    case 'assumes':
      return `Name ${a} no longer in the trust of ${b}`
    case 'has':
      return `Take ${b} from ${a}`
    case 'allows':
      return `Take ${b} out of ${a}`
    case 'controls':
      return `Let ${a} no longer change ${b}`
    case 'reaches':
    case 'escalates-to': {
      const action = proofs[0]?.actions[0]
      return action ? `Take ${cut(action, 60)} from ${a}` : `Keep ${a} from ${b}`
    }
    default:
      return `Part ${a} from ${b}`
  }
}

/** What could not be judged on the way, and what would answer it. */
export const Unjudged = ({ of }: { of: ReachUnjudged }) => {
  if (of.gaps.length + of.depends + of.undescribed === 0) return null
  return (
    <div className="partial unjudged">
      <Mark of="unknown" beside />
      <div>
        {of.depends > 0 && (
          <p>
            {some(of.depends, 'hop turns', 'hops turn')} on conditions that we do not know, and could not be judged.
          </p>
        )}
        {of.undescribed > 0 && (
          <p>
            {some(of.undescribed, 'thing is', 'things are')} named on the way and not read: what lies behind is not
            known.
          </p>
        )}
        {of.gaps.length > 0 && (
          <>
            <p>
              <b>There may be more than this.</b> {some(of.gaps.length, 'listing was', 'listings were')} not read whole:
            </p>
            <ul>
              {of.gaps.slice(0, NAMED).map((gap) => (
                <li key={`${gap.connection} ${gap.collection}`}>
                  <a className="link" href={`${to.connection(gap.connection)}#${encodeURIComponent(gap.collection)}`}>
                    {cut(gap.title, 60)}, {cut(gap.collection, 60)}
                  </a>
                  : <Sentence text={gap.reason} />
                  {gap.permission && (
                    <>
                      {' '}
                      <Code text={gap.permission} longest={160} /> answers it.
                    </>
                  )}
                </li>
              ))}
              {of.gaps.length > NAMED && (
                <li>
                  <a className="link" href="/connections">
                    and {count(of.gaps.length - NAMED)} more
                  </a>
                </li>
              )}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}
