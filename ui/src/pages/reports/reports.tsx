/** Can I prove it? Standards as views over what was found, and the paper of this moment. */
import { useAnswer } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { Executive, Frameworks } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Partial } from '../../parts/partial.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'
import { InShort } from './in-short.tsx'
import { Papers } from './papers.tsx'
import './reports.css'

export function Reports() {
  const list = useAnswer<Frameworks>('/v1/frameworks')
  const short = useAnswer<Executive>('/v1/reports/executive')
  useTitle('Reports')
  const data = list.data
  const judged = data?.judged ?? null
  return (
    <div className="page reports">
      <div className="head">
        <div>
          <h1>Reports</h1>
          <Answer>{data?.read && judged !== null ? <Says of={data} judged={judged} /> : ' '}</Answer>
        </div>
        {data?.read && judged !== null && <Papers />}
      </div>
      {list.error ? (
        <Failure error={list.error} what="The standards" again={() => void list.refetch()} />
      ) : !data ? (
        <Waiting rows={10} />
      ) : !data.read || judged === null ? (
        <Empty title={data.read ? 'Nothing has been judged yet' : 'Nothing has been read yet'}>
          <p>What can be proved is known once something was read and judged.</p>
          <div className="row">
            <a className="button primary" href="/welcome">
              Read something
            </a>
          </div>
        </Empty>
      ) : (
        <>
          {short.data && (
            <Partial bar={short.data.bar}>
              No control is called met where a listing that it leans on is missing.
            </Partial>
          )}
          <Standards of={data} />
          {short.data ? (
            <InShort of={short.data} />
          ) : short.error ? (
            <Failure error={short.error} what="The summary" again={() => void short.refetch()} />
          ) : (
            <Waiting rows={4} />
          )}
        </>
      )}
    </div>
  )
}

const sum = (of: Frameworks, what: 'met' | 'notMet' | 'unknown' | 'notApplicable'): number =>
  of.rows.reduce((total, { controls }) => total + controls[what], 0)

function Says({ of, judged }: { of: Frameworks; judged: string }) {
  const [met, notMet, unknown, none] = [sum(of, 'met'), sum(of, 'notMet'), sum(of, 'unknown'), sum(of, 'notApplicable')]
  return (
    <>
      Of <b>{some(met + notMet + unknown + none, 'control')}</b> in {some(of.rows.length, 'standard')}{' '}
      <b>{count(met)}</b> {met === 1 ? 'is' : 'are'} met, <b>{count(notMet)}</b> {notMet === 1 ? 'is' : 'are'} not met
      and <b>{count(unknown)}</b> {unknown === 1 ? 'is' : 'are'} unknown
      {none > 0 && <>; {count(none)} concern nothing that was read</>}. Judged {dayAndTime(judged)} over{' '}
      <a href="/identities">{some(of.identities, 'identity', 'identities')}</a>; a control can be opened down to the
      rows that decide it.
    </>
  )
}

const Standards = ({ of }: { of: Frameworks }) => (
  <section className="section">
    <header>
      <h2>{some(of.rows.length, 'standard')}</h2>
      <span className="meta">
        controls by how they stand; a control is met when it is met for everything that it concerns
      </span>
    </header>
    <table>
      <thead>
        <tr>
          <th>Standard</th>
          <th className="number">Met</th>
          <th className="number">Not met</th>
          <th className="number">Unknown</th>
          <th className="number wide">Not applicable</th>
          <th className="number wide">Identities that meet all of it</th>
        </tr>
      </thead>
      <tbody>
        {of.rows.map(({ id, title, version, controls, meets }) => (
          <tr key={id}>
            <td>
              <a className="title" href={`/reports/${id}`}>
                {title}
              </a>
              <span className="sub">{version}</span>
            </td>
            <td className={controls.met > 0 ? 'number pass' : 'number quiet'}>{count(controls.met)}</td>
            <td className={controls.notMet > 0 ? 'number high' : 'number quiet'}>{count(controls.notMet)}</td>
            <td className={controls.unknown > 0 ? 'number unknown' : 'number quiet'}>{count(controls.unknown)}</td>
            <td className="number quiet wide">{count(controls.notApplicable)}</td>
            <td className="number wide">
              {count(meets.met)} <span className="quiet">of {count(meets.met + meets.notMet + meets.unknown)}</span>
              {meets.unknown > 0 && <span className="sub unknown">{count(meets.unknown)} unknown</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
