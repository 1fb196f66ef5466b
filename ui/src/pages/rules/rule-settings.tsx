/** The settings of a rule: tried on the estate before they are kept. A rule without settings can be tried as it is. */
import { useMemo, useState } from 'react'
import { useAct } from '../../acting.ts'
import { forget, useMay } from '../../asking.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask, Problem } from '../../http.ts'
import type { DryRun, JsonValue, RulePage } from '../../nouns.ts'
import { Refused } from '../../parts/refused.tsx'
import { type Schema, SchemaForm, startOf, wholeOf } from '../../parts/schema-form.tsx'
import { DryRunShown } from './dry-run.tsx'

export function RuleSettings({ of }: { of: RulePage }) {
  const operator = useMay('operator')
  const admin = useMay('admin')
  const schema = (of.params ?? {}) as unknown as Schema
  const hasSettings = Object.keys(schema.properties ?? {}).length > 0
  const [value, setValue] = useState<JsonValue>(() => startOf(schema, of.settings ?? undefined))
  const [tried, setTried] = useState<{ of: string; result: DryRun } | null>(null)
  const { busy, refused, run } = useAct()
  const params = useMemo(() => (hasSettings ? wholeOf(schema, value) : {}), [hasSettings, schema, value])
  const print = JSON.stringify(params)
  const changed = hasSettings && print !== JSON.stringify(wholeOf(schema, startOf(schema, of.settings ?? undefined)))
  const path = `/v1/rules/${encodeURIComponent(of.rule.id)}`
  const keep = (to: JsonValue, says: string) =>
    run(async () => {
      const patch = (settings: JsonValue) => ask(path, { method: 'PATCH', body: { params: settings } })
      await patch(to)
      tell(
        says,
        () =>
          void patch(of.settings ?? {})
            .then(() => tell('Taken back.'))
            .catch(() => tell('It could not be taken back.'))
            .then(() => forget('/v1/rules')),
      )
      await forget('/v1/rules', '/v1/findings', '/v1/frame')
    })
  if (!operator) return null
  return (
    <section className="section">
      <header>
        <h2>{hasSettings ? 'Settings' : 'Dry run'}</h2>
        <span className="meta">
          {hasSettings
            ? of.settings && Object.keys(of.settings).length > 0
              ? 'not the defaults'
              : 'the defaults'
            : 'it has no settings; it can be asked as it is'}
        </span>
      </header>
      <form
        className="form rule-form"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () =>
            setTried({
              of: print,
              result: await ask<DryRun>(`${path}/dry-run`, { method: 'POST', body: hasSettings ? { params } : {} }),
            }),
          )
        }}
      >
        {hasSettings && (
          <SchemaForm
            schema={schema}
            value={value}
            change={setValue}
            refused={refused instanceof Problem ? refused.fields : []}
            kept={[]}
          />
        )}
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className="button" disabled={busy}>
            {changed ? 'Try it on the estate' : 'Dry run'}
          </button>
          {admin && changed && (
            <button
              type="button"
              className={tried?.of === print ? 'button primary' : 'button'}
              disabled={busy || tried?.of !== print}
              onClick={() => void keep(params, 'The settings are kept; they count within moments.')}
            >
              Keep these settings
            </button>
          )}
          {admin && hasSettings && of.settings !== null && Object.keys(of.settings).length > 0 && (
            <button
              type="button"
              className="button bare"
              disabled={busy}
              onClick={() =>
                void keep({}, 'Back to the defaults.').then((done) => {
                  if (done) setValue(startOf(schema))
                })
              }
            >
              Back to the defaults
            </button>
          )}
        </div>
        {admin && changed && tried?.of !== print && (
          <p className="meta">They can be kept once they were tried; nothing is written until then.</p>
        )}
        {tried?.of === print && <DryRunShown of={tried.result} open={of.rule.judged ? of.rule.open : undefined} />}
      </form>
    </section>
  )
}
