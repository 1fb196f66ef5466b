/** What a rule would say of the estate: numbers first, then what it would say it of. Nothing is written. */
import { useState } from 'react'
import { to } from '../../address.tsx'
import type { DryRun } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, time } from '../../words.ts'
import './rules.css'

/** So many are shown at once. */
const FIRST = 10

/** `open`: what it finds today, to compare with. */
export function DryRunShown({ of, open }: { of: DryRun; open?: number | undefined }) {
  const { fail, unknown, pass, notApplicable } = of.would
  const [all, setAll] = useState(false)
  const sample = all ? of.sample : of.sample.slice(0, FIRST)
  return (
    <section className="dry-run" role="status" aria-label="Dry run">
      <p>
        <b>
          It would find {count(fail)}
          {unknown > 0 && `, unknown ${count(unknown)}`}
        </b>
        {[
          open !== undefined && open !== fail ? ` (${count(open)} now); ` : '; ',
          `${count(pass)} pass`,
          notApplicable > 0 && `, ${count(notApplicable)} it does not concern`,
          `. Asked of the estate at ${time(of.at)}. Nothing was written.`,
        ]}
      </p>
      {sample.length > 0 && (
        <ul className="card-findings">
          {sample.map((one) => (
            <li key={one.key}>
              <Mark of={one.verdict === 'fail' ? 'high' : 'unknown'} />
              <span>
                <a className="link" href={to.entity(one.key)}>
                  <Name text={one.name} longest={80} />
                </a>
                <span className={one.verdict === 'fail' ? 'sub' : 'sub unknown'}>
                  <Sentence text={one.says} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {fail + unknown > sample.length && (
        <p className="meta spaced">
          and {count(fail + unknown - sample.length)} more{' '}
          {of.sample.length > sample.length && (
            <button type="button" className="link" onClick={() => setAll(true)}>
              Show {count(of.sample.length)} of them
            </button>
          )}
        </p>
      )}
    </section>
  )
}
