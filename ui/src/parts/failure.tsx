/** Names what failed, the code, and what was not harmed. */
import { Problem, sentenceOf } from '../http.ts'
import { Empty } from './empty.tsx'
import { NoRight } from './no-right.tsx'
import './state.css'

export function Failure({ error, what, again }: { error: unknown; what: string; again?: () => void }) {
  const problem = error instanceof Problem ? error : null
  if (problem?.status === 403) return <NoRight roles={problem.roles} ask={problem.ask} />
  if (problem?.status === 404)
    return (
      <Empty title={`${what} is not there`}>
        <p>
          It may never have been, or it is in what we could not read. The history keeps what was deleted at its source.
        </p>
        <div className="row">
          <a className="button" href="/identities">
            Inventory
          </a>
          <a className="button" href="/connections">
            What was not read
          </a>
        </div>
      </Empty>
    )
  return (
    <div className="state" role="alert">
      <h2>{what} could not be read</h2>
      <p>
        {causeOf(error)} (<code>{problem?.code ?? 'console/error'}</code>
        {problem?.request && <>, request {problem.request}</>}). Nothing was changed and no sync was lost; syncs wait
        and go on by themselves.
      </p>
      {again && (
        <div className="row">
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
    </div>
  )
}

/** The cause alone, as the beginning of a sentence: what was not harmed is said after it, once. */
const causeOf = (error: unknown): string => sentenceOf(error).replace(/[;.]\s*(nothing was changed.*)?$/is, '')
