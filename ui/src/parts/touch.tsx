/** Can I touch this? Four verbs of change, each answered with its reason, what is missing, and the whole argument. */
import { to } from '../address.tsx'
import type { Touch as TouchAnswer } from '../nouns.ts'
import { some } from '../words.ts'
import { CopyLine } from './copy-line.tsx'
import { Mark } from './mark.tsx'
import { Sentence } from './sentence.tsx'
import './touch.css'

const ANSWERS = {
  yes: ['pass', 'Yes', 'pass'],
  'with-care': ['high', 'With care', 'high'],
  no: ['critical', 'No', 'critical'],
  unknown: ['unknown', 'Unknown', 'unknown'],
  'not-applicable': ['not-judged', 'Nothing to do', 'na'],
} as const

/** `brief`: without the argument, for where there is little room. */
export const Touch = ({
  of,
  brief = false,
}: {
  of: Record<'rotate' | 'narrow' | 'disable' | 'delete', TouchAnswer>
  brief?: boolean
}) => (
  <>
    <h2 className="hidden-text">Can I touch this?</h2>
    <div className="touch">
      {(['rotate', 'narrow', 'disable', 'delete'] as const).map((verb) => {
        const { answer, reason, permission, checks } = of[verb]
        const [mark, word, colour] = ANSWERS[answer]
        return (
          <div key={verb} data-verb={verb}>
            <h3>
              <span className="beside">
                <Mark of={mark} beside />
                <span>
                  {verb.charAt(0).toUpperCase() + verb.slice(1)}: <span className={colour}>{word}</span>
                </span>
              </span>
            </h3>
            <p>
              <Sentence text={reason} />
            </p>
            {permission && <CopyLine text={permission} />}
            {!brief && checks.length > 1 && <Argument of={checks} verb={verb} />}
          </div>
        )
      })}
    </div>
  </>
)

const STANDING = {
  true: ['pass', 'Holds'],
  false: ['high', 'Speaks against it'],
  null: ['unknown', 'Not known'],
} as const

/** Every step, what decides first; a grant stands with the step that it would answer. */
const Argument = ({ of, verb }: { of: TouchAnswer['checks']; verb: string }) => {
  const open = of.filter(({ holds }) => holds === null).length
  return (
    <details className="argument">
      <summary>
        <span className="hidden-text">{verb}: </span>
        What we checked{open > 0 && <span className="unknown">, {some(open, 'thing')} not known</span>}
      </summary>
      <ul>
        {of.map(({ says, holds, permission, connection }) => {
          const [mark, name] = STANDING[`${holds}` as keyof typeof STANDING]
          return (
            <li key={says}>
              <Mark of={mark} beside size={14} />
              <span>
                <span className="hidden-text">{name}: </span>
                <Sentence text={says} />
                {permission && <CopyLine text={permission} />}
                {holds === null && connection && (
                  <a className="link meta" href={to.connection(connection)}>
                    See the read
                  </a>
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
