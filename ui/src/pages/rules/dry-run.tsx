/** What a rule would say of the estate: numbers first, then what it would say it of. Nothing is written. */
import { to } from '../../address.tsx'
import type { DryRun } from '../../nouns.ts'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { count, time } from '../../words.ts'
import './rules.css'

/** `open`: what it finds today, to compare with. */
export const DryRunShown = ({ of, open }: { of: DryRun; open?: number | undefined }) => {
  const { fail, unknown, pass, notApplicable } = of.would
  const shown = of.sample.length
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
      {shown > 0 && (
        <ul className="card-findings">
          {of.sample.map((one) => (
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
          {fail + unknown > shown && <li className="meta">and {count(fail + unknown - shown)} more</li>}
        </ul>
      )}
    </section>
  )
}
