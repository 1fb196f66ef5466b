/** Can I touch this? Four verbs of change, each answered with its reason. */
import type { Touch as TouchAnswer } from '../nouns.ts'
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

export const Touch = ({ of }: { of: Record<'rotate' | 'narrow' | 'disable' | 'delete', TouchAnswer> }) => (
  <>
    <h2 className="hidden-text">Can I touch this?</h2>
    <div className="touch">
      {(['rotate', 'narrow', 'disable', 'delete'] as const).map((verb) => {
        const { answer, reason, permission } = of[verb]
        const [mark, word, colour] = ANSWERS[answer]
        return (
          <div key={verb}>
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
          </div>
        )
      })}
    </div>
  </>
)
