/** With what a source may be changed: a grant of its own, absent until an admin gives it. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, Problem } from '../../http.ts'
import type { ActingPage, JsonValue, TestResult } from '../../nouns.ts'
import { When } from '../../parts/known.tsx'
import { Layer } from '../../parts/layer.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Refused } from '../../parts/refused.tsx'
import { type Schema, SchemaForm, startOf, wholeOf } from '../../parts/schema-form.tsx'
import { attributeWord } from '../../words.ts'

export function GrantForChanges({ id }: { id: string }) {
  const path = `/v1/connections/${encodeURIComponent(id)}/acting`
  const { data, error } = useAnswer<ActingPage>(path, { now: true })
  const admin = useMay('admin')
  const [giving, setGiving] = useState(false)
  const { busy, refused, run } = useAct()
  // Where nothing can be changed there is nothing to say.
  if (!data || (error instanceof Problem && error.code === 'discover/cannot-act')) return null
  const take = () =>
    void run(async () => {
      await ask(path, { method: 'DELETE' })
      tell('The grant is taken away: it only reads from now on.')
      await forget('/v1/connections', '/v1/plans')
    })
  return (
    <section className="section">
      <header>
        <h2>Grant for changes</h2>
      </header>
      <p className="beside spaced">
        <Mark of={data.grant ? 'high' : 'pass'} beside />
        <span>
          {data.grant ? (
            <>
              <b>It may be changed</b>, by plans that somebody approved. Given <When at={data.grant.changed} />
            </>
          ) : (
            <>
              <b>None: it only reads.</b> Plans can be made and shown, and cannot be applied.
            </>
          )}
        </span>
      </p>
      {data.grant && (
        <dl className="said">
          {Object.entries(data.grant.settings).map(([name, value]) => (
            <div key={name}>
              <dt>{attributeWord(name)}</dt>
              <dd>
                <bdi>{String(value).slice(0, 200)}</bdi>
              </dd>
            </div>
          ))}
          {data.grant.secrets.map((name) => (
            <div key={name}>
              <dt>{attributeWord(name)}</dt>
              <dd>set, sealed, never shown</dd>
            </div>
          ))}
        </dl>
      )}
      <p className="meta spaced">{data.summary}</p>
      {admin && (
        <div className="row spaced">
          <button type="button" className="button small" onClick={() => setGiving(true)}>
            {data.grant ? 'Change it…' : 'Give one…'}
          </button>
          {data.grant && (
            <button type="button" className="button small bare" disabled={busy} onClick={take}>
              Take it away
            </button>
          )}
        </div>
      )}
      <Refused error={refused} />
      {giving && <GrantSheet of={data} path={path} close={() => setGiving(false)} />}
    </section>
  )
}

function GrantSheet({ of, path, close }: { of: ActingPage; path: string; close: () => void }) {
  const schema = of.form as Schema
  const [settings, setSettings] = useState<JsonValue>(() => startOf(schema, (of.grant?.settings ?? {}) as JsonValue))
  const [tested, setTested] = useState<TestResult | null>(null)
  const { busy, refused, run } = useAct()
  const test = () =>
    void run(async () => {
      setTested(null)
      setTested(
        await ask<TestResult>(`${path}/test`, { method: 'POST', body: { settings: wholeOf(schema, settings) } }),
      )
    })
  const save = async () => {
    await ask(path, { method: 'PUT', body: { settings: wholeOf(schema, settings) } })
    tell('The grant is kept, sealed. Nothing is changed before a plan is approved and applied.')
    await forget('/v1/connections', '/v1/plans')
  }
  return (
    <Layer title="A grant for changes" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run(save).then((done) => done && close())
        }}
      >
        <p className="quiet">{of.summary} What reads is never used to write.</p>
        <SchemaForm
          schema={schema}
          value={settings}
          change={setSettings}
          refused={refused instanceof Problem ? refused.fields : []}
          kept={of.grant?.secrets ?? []}
        />
        {tested && (
          <p className="beside" role="status">
            <Mark of={tested.ok ? 'pass' : 'high'} beside />
            <span>{tested.ok ? 'It opens. Nothing was changed.' : tested.error?.message}</span>
          </p>
        )}
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button primary" disabled={busy}>
            Keep it
          </button>
          <button type="button" className="button" disabled={busy} onClick={test}>
            Test
          </button>
        </div>
      </form>
    </Layer>
  )
}
