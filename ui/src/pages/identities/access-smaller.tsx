/** Make it smaller: the least that keeps what it uses, and any other policy tried out. Nothing is changed. */
import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useAsOf } from '../../address.tsx'
import { ask } from '../../http.ts'
import { Copy } from '../../parts/copy.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Mark } from '../../parts/mark.tsx'
import { Code } from '../../parts/name.tsx'
import { count, some } from '../../words.ts'
import type { Granted, Least, WhatIf } from './access-nouns.ts'
import { Path, shortName } from './access-rise.tsx'

export function Smaller({ principal, name }: { principal: string; name: string }) {
  const [policy, setPolicy] = useState('')
  const least = useMutation({
    mutationFn: () => ask<Least>('/v1/access/least', { method: 'POST', body: { principal } }),
  })
  const past = useAsOf() !== null
  if (past)
    return (
      <p className="meta access-past">The smallest policy and what-if are of now: return to now to work them out.</p>
    )
  return (
    <>
      <h3>What would be enough</h3>
      {least.data ? (
        <Enough of={least.data} name={name} take={setPolicy} />
      ) : (
        <p className="row">
          <button type="button" className="button" disabled={least.isPending} onClick={() => least.mutate()}>
            {least.isPending ? 'Working it out…' : 'Work out the smallest policy'}
          </button>
          <span className="meta">from what it was seen to use; nothing is changed</span>
        </p>
      )}
      {least.error && <Failure error={least.error} what="The smallest policy" again={() => least.mutate()} />}
      <Trial principal={principal} policy={policy} setPolicy={setPolicy} />
    </>
  )
}

function Enough({ of, name, take }: { of: Least; name: string; take: (policy: string) => void }) {
  const [form, setForm] = useState<'json' | 'terraform'>('json')
  const json = JSON.stringify(of.policy, null, 2)
  const text = form === 'json' ? json : of.terraform
  const file = `${name.replaceAll(/[^\w.-]/g, '_')}-least.${form === 'json' ? 'json' : 'tf'}`
  return (
    <>
      <p className="access-said" role="status">
        <b>
          {count(of.proof.allowed)} of {some(of.proof.calls, 'observed use', 'observed uses')}
        </b>{' '}
        {of.proof.calls === 1 ? 'is' : 'are'} still allowed by it; {some(of.unneeded.length, 'statement')} of today
        would go.
      </p>
      {of.unknown.length > 0 && (
        <ul className="access-unread unknown">
          {of.unknown.map((says) => (
            <li key={says}>
              <Mark of="unknown" beside size={13} /> kept, because it is unknown whether it is used: {says}
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        {(['json', 'terraform'] as const).map((one) => (
          <button
            key={one}
            type="button"
            className="button small"
            aria-pressed={form === one}
            onClick={() => setForm(one)}
          >
            {one === 'json' ? 'IAM JSON' : 'Terraform'}
          </button>
        ))}
        <a className="button small" download={file} href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}>
          Save as a file
        </a>
        <button type="button" className="button small" onClick={() => take(json)}>
          Try it below
        </button>
      </div>
      <Copy text={text} says={form === 'json' ? 'the smallest policy' : 'the same for Terraform'} />
    </>
  )
}

function Trial({
  principal,
  policy,
  setPolicy,
}: {
  principal: string
  policy: string
  setPolicy: (policy: string) => void
}) {
  const id = useId()
  const [mode, setMode] = useState<'add' | 'replace'>('replace')
  const trial = useMutation({
    mutationFn: () => ask<WhatIf>('/v1/access/what-if', { method: 'POST', body: { principal, policy, mode } }),
  })
  return (
    <form
      className="access-trial"
      onSubmit={(event) => {
        event.preventDefault()
        trial.mutate()
      }}
    >
      <h3>
        <label htmlFor={id}>What if it held this policy</label>
      </h3>
      <textarea
        id={id}
        rows={8}
        spellCheck={false}
        value={policy}
        placeholder={'{ "Version": "2012-10-17", "Statement": [ … ] }'}
        onChange={(event) => setPolicy(event.target.value)}
      />
      <div className="row">
        <label className="row">
          <input type="radio" name={id} checked={mode === 'replace'} onChange={() => setMode('replace')} />
          instead of its own policies
        </label>
        <label className="row">
          <input type="radio" name={id} checked={mode === 'add'} onChange={() => setMode('add')} />
          beside them
        </label>
        <button type="submit" className="button primary" disabled={policy.trim() === '' || trial.isPending}>
          {trial.isPending ? 'Trying…' : 'Try'}
        </button>
      </div>
      {trial.error && <Failure error={trial.error} what="The trial" />}
      {trial.data && <Outcome of={trial.data} />}
    </form>
  )
}

function Outcome({ of }: { of: WhatIf }) {
  const { gained, lost, appear, vanish, broken, observed, isAdmin } = of
  return (
    <div className="access-outcome">
      <p className="access-said" role="status">
        <b>
          {some(gained.length, 'action more', 'actions more')}, {some(lost.length, 'action less', 'actions less')}
        </b>
        ; {some(appear.length, 'way up appears', 'ways up appear')}, {some(vanish.length, 'vanishes', 'vanish')};{' '}
        {broken.length === 0 ? 'none' : count(broken.length)} of {some(observed, 'observed call')} would break. Nothing
        was changed.
      </p>
      {isAdmin.before !== isAdmin.after && (
        <p className={isAdmin.after === true ? 'high' : undefined}>
          {isAdmin.after === true
            ? 'It would be an administrator.'
            : isAdmin.after === null
              ? 'Whether it would be an administrator is unknown.'
              : 'It would be an administrator no more.'}
        </p>
      )}
      <Actions title="It could do besides" of={gained} />
      <Actions title="It could do no more" of={lost} />
      <Ways title="Ways up that would appear" of={appear} />
      <Ways title="Ways up that would vanish" of={vanish} />
      {broken.length > 0 && (
        <>
          <h4>Calls that were seen and would fail</h4>
          <ul className="access-actions">
            {broken.slice(0, 40).map(({ action, resource }) => (
              <li key={`${action} ${resource}`}>
                <Code text={action} /> on <Code text={resource ?? '*'} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

const MOST = 40

const Actions = ({ title, of }: { title: string; of: readonly Granted[] }) =>
  of.length === 0 ? null : (
    <>
      <h4>{title}</h4>
      <ul className="access-actions">
        {of.slice(0, MOST).map(({ action, on }) => (
          <li key={action}>
            <Code text={action} /> on <Code text={on.join(', ')} longest={160} />
          </li>
        ))}
        {of.length > MOST && <li>and {count(of.length - MOST)} more</li>}
      </ul>
    </>
  )

const Ways = ({ title, of }: { title: string; of: WhatIf['appear'] }) =>
  of.length === 0 ? null : (
    <>
      <h4>{title}</h4>
      {of.slice(0, 10).map(({ principal, path }) => (
        <div key={`${principal} ${path.map(({ to, actions }) => `${to} ${actions.join()}`).join(' ')}`}>
          <p className="meta">{shortName(principal)}</p>
          <Path of={path} />
        </div>
      ))}
      {of.length > 10 && <p className="meta">and {count(of.length - 10)} more</p>}
    </>
  )
