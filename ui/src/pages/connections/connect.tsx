/** A source is added: what it reads and with what rights first, then its own form, a test, and only then it is kept. */
import { useMemo, useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, Problem } from '../../http.ts'
import type { ConnectionPage, JsonValue, ProviderPage, TestResult } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Name } from '../../parts/name.tsx'
import { NoRight } from '../../parts/no-right.tsx'
import { Refused } from '../../parts/refused.tsx'
import { type Schema, SchemaForm, startOf, wholeOf } from '../../parts/schema-form.tsx'
import { Sentence } from '../../parts/sentence.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { some } from '../../words.ts'
import { SCHEDULES, scheduleWord } from './schedule.ts'
import './connections.css'

/** New of a provider, or the settings of one that is there. */
export function Connect({ provider, id }: { provider?: string; id?: string }) {
  const admin = useMay('admin')
  const existing = useAnswer<ConnectionPage>(id ? `/v1/connections/${encodeURIComponent(id)}` : null)
  const chosen = provider ?? existing.data?.connection.provider
  useTitle(id ? `Settings of ${id}` : 'Connect a source')
  return (
    <div className="page">
      <p className="crumb">
        <a href="/connections">Connections</a>
        <Icon name="next" size={12} />
        {id ? (
          <a href={to.connection(id)}>
            <Name text={id} longest={60} />
          </a>
        ) : (
          <a href="/connections/new">Connect a source</a>
        )}
      </p>
      {!admin ? (
        <>
          <h1>Connect a source</h1>
          <NoRight roles={['admin']} />
        </>
      ) : existing.error ? (
        <>
          <h1>Settings</h1>
          <Failure error={existing.error} what="This connection" again={() => void existing.refetch()} />
        </>
      ) : chosen ? (
        id && !existing.data ? (
          <Waiting />
        ) : (
          <OfProvider key={chosen} provider={chosen} existing={existing.data} />
        )
      ) : id ? (
        <Waiting />
      ) : (
        <Choose />
      )}
    </div>
  )
}

function Choose() {
  const providers = useAnswer<{ rows: ProviderPage[] }>('/v1/providers')
  const list = providers.data?.rows
  return (
    <>
      <h1>Connect a source</h1>
      <Answer>Each is read only, says first what it asks for, and is tested before it is kept.</Answer>
      {providers.error ? (
        <Failure error={providers.error} what="The list of sources" again={() => void providers.refetch()} />
      ) : !list ? (
        <Waiting rows={3} />
      ) : (
        <div className="offers">
          {list.map((one) => (
            <a key={one.id} href={`/connections/new/${one.id}`}>
              <b>
                <Icon name="connections" />
                {one.title}
              </b>
              <span className="sub">{one.summary}</span>
            </a>
          ))}
        </div>
      )}
    </>
  )
}

function OfProvider({ provider, existing }: { provider: string; existing: ConnectionPage | undefined }) {
  const page = useAnswer<ProviderPage>(`/v1/providers/${encodeURIComponent(provider)}`)
  if (page.error) return <Failure error={page.error} what="This kind of source" again={() => void page.refetch()} />
  if (!page.data) return <Waiting />
  return <Form of={page.data} existing={existing} />
}

/** The server chooses: each source has a minute of its own, so that they do not all begin at once. */
const BY_ITSELF = 'by itself'

function Form({ of, existing }: { of: ProviderPage; existing: ConnectionPage | undefined }) {
  const schema = of.form as unknown as Schema
  const [settings, setSettings] = useState<JsonValue>(() => startOf(schema, existing?.settings))
  const [name, setName] = useState('')
  const [schedule, setSchedule] = useState(existing ? (existing.connection.schedule ?? '') : BY_ITSELF)
  const [tested, setTested] = useState<{ of: string; result: TestResult } | null>(null)
  const { busy, refused, run } = useAct()
  const whole = useMemo(() => wholeOf(schema, settings), [schema, settings])
  const print = JSON.stringify(whole)
  const result = tested?.of === print ? tested.result : null
  const fields = refused instanceof Problem ? refused.fields : []
  const id = existing?.connection.connection
  const needs = [...new Set(of.needs.length > 0 ? of.needs : of.collections.flatMap((listing) => listing.needs))]

  const test = () =>
    run(async () => {
      const answer = await ask<TestResult>('/v1/connections/test', {
        method: 'POST',
        body: { provider: of.id, settings: whole, ...(id ? { connection: id } : {}) },
      })
      setTested({ of: print, result: answer })
    })
  const save = () =>
    run(async () => {
      const body = {
        settings: whole,
        ...(schedule === BY_ITSELF ? {} : { schedule: schedule === '' ? null : schedule }),
      }
      const saved = id
        ? await ask<ConnectionPage>(`/v1/connections/${encodeURIComponent(id)}`, { method: 'PATCH', body })
        : await ask<ConnectionPage>('/v1/connections', {
            method: 'POST',
            body: { provider: of.id, ...(name ? { id: name } : {}), ...body },
          })
      if (!id)
        await ask(`/v1/connections/${encodeURIComponent(saved.connection.connection)}/runs`, {
          method: 'POST',
          body: {},
        }).catch(() => undefined)
      tell(id ? 'The settings are kept.' : 'Connected. It is being read now.')
      await forget('/v1/connections', '/v1/frame')
      go(to.connection(saved.connection.connection))
    })
  return (
    <>
      <h1>
        {id ? (
          <>
            Settings of <Name text={existing!.connection.title} longest={80} />
          </>
        ) : (
          of.title
        )}
      </h1>
      <Answer>{of.summary}</Answer>
      <div className="two card-body">
        <div>
          <section className="section">
            <header>
              <h2>What it asks for</h2>
              <span className="meta">
                {some(of.collections.length, 'listing')};{' '}
                {of.writes ? (
                  'it can write where you let it'
                ) : (
                  <>
                    <b>0</b> write permissions
                  </>
                )}
              </span>
            </header>
            {needs.length === 0 ? (
              <p className="empty quiet">No permission beyond those of the account that Reeve runs as.</p>
            ) : (
              <ul className="needs">
                {needs.map((need) => (
                  <li key={need}>
                    <code>{need}</code>
                  </li>
                ))}
              </ul>
            )}
          </section>
          <section className="section">
            <header>
              <h2>How to reach it</h2>
            </header>
            <form
              className="form connect-form"
              autoComplete="off"
              onSubmit={(event) => {
                event.preventDefault()
                void test()
              }}
            >
              <SchemaForm
                schema={schema}
                value={settings}
                change={setSettings}
                refused={fields}
                kept={existing?.secrets ?? []}
              />
              {!id && (
                <label className="field">
                  <span className="label">Short name (optional)</span>
                  <input
                    value={name}
                    pattern="[a-z][a-z0-9\-]*"
                    maxLength={60}
                    onChange={(event) => setName(event.target.value)}
                    autoComplete="off"
                    spellCheck={false}
                  />
                  <span className="meta">Lower case, in addresses and queries: source:{name || `${of.id}-…`}</span>
                </label>
              )}
              <label className="field">
                <span className="label">Read again</span>
                <select value={schedule} onChange={(event) => setSchedule(event.target.value)}>
                  {[...new Set([schedule, ...SCHEDULES])].map((cron) => (
                    <option key={cron} value={cron}>
                      {cron === BY_ITSELF ? 'every six hours, at a minute of its own' : scheduleWord(cron)}
                    </option>
                  ))}
                </select>
              </label>
              {result && (
                <div className={result.ok ? 'tested' : 'tested failed'} role="status">
                  <Mark of={result.ok ? 'pass' : 'critical'} beside />
                  <div>
                    {result.ok ? (
                      <>
                        <b>
                          It answered
                          {result.label && (
                            <>
                              {' '}
                              as <Name text={result.label} longest={80} />
                            </>
                          )}
                          .
                        </b>{' '}
                        Nothing was kept yet.
                      </>
                    ) : (
                      <>
                        <b>It did not work.</b> <Sentence text={result.error?.message ?? 'No reason was given.'} /> (
                        <code>{result.error?.code}</code>)
                        {result.error?.permission && <Copy text={result.error.permission} says="would answer it" />}
                      </>
                    )}
                  </div>
                </div>
              )}
              <Refused error={refused} />
              <div className="acts">
                <button type="submit" className={result?.ok ? 'button' : 'button primary'} disabled={busy}>
                  {result ? 'Test again' : 'Test'}
                </button>
                <button
                  type="button"
                  className={result?.ok ? 'button primary' : 'button'}
                  disabled={busy || result === null}
                  onClick={() => void save()}
                >
                  {id ? 'Save the settings' : 'Save and read it'}
                  {result && !result.ok && ' all the same'}
                </button>
                <a className="button bare" href={id ? to.connection(id) : '/connections'}>
                  Leave it
                </a>
              </div>
            </form>
          </section>
        </div>
        <aside className="aside" aria-label="What will be read">
          <section className="section">
            <header>
              <h2>What will be read</h2>
            </header>
            <ul>
              {of.collections.map((listing) => (
                <li className="listing" key={listing.id}>
                  {listing.title}
                </li>
              ))}
            </ul>
          </section>
        </aside>
      </div>
    </>
  )
}
