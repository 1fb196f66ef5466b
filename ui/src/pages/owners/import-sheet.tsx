/** A list of owners or of people, tried first: what it would change and which lines are wrong, before anything is. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { Layer } from '../../parts/layer.tsx'
import { Mark } from '../../parts/mark.tsx'
import { cut, Name } from '../../parts/name.tsx'
import { Refused } from '../../parts/refused.tsx'
import { count, some } from '../../words.ts'
import { type Imported, type ImportOf, importList } from './importing.ts'

const SORTS: Record<ImportOf, { title: string; header: string; says: string }> = {
  owners: {
    title: 'Who answers for what',
    header: 'identity,owner,backup,team,note',
    says: 'One line for each identity: its key, ARN, id or name, and the e-mail address of who answers for it.',
  },
  people: {
    title: 'Who works here',
    header: 'email,name,status,left,manager',
    says: 'One line for each person. Whoever has left stops counting as an owner with the next read.',
  },
}

export function ImportSheet({ close }: { close: () => void }) {
  const [of, setOf] = useState<ImportOf>('owners')
  const [complete, setComplete] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const [tried, setTried] = useState<Imported | null>(null)
  const [done, setDone] = useState<Imported | null>(null)
  const { busy, refused, run } = useAct()
  const tryIt = (list: File | null, sort: ImportOf, whole = complete) => {
    setFile(list)
    setTried(null)
    setDone(null)
    if (list) void run(async () => setTried(await importList(sort, list, { dry: true, complete: whole })))
  }
  const result = done ?? tried
  return (
    <Layer title="Import a list" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (file && tried)
            void run(async () => {
              const answer = await importList(of, file, { dry: false, complete })
              if (answer.errorCount === 0) close()
              else setDone(answer)
            })
        }}
      >
        <fieldset className="import-sorts">
          <legend className="label">What it lists</legend>
          {(Object.keys(SORTS) as ImportOf[]).map((sort) => (
            <label className="row" key={sort}>
              <input
                type="radio"
                name="sort"
                checked={of === sort}
                disabled={busy}
                onChange={() => {
                  setOf(sort)
                  tryIt(file, sort)
                }}
              />
              {SORTS[sort].title}
            </label>
          ))}
        </fieldset>
        <label className="field">
          <span className="label">A CSV file</span>
          <input
            type="file"
            accept=".csv,text/csv"
            disabled={busy}
            onChange={(event) => tryIt(event.target.files?.[0] ?? null, of)}
          />
          <span className="meta">
            {SORTS[of].says} Its first line names the columns: <code>{SORTS[of].header}</code>
          </span>
        </label>
        {of === 'people' && (
          <label className="row">
            <input
              type="checkbox"
              checked={complete}
              disabled={busy}
              onChange={(event) => {
                setComplete(event.target.checked)
                tryIt(file, of, event.target.checked)
              }}
            />
            This is the whole list: whoever was in an earlier one and is missing here has left
          </label>
        )}
        {busy && !result && <p role="status">Reading it line by line; nothing is changed.</p>}
        {result && <Result of={result} applied={done !== null} />}
        <Refused error={refused} />
        <div className="acts">
          {done ? (
            <button type="button" className="button primary" onClick={close}>
              Close
            </button>
          ) : (
            <>
              <button
                type="submit"
                className="button primary"
                disabled={busy || !tried || tried.applied + (tried.missing ?? 0) === 0}
              >
                {tried ? `Apply ${some(tried.applied, 'line')}` : 'Apply'}
              </button>
              <button type="button" className="button bare" onClick={close}>
                Leave it as it is
              </button>
            </>
          )}
        </div>
      </form>
    </Layer>
  )
}

const Result = ({ of, applied }: { of: Imported; applied: boolean }) => (
  <div className="import-result">
    <p role="status">
      <b>
        {some(of.lines, 'line')}: {count(of.applied)} {applied ? 'applied' : 'would change something'}
      </b>
      , {count(of.unchanged)} {of.unchanged === 1 ? 'says' : 'say'} what holds already
      {of.errorCount > 0 && (
        <>
          ,{' '}
          <span className="high">
            {count(of.errorCount)} {of.errorCount === 1 ? 'is' : 'are'} wrong
          </span>
        </>
      )}
      .{' '}
      {of.missing !== undefined &&
        of.missing > 0 &&
        `${some(of.missing, 'person is', 'people are')} missing and ${applied ? 'count' : 'would count'} as having left. `}
      {!applied && 'Nothing has been changed yet.'}
    </p>
    {of.ignored.length > 0 && (
      <p className="meta">
        Left out, because they mean nothing here: {of.ignored.map((column) => cut(column, 40)).join(', ')}.
      </p>
    )}
    {of.errors.length > 0 && (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
      <section className="import-errors" tabIndex={0} aria-label="Lines that are wrong">
        <table>
          <thead>
            <tr>
              <th className="number">Line</th>
              <th>Column</th>
              <th>Cause</th>
            </tr>
          </thead>
          <tbody>
            {of.errors.map(({ line, column, code, says }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one line may be wrong twice
              <tr key={i}>
                <td className="number">{count(line)}</td>
                <td>{column === null ? 'the line' : <Name text={column} longest={40} />}</td>
                <td>
                  <Name text={says} longest={300} />
                  <span className="sub">
                    <code>{code}</code>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    )}
    {of.errorCount > of.errors.length && (
      <p className="beside meta">
        <Mark of="medium" beside size={13} />
        <span>
          The first {count(of.errors.length)} of {count(of.errorCount)} are shown.
        </span>
      </p>
    )}
  </div>
)
