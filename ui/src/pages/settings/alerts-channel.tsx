/** A channel is added or changed: its own form, which alerts it gets, a test, and only then it is kept. */
import { useMemo, useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useAnswer } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, Problem } from '../../http.ts'
import type { ChannelKindPage, ChannelRow, ChannelTest, Connections, JsonValue } from '../../nouns.ts'
import { Layer } from '../../parts/layer.tsx'
import { Refused } from '../../parts/refused.tsx'
import { type Schema, SchemaForm, startOf, wholeOf } from '../../parts/schema-form.tsx'
import { Tested } from './alerts-tested.tsx'
import { EVENTS, events } from './alerts-words.ts'

type Filter = ChannelRow['filter']
const ALL: Filter = { events: [], severity: 'medium', sources: [], environments: [], owners: [], closings: false }

export function AddChannel({ kinds, close }: { kinds: readonly ChannelKindPage[]; close: () => void }) {
  const [chosen, setChosen] = useState<ChannelKindPage | null>(null)
  return (
    <Layer title={chosen ? `Add ${chosen.title}` : 'Add a channel'} close={close} side>
      {chosen ? (
        <Form
          key={chosen.id}
          kind={chosen}
          done={async (body) => {
            await ask('/v1/alerts/channels', { method: 'POST', body: { kind: chosen.id, ...body } })
            tell('It gets alerts from now on, and hears once what is open.')
            await forget('/v1/alerts')
            close()
          }}
        />
      ) : (
        <div className="alert-kinds">
          {kinds.map((kind) => (
            <button type="button" key={kind.id} onClick={() => setChosen(kind)}>
              <b>{kind.title}</b>
              <span className="sub">{kind.summary}</span>
            </button>
          ))}
        </div>
      )}
    </Layer>
  )
}

export const ChangeChannel = ({ of, kind, close }: { of: ChannelRow; kind: ChannelKindPage; close: () => void }) => (
  <Layer title={`Change ${of.id}`} close={close} side>
    <Form
      kind={kind}
      existing={of}
      done={async (body) => {
        await ask(`/v1/alerts/channels/${encodeURIComponent(of.id)}`, { method: 'PATCH', body })
        tell('Kept.')
        await forget('/v1/alerts')
        close()
      }}
    />
  </Layer>
)

interface FormProps {
  kind: ChannelKindPage
  existing?: ChannelRow
  done: (body: { settings: JsonValue; filter: Filter }) => Promise<void>
}

function Form({ kind, existing, done }: FormProps) {
  const schema = kind.form as unknown as Schema
  const [settings, setSettings] = useState<JsonValue>(() =>
    startOf(schema, existing?.settings as JsonValue | undefined),
  )
  const [filter, setFilter] = useState<Filter>(existing?.filter ?? ALL)
  const [tested, setTested] = useState<{ of: string; result: ChannelTest } | null>(null)
  const { busy, refused, run } = useAct()
  const whole = useMemo(() => wholeOf(schema, settings), [schema, settings])
  const print = JSON.stringify(whole)
  const result = tested?.of === print ? tested.result : null
  return (
    <form
      className="form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        void run(() => done({ settings: whole, filter }))
      }}
    >
      <p className="meta">{kind.summary} Secrets are sealed and never shown again.</p>
      <SchemaForm
        schema={schema}
        value={settings}
        change={setSettings}
        refused={refused instanceof Problem ? refused.fields : []}
        kept={existing?.secrets ?? []}
      />
      <Chosen of={filter} change={setFilter} closings={kind.id !== 'pagerduty' && kind.id !== 'webhook'} />
      {result && <Tested result={result} />}
      <Refused error={refused} />
      <div className="acts">
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={(event) => {
            if (event.currentTarget.form?.reportValidity())
              void run(async () => {
                const body = { kind: kind.id, settings: whole, ...(existing ? { channel: existing.id } : {}) }
                const answer = await ask<ChannelTest>('/v1/alerts/channels/test', { method: 'POST', body })
                setTested({ of: print, result: answer })
              })
          }}
        >
          {result ? 'Test again' : 'Send a test'}
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          {existing ? 'Keep it so' : 'Add the channel'}
          {result && !result.ok && ' all the same'}
        </button>
      </div>
    </form>
  )
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '')
const ENVIRONMENTS: readonly Filter['environments'][number][] = ['production', 'staging', 'development', 'test']
const toggled = <T,>(list: readonly T[], one: T, on: boolean): T[] =>
  on ? [...list, one] : list.filter((other) => other !== one)

/** Which alerts it gets. */
function Chosen({ of, change, closings }: { of: Filter; change: (next: Filter) => void; closings: boolean }) {
  const connections = useAnswer<Connections>('/v1/connections')
  const sources = connections.data?.rows.filter(({ connection }) => connection !== 'self') ?? []
  const [owners, setOwners] = useState(of.owners.join('\n'))
  return (
    <>
      <fieldset className="choice-set">
        <legend className="label">About; everything where none is marked</legend>
        {events.map((event) => (
          <label key={event}>
            <input
              type="checkbox"
              checked={of.events.includes(event)}
              onChange={({ target }) => change({ ...of, events: toggled(of.events, event, target.checked) })}
            />
            {EVENTS[event]}
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span className="label">At least</span>
        <select
          value={of.severity}
          onChange={({ target }) => change({ ...of, severity: target.value as Filter['severity'] })}
        >
          <option value="medium">medium: 30 days before an end</option>
          <option value="high">high: 7 days before an end, new privileged grants</option>
          <option value="critical">critical: 1 day before an end</option>
        </select>
      </label>
      <fieldset className="choice-set">
        <legend className="label">In environments; everywhere where none is marked</legend>
        {ENVIRONMENTS.map((environment) => (
          <label key={environment}>
            <input
              type="checkbox"
              checked={of.environments.includes(environment)}
              onChange={({ target }) =>
                change({ ...of, environments: toggled(of.environments, environment, target.checked) })
              }
            />
            {environment}
          </label>
        ))}
      </fieldset>
      {sources.length > 0 && (
        <fieldset className="choice-set">
          <legend className="label">Of connections; all where none is marked</legend>
          {sources.map(({ connection }) => (
            <label key={connection}>
              <input
                type="checkbox"
                checked={of.sources.includes(connection)}
                onChange={({ target }) => change({ ...of, sources: toggled(of.sources, connection, target.checked) })}
              />
              {connection}
            </label>
          ))}
        </fieldset>
      )}
      <label className="field">
        <span className="label">Answered for by (optional)</span>
        <textarea
          rows={2}
          spellCheck={false}
          value={owners}
          onChange={({ target }) => {
            setOwners(target.value)
            change({ ...of, owners: lines(target.value) })
          }}
        />
        <span className="meta">E-mail addresses of owners, one on each line.</span>
      </label>
      {closings && (
        <label className="row">
          <input
            type="checkbox"
            checked={of.closings}
            onChange={({ target }) => change({ ...of, closings: target.checked })}
          />
          Say also what closed by itself
        </label>
      )}
    </>
  )
}
