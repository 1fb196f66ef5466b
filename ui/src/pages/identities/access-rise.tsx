/** Is it an administrator, or how it could become one; and who could satisfy its trust. */
import { Mark } from '../../parts/mark.tsx'
import { Code } from '../../parts/name.tsx'
import { some } from '../../words.ts'
import type { Hop, Trust, WhatCan } from './access-nouns.ts'

/** `user/deployer` for its ARN. */
export const shortName = (id: string): string => id.split(':').slice(5).join(':') || id

export function Rise({ of: { isAdmin, paths, unknown } }: { of: WhatCan }) {
  if (isAdmin === true)
    return (
      <p className="access-said">
        <Mark of="critical" beside /> <b>It is an administrator</b>: it may do everything, and nothing bounds it.
      </p>
    )
  const [first, ...others] = paths
  if (first !== undefined)
    return (
      <>
        <p className="access-said">
          <Mark of="high" beside /> <b>It can become an administrator</b>, in {some(first.length, 'step')}
          {others.length > 0 && `; ${some(others.length, 'other way', 'other ways')} lead there too`}.
        </p>
        <Path of={first} />
      </>
    )
  if (isAdmin === null)
    return (
      <p className="access-said unknown">
        <Mark of="unknown" beside /> <b>Whether it is an administrator is unknown</b>
        {unknown[0] && `: ${unknown[0]}`}.
      </p>
    )
  return <p className="access-said">It is no administrator, and nothing that was read lets it become one.</p>
}

export const Path = ({ of }: { of: readonly Hop[] }) => (
  <ol className="access-path">
    {of.map(({ from, to, actions, object, by, dependsOn }) => (
      <li key={`${from} ${to} ${actions.join()}`}>
        {actions.length === 0 ? (
          <span>
            <Code text={shortName(from)} /> is an administrator
          </span>
        ) : (
          <span>
            <Code text={shortName(by ?? from)} /> calls <Code text={actions.join(', ')} />
            {object && (
              <>
                {' '}
                on <Code text={object.startsWith('arn:') ? shortName(object) : object} />
              </>
            )}{' '}
            and{' '}
            {to === 'admin' ? (
              'has everything'
            ) : (
              <>
                acts as <Code text={shortName(to)} />
              </>
            )}
          </span>
        )}
        {dependsOn && dependsOn.length > 0 && <span className="sub unknown">depends on {dependsOn.join('; ')}</span>}
      </li>
    ))}
  </ol>
)

const BREADTH: Record<Trust['breadth'], 'critical' | 'high' | 'medium' | 'pass' | 'unknown' | 'info'> = {
  anybody: 'critical',
  issuer: 'high',
  owner: 'medium',
  named: 'pass',
  nobody: 'info',
  unknown: 'unknown',
}

export const Trusts = ({ of }: { of: readonly Trust[] }) =>
  of.length === 0 ? null : (
    <>
      <h3>Who can take it by a token</h3>
      <ul className="access-trusts">
        {of.map((trust) => (
          <li key={`${trust.provider} ${trust.from}`}>
            <Mark of={BREADTH[trust.breadth]} />
            <div>
              <p>
                {trust.issuer}: {trust.says}.
              </p>
              {trust.any.length > 0 && <p className="sub">Any of its {trust.any.join(', ')} will do.</p>}
              {trust.takeover && (
                <p className="sub">It goes by names: whoever registers the name once it is free passes too.</p>
              )}
              {!trust.asksAudience && <p className="sub">It does not ask for whom the token was made.</p>}
              {trust.dependsOn.length > 0 && <p className="sub unknown">Depends on {trust.dependsOn.join('; ')}.</p>}
              <p className="meta">{trust.from}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
