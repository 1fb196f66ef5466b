/** The parts that keep the reading order: what, because, what it could cost, who, fix, way back, what closes it. */
import type { Evidence, Owners, Suggestion, Touch as TouchAnswer } from '../nouns.ts'
import { dayAndTime } from '../words.ts'
import { CopyLine } from './copy.tsx'
import { Icon } from './icon.tsx'
import { Known } from './known.tsx'
import { Mark } from './mark.tsx'
import { EntityLink, Name, Sentence } from './name.tsx'

/** The sentence that opens a page and answers its question. */
export const Answer = ({ children }: { children: React.ReactNode }) => <p className="answer">{children}</p>

/** Numbered evidence: the sentence, and where and when it was read. */
export const Because = ({ evidence }: { evidence: readonly Evidence[] }) => (
  <ol className="because">
    {evidence.map((item) => (
      <li key={item.number}>
        <span className="n">{item.number}</span>
        <p>
          <Sentence text={item.says} />
        </p>
        <p className="from meta">
          {item.source ?? 'computed by Reeve'}
          {item.readAt && `, read ${dayAndTime(item.readAt)}`}
          {item.ledger && <span className={item.complete === false ? 'sub unknown' : 'sub'}>{item.ledger}</span>}
        </p>
      </li>
    ))}
  </ol>
)

const ANSWERS = {
  yes: ['pass', 'Yes', 'pass'],
  'with-care': ['high', 'With care', 'high'],
  no: ['critical', 'No', 'critical'],
  unknown: ['unknown', 'Unknown', 'unknown'],
  'not-applicable': ['not-judged', 'Nothing to do', 'na'],
} as const

/** Can I touch this? Four verbs of change, each answered with its reason. */
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

/** Sentences of evidence as prose. A name may stand first, so the first letter is left as it is. */
export const asProse = (list: readonly string[], most: number): string =>
  list
    .slice(0, most)
    .map((says) => (/[.!?]$/.test(says) ? says : `${says}.`))
    .join(' ')

/** Reasons of a suggestion, which begin with a verb in lower case, as sentences. */
export const asSentences = (list: readonly string[], most = 3): string =>
  asProse(
    list.map((says) => `${says.charAt(0).toUpperCase()}${says.slice(1, 400)}`),
    most,
  )

/** One line: who answers for it, or who probably should, and that this is inferred. */
export const OwnerLine = ({
  owner,
  suggested,
}: {
  owner: { name: string; left?: boolean } | null
  suggested: Suggestion | null
}) => (
  <span>
    <Icon name="person" />
    {owner ? (
      <span className={owner.left ? 'high' : ''}>
        <Name text={owner.name} longest={60} />
        {owner.left && ', who has left'}
      </span>
    ) : (
      <span>
        Nobody
        {suggested && (
          <>
            {' '}
            answers for it; suggested: <Name text={suggested.person.name} longest={60} />
          </>
        )}
      </span>
    )}
  </span>
)

export const FixLine = ({ says }: { says: string }) => (
  <span>
    <Icon name="wrench" />
    <Sentence text={says} />
  </span>
)

export const Undo = ({ says }: { says: string }) => (
  <span>
    <Icon name="undo" />
    <Sentence text={says} />
  </span>
)

export const Steps = ({ of }: { of: readonly string[] }) => (
  <ol className="fix">
    {of.map((step) => (
      <li key={step}>
        <p>
          <Sentence text={step} />
        </p>
      </li>
    ))}
  </ol>
)

/** Accountable and directory owner, never one. `act` holds what may be pressed. */
export const OwnerFacts = ({ of, act }: { of: Owners; act?: React.ReactNode }) => (
  <>
    <div>
      <dt>Accountable owner</dt>
      <dd>
        {of.accountable ? (
          <>
            <EntityLink of={{ ...of.accountable, kind: 'person', type: null, gone: null }} icon={false} />
            {of.accountable.left && <span className="high"> has left</span>}
            <span className="sub">
              confirmed {dayAndTime(of.accountable.confirmed)}, assigned by {of.accountable.assignedBy}
            </span>
          </>
        ) : (
          <>
            <span className="high">Nobody</span>
            {of.suggested && (
              <span className="sub">
                Suggested: <Name text={of.suggested.person.name} longest={60} />. {asSentences(of.suggested.because)}
              </span>
            )}
          </>
        )}
        {act}
      </dd>
    </div>
    <div>
      <dt>Directory owner</dt>
      <dd>
        <Known of={of.directory}>
          {(list) =>
            list.length === 0 ? (
              <>Nobody we know can change it at its source</>
            ) : (
              <>
                {list.slice(0, 5).map((one) => (
                  <span key={one.key} className="sub-line">
                    <EntityLink of={one} />
                    {one.how && <span className="sub">{one.how}</span>}
                  </span>
                ))}
                {list.length > 5 && <span className="sub">and {list.length - 5} more</span>}
                <span className="sub">They can change it at its source. This is reach, not accountability.</span>
              </>
            )
          }
        </Known>
      </dd>
    </div>
  </>
)
