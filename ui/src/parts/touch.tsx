/** Can I touch this? Four verbs of change, each answered with its reason, what is missing, and the whole argument. */
import { useId, useState } from 'react'
import { to } from '../address.tsx'
import type { Touch as TouchAnswer } from '../nouns.ts'
import { count, some } from '../words.ts'
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

const VERBS = ['rotate', 'narrow', 'disable', 'delete'] as const
type Verb = (typeof VERBS)[number]

const asWord = (verb: Verb): string => verb.charAt(0).toUpperCase() + verb.slice(1)

/** `brief`: without the argument, for where there is little room. */
export function Touch({ of, brief = false }: { of: Record<Verb, TouchAnswer>; brief?: boolean }) {
  const [shown, setShown] = useState<Verb | null>(null)
  const id = useId()
  return (
    <>
      <h2 className="hidden-text">Can I touch this?</h2>
      <div className="touch">
        {VERBS.map((verb) => {
          const { answer, reason, permission, checks } = of[verb]
          const [mark, word, colour] = ANSWERS[answer]
          const open = checks.filter(({ holds }) => holds === null).length
          return (
            <div key={verb} data-verb={verb}>
              <h3>
                <span className="beside">
                  <Mark of={mark} beside />
                  <span>
                    {asWord(verb)}: <span className={colour}>{word}</span>
                  </span>
                </span>
              </h3>
              <p>
                <Sentence text={reason} />
              </p>
              {permission && <CopyLine text={permission} />}
              {!brief && checks.length > 1 && (
                <button
                  type="button"
                  className="link meta argue"
                  aria-expanded={shown === verb}
                  aria-controls={id}
                  onClick={() => setShown(shown === verb ? null : verb)}
                >
                  {some(checks.length, 'check')}
                  {open > 0 && `, ${count(open)} not known`}
                  <span className="hidden-text"> for {verb}</span>
                </button>
              )}
            </div>
          )
        })}
      </div>
      <div id={id}>{shown !== null && <Argument of={of[shown].checks} verb={shown} />}</div>
    </>
  )
}

const STANDING = {
  true: ['pass', 'Holds'],
  false: ['high', 'Speaks against it'],
  null: ['unknown', 'Not known'],
} as const

/** Every step, what decides first; a grant stands with the step that it would answer. */
const Argument = ({ of, verb }: { of: TouchAnswer['checks']; verb: Verb }) => (
  <section className="argument" aria-label={`What was checked for ${verb}`}>
    <h3>{asWord(verb)}: what was checked</h3>
    <ul>
      {of.map(({ says, holds, permission, connection }) => {
        const [mark, name] = STANDING[`${holds}` as keyof typeof STANDING]
        return (
          <li key={says}>
            <Mark of={mark} beside />
            <span>
              <span className="hidden-text">{name}: </span>
              <Sentence text={says} />
              {permission && <CopyLine text={permission} />}
            </span>
            {holds === null && connection ? (
              <a className="link meta" href={to.connection(connection)}>
                See the read
              </a>
            ) : (
              <span />
            )}
          </li>
        )
      })}
    </ul>
  </section>
)
