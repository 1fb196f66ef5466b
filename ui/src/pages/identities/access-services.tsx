/** Granted by service and action, each with the statement that decides. */
import { useState } from 'react'
import { useAnswer } from '../../asking.ts'
import { Failure } from '../../parts/failure.tsx'
import { Known, When } from '../../parts/known.tsx'
import { Code } from '../../parts/name.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { count, some } from '../../words.ts'
import type { Granted, Service, WhatCan, Why } from './access-nouns.ts'

const SHOWN = 60

export function Services({ of: { services, subject, days } }: { of: WhatCan }) {
  const [open, setOpen] = useState<string | null>(null)
  if (services.length === 0) return null
  return (
    <table className="access-services">
      <thead>
        <tr>
          <th>Service</th>
          <th>May do</th>
          <th>Used</th>
        </tr>
      </thead>
      {services.map((one) => {
        const shown = open === one.service
        return (
          <tbody key={one.service}>
            <tr>
              <td>
                <button
                  type="button"
                  className="button small bare"
                  aria-expanded={shown}
                  onClick={() => setOpen(shown ? null : one.service)}
                >
                  {one.service}
                </button>
              </td>
              <td>{some(one.actions.length + one.more, 'action')}</td>
              <td>
                <Use of={one.used} days={days} />
              </td>
            </tr>
            {shown && (
              <tr>
                <td colSpan={3}>
                  <Actions of={one} principal={subject.key} />
                </td>
              </tr>
            )}
          </tbody>
        )
      })}
    </table>
  )
}

const Use = ({ of, days }: { of: Service['used']; days: number }) => (
  <Known of={of} brief>
    {(at) => (at === null ? <span className="high">not in {count(days)} days</span> : <When at={at} />)}
  </Known>
)

function Actions({ of: { actions, more }, principal }: { of: Service; principal: string }) {
  const [all, setAll] = useState(false)
  const [asked, setAsked] = useState<Granted | null>(null)
  const list = all ? actions : actions.slice(0, SHOWN)
  return (
    <>
      <ul className="access-actions">
        {list.map((granted) => (
          <li key={granted.action}>
            <button
              type="button"
              className="button small bare"
              aria-expanded={asked === granted}
              onClick={() => setAsked(asked === granted ? null : granted)}
            >
              <Code text={granted.action} />
            </button>
            <span className="access-on">
              on <Code text={granted.on.join(', ')} longest={160} />
              {granted.except.length > 0 && (
                <>
                  {' '}
                  but not <Code text={granted.except.join(', ')} longest={120} />
                </>
              )}
            </span>
            {granted.dependsOn.length > 0 && (
              <span className="sub unknown">depends on {granted.dependsOn.join('; ')}</span>
            )}
            {asked === granted && (
              <Because principal={principal} action={granted.action} resource={example(granted.on[0] ?? '*')} />
            )}
          </li>
        ))}
      </ul>
      {actions.length > list.length && (
        <button type="button" className="button small" onClick={() => setAll(true)}>
          Show all {count(actions.length)}
        </button>
      )}
      {more > 0 && <p className="meta">and {count(more)} more</p>}
    </>
  )
}

/** Something that the pattern stands for. */
const example = (pattern: string): string =>
  pattern === '*' || pattern.startsWith('everything but') ? '*' : pattern.replaceAll('*', 'x').replaceAll('?', 'x')

const LAYERS = { held: 'What it holds', door: 'The resource', ceiling: 'A bound' } as const

function Because({ principal, action, resource }: { principal: string; action: string; resource: string }) {
  const answer = useAnswer<Why>(`/v1/access/why?${new URLSearchParams({ principal, action, resource })}`)
  if (answer.error) return <Failure error={answer.error} what="Why" again={() => void answer.refetch()} />
  if (!answer.data) return <Waiting rows={2} />
  const { verdict, because, layers, resource: asked } = answer.data
  return (
    <div className="access-why">
      <p>
        <b>{verdict === 'yes' ? 'Yes' : verdict === 'no' ? 'No' : 'It depends'}</b>: {because}.
        <span className="sub">
          asked of <Code text={asked} />
        </span>
      </p>
      <dl>
        {layers.map((layer) => (
          <div key={layer.name}>
            <dt>
              {LAYERS[layer.layer]} {layer.layer !== 'held' && <span className="meta">{layer.name}</span>}
            </dt>
            <dd>
              {layer.statements.length === 0 ? (
                <span className="quiet">says nothing of it</span>
              ) : (
                layer.statements.map(({ effect, from, applies, dependsOn }) => (
                  <p key={`${effect} ${from}`}>
                    {effect === 'deny' ? 'denies' : 'allows'}
                    {applies === 'depends' && ' perhaps'}: {from}
                    {dependsOn.length > 0 && <span className="sub unknown">depends on {dependsOn.join('; ')}</span>}
                  </p>
                ))
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
