/** One standard: its controls, each with its evidence; or the rows behind one of its numbers. */
import { useAddress, withQuery } from '../../address.tsx'
import { useAnswer } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import type { FrameworkPage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, dayAndTime, some } from '../../words.ts'
import { Control } from './control.tsx'
import { EvidenceList } from './evidence-rows.tsx'
import { Papers } from './papers.tsx'
import './reports.css'

export function Framework({ id = '' }: { id?: string }) {
  const { query } = useAddress()
  const answer = useAnswer<FrameworkPage>(`/v1/frameworks/${encodeURIComponent(id)}`)
  const [control, state] = [query.get('control'), query.get('state')]
  useTitle(answer.data ? `${control === null ? '' : `${control}, `}${answer.data.framework.title}` : id)
  const page = answer.data
  return (
    <div className="page reports">
      <p className="crumb">
        <a href="/reports">Reports</a>
        <Icon name="next" size={12} />
        {page ? <a href={`/reports/${id}`}>{page.framework.title}</a> : id}
        {control !== null && (
          <>
            <Icon name="next" size={12} />
            {state === null ? (
              control
            ) : (
              <a href={withQuery({ state: null, evidence: null, of: null, cursor: null })}>{control}</a>
            )}
          </>
        )}
      </p>
      {answer.error ? (
        <>
          <h1>{id}</h1>
          <Failure error={answer.error} what="This standard" again={() => void answer.refetch()} />
        </>
      ) : !page ? (
        <>
          <h1>{id}</h1>
          <Waiting />
        </>
      ) : control !== null && state !== null ? (
        <EvidenceList of={page} control={control} state={state} />
      ) : (
        <Controls of={page} only={control} />
      )}
    </div>
  )
}

function Controls({ of, only }: { of: FrameworkPage; only: string | null }) {
  const { framework } = of
  const controls = only === null ? of.controls : of.controls.filter(({ id }) => id === only)
  return (
    <>
      <div className="head">
        <div>
          <h1>
            {framework.title}, {framework.version}
          </h1>
          <Answer>
            <Says of={of} />
          </Answer>
          <p className="meta about">
            By {framework.publisher}. Titles and questions are in our words; the text is theirs, at{' '}
            <code>{framework.url}</code>.
          </p>
        </div>
        {of.judged !== null && <Papers framework={framework.id} />}
      </div>
      {controls.length === 0 ? (
        <Empty title={`There is no control ${only} here`}>
          <p>
            <a className="link" href={withQuery({ control: null })}>
              Show all {count(of.controls.length)}
            </a>
          </p>
        </Empty>
      ) : (
        controls.map((control) => <Control key={control.id} of={control} framework={framework.id} />)
      )}
      {only !== null && controls.length > 0 && (
        <p className="spaced">
          <a className="link" href={withQuery({ control: null })}>
            Show all {some(of.controls.length, 'control')}
          </a>
        </p>
      )}
    </>
  )
}

function Says({ of: { framework, controls, identities, judged } }: { of: FrameworkPage }) {
  const { met, notMet, unknown, notApplicable } = framework.controls
  return (
    <>
      Of <b>{some(controls.length, 'control')}</b> that speak of non-human identities <b>{count(met)}</b>{' '}
      {met === 1 ? 'is' : 'are'} met, <b>{count(notMet)}</b> {notMet === 1 ? 'is' : 'are'} not met and{' '}
      <b>{count(unknown)}</b> {unknown === 1 ? 'is' : 'are'} unknown
      {notApplicable > 0 && <>; {count(notApplicable)} concern nothing that was read</>}.{' '}
      {judged === null
        ? 'Nothing was judged yet.'
        : `Judged ${dayAndTime(judged)} over ${some(identities, 'identity', 'identities')}.`}
    </>
  )
}
