import type { Edge, Entity } from '../../sdk/index.ts'
import { ACCOUNT, arn, type Invented } from './account.ts'

type Item = (Partial<Entity> & Pick<Entity, 'kind' | 'type' | 'key'>) | Edge

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

/** The descriptions of an invented account as its connection gives them: users and roles with policies of their own. */
export function describedAccount({ users = {}, roles = {} }: Invented): Item[] {
  const holder = (kind: 'user' | 'role', name: string, inline: readonly unknown[] = [], trust?: unknown): Item[] => {
    const key = `aws:${arn(kind, name)}`
    return [
      {
        kind: 'identity',
        type: `aws_iam_${kind}`,
        key,
        attributes: { path: '/', account: ACCOUNT, ...(trust !== undefined && { trustPolicy: plain(trust) }) },
      },
      ...inline.flatMap((document, n): Item[] => [
        {
          kind: 'entitlement',
          type: 'aws_iam_policy',
          key: `${key}#inline-${n}`,
          attributes: { document: plain(document), inline: true },
        },
        { from: key, verb: 'has', to: `${key}#inline-${n}` },
      ]),
    ]
  }
  return [
    ...Object.entries(users).flatMap(([name, { inline }]) => holder('user', name, inline)),
    ...Object.entries(roles).flatMap(([name, { inline, trust }]) =>
      holder('role', name, inline, trust ?? { Statement: [] }),
    ),
  ]
}
