/** A rule of one's own, in YAML with CEL: written, checked with its place, tried on the estate, and only then kept. */
import { useState } from 'react'
import { useAct } from '../../acting.ts'
import { go, to, useAddress } from '../../address.tsx'
import { forget, useAnswer, useMay } from '../../asking.ts'
import { useTitle } from '../../frame/title.ts'
import { tell } from '../../frame/toasts.tsx'
import { ask } from '../../http.ts'
import type { DryRun, RulePage } from '../../nouns.ts'
import { Answer } from '../../parts/answer.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { NoRight } from '../../parts/no-right.tsx'
import { Refused } from '../../parts/refused.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { DryRunShown } from './dry-run.tsx'

const BEGINNING = `id: service-account-with-shell
title: A service account has a login shell
owasp: [NHI10]
severity: medium
about: { kind: identity, types: [linux_user] }
when: >
  entity.attributes.accountKind == "service"
  && entity.attributes.shell.matches("(ba|z)?sh$")
why: Nobody logs in as a service, so it needs no shell.
fix: Set its shell to /usr/sbin/nologin.
undo: Set the shell that it had.
effort: 5
`

export function OwnRule({ id }: { id?: string }) {
  const admin = useMay('admin')
  const existing = useAnswer<RulePage>(id ? `/v1/rules/${encodeURIComponent(id)}` : null)
  // One that cannot be read any more has no page of its own: the list has its text.
  const mend = useAddress().query.get('mend')
  const list = useAnswer<{ broken: { id: string; source: string }[] }>(mend === null ? null : '/v1/rules')
  const broken = list.data?.broken.find((one) => one.id === mend)
  useTitle(id ? `Text of ${id}` : 'Write a rule')
  return (
    <div className="page">
      <p className="crumb">
        <a href="/rules">Rules</a>
        <Icon name="next" size={12} />
        {id ? <a href={to.rule(id)}>{id}</a> : 'Write a rule'}
      </p>
      <h1>{id ? (existing.data?.rule.title ?? id) : 'Write a rule'}</h1>
      <Answer>
        It finds every subject for which <code>when</code> is true. What the source does not report makes a verdict
        unknown, never passed.
      </Answer>
      {!admin ? (
        <NoRight roles={['admin']} />
      ) : existing.error ? (
        <Failure error={existing.error} what="This rule" again={() => void existing.refetch()} />
      ) : (id && !existing.data) || (mend !== null && !list.data) ? (
        <Waiting />
      ) : (
        <Editor key={id} source={existing.data?.source ?? broken?.source ?? BEGINNING} id={id} />
      )}
    </div>
  )
}

function Editor({ source: start, id }: { source: string; id: string | undefined }) {
  const [source, setSource] = useState(start)
  const [tried, setTried] = useState<{ of: string; result: DryRun } | null>(null)
  const { busy, refused, run } = useAct()
  const result = tried?.of === source ? tried.result : null
  return (
    <div className="two card-body">
      <form
        className="form"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          void run(async () => {
            setTried(null)
            setTried({
              of: source,
              result: await ask<DryRun>('/v1/rules/dry-run', { method: 'POST', body: { source } }),
            })
          })
        }}
      >
        <label className="field">
          <span className="label">The rule, in YAML or JSON</span>
          <textarea
            className="code rule-text"
            required
            maxLength={65_536}
            rows={Math.min(28, Math.max(14, source.split('\n').length + 1))}
            spellCheck={false}
            autoCapitalize="off"
            value={source}
            onChange={(event) => setSource(event.target.value)}
          />
        </label>
        <Refused error={refused} />
        <div className="acts">
          <button type="submit" className={result ? 'button' : 'button primary'} disabled={busy}>
            {busy ? 'Being asked' : 'Check and try it'}
          </button>
          <button
            type="button"
            className={result ? 'button primary' : 'button'}
            disabled={busy || result === null}
            onClick={() =>
              void run(async () => {
                const saved = await ask<{ id: string }>('/v1/rules', { method: 'POST', body: { source } })
                tell('The rule is kept. It counts within moments.')
                await forget('/v1/rules', '/v1/findings', '/v1/frame')
                go(to.rule(saved.id))
              })
            }
          >
            {id ? 'Keep this text' : 'Keep it and switch it on'}
          </button>
          <a className="button bare" href={id ? to.rule(id) : '/rules'}>
            Leave it
          </a>
        </div>
        {result && <DryRunShown of={result} />}
      </form>
      <aside className="aside" aria-label="What a rule may say">
        <section className="section">
          <header>
            <h2>What it may see</h2>
          </header>
          <dl className="said spaced">
            {SEEN.map(([name, says]) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>{says}</dd>
              </div>
            ))}
          </dl>
          <p className="meta spaced">
            <code>along</code> names paths of verbs from the subject, such as <code>{"owners: ['<owns']"}</code>; each
            is a list that <code>when</code> may ask with <code>exists</code> and <code>all</code>. CEL always ends;
            what could run for long is refused with its place.
          </p>
        </section>
      </aside>
    </div>
  )
}

const SEEN = [
  ['entity.name', 'and key, kind, type'],
  ['entity.attributes', 'a map: all that the source says'],
  ['entity.created', 'and expires, lastUsed: moments'],
  ['entity.tier', 'and environment, sensitivity, method'],
  ['now', 'the moment of judging'],
] as const
