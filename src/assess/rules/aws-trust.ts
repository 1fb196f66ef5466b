/** How rules read whom an AWS role trusts. */
import type { Entity } from '../../sdk/index.ts'

export interface Trusted {
  kind: string
  who: string
  foreign: boolean | null
  externalId: boolean
  conditions: string[]
}

/** Conditions that tell who may come, whoever is named. */
const NAMES_WHO =
  /^(aws:(PrincipalOrgID|PrincipalOrgPaths|PrincipalAccount|PrincipalArn|SourceAccount|SourceArn|SourceOrgID|SourceOrgPaths|SourceVpc|SourceVpce|userid))$/i

export const trustedBy = (role: Entity): Trusted[] | undefined => {
  const given = role.attributes['trusts']
  if (!Array.isArray(given)) return undefined
  return given.flatMap((one) => {
    if (one === null || typeof one !== 'object' || Array.isArray(one)) return []
    const { kind, who, foreign, externalId, conditions } = one
    return [
      {
        kind: String(kind),
        who: String(who).slice(0, 200),
        foreign: typeof foreign === 'boolean' ? foreign : null,
        externalId: externalId === true,
        conditions: Array.isArray(conditions) ? conditions.map(String) : [],
      },
    ]
  })
}

export const isPinned = ({ conditions }: Trusted): boolean => conditions.some((key) => NAMES_WHO.test(key))

/** A role for the cases of such rules. */
export const roleOf = (
  trusts: Partial<Trusted>[] | undefined,
  more: { attributes?: Record<string, string | boolean>; unknowns?: Record<string, { reason: string }> } = {},
) => ({
  kind: 'identity' as const,
  type: 'aws_iam_role',
  key: 'aws:arn:aws:iam::111122223333:role/deploy',
  name: 'deploy',
  attributes: {
    ...(trusts && { trusts: trusts.map((one) => ({ externalId: false, conditions: [], ...one })) }),
    ...more.attributes,
  },
  ...(more.unknowns && { unknowns: more.unknowns }),
})
export const ROLE = 'aws:arn:aws:iam::111122223333:role/deploy'
