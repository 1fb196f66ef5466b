import type { Collected } from '../collected.ts'
import { unreadText } from '../collected.ts'
import { type World, worldOf } from '../world.ts'
import { actionsOf } from './actions.ts'
import { arnOf } from './arn.ts'
import { type AwsEstate, type AwsInput, awsEstate } from './estate.ts'
import { awsInputOf, keyOfArn } from './from-collected.ts'
import { whatCan } from './inquire.ts'

export interface AwsWorld extends World {
  aws: AwsEstate
  input: AwsInput
  collected: Collected
}

const TYPE = { user: 'aws_iam_user', role: 'aws_iam_role', group: 'aws_iam_group' } as const
/** AWS, ready for questions. */
export async function awsWorld(collected: Collected, now: number): Promise<AwsWorld> {
  const input = await awsInputOf(collected, now)
  const aws = awsEstate(input)
  const byAlias = new Map<string, string>()
  for (const { key, name, aliases } of collected.nodes)
    for (const alias of [name, ...aliases])
      if (key.startsWith('aws:arn:') && !byAlias.has(alias)) byAlias.set(alias, key.slice(4))
  const world = worldOf(aws.grants, {
    system: 'aws',
    subjects: aws.holders.map(({ arn, name, kind, unknown }) => ({
      key: keyOfArn(arn),
      type: TYPE[kind],
      name,
      unknown,
      ...(kind === 'group' && { passive: true }),
    })),
    things: collected.nodes.flatMap(({ key, type, name }) =>
      key.startsWith('aws:arn:') && !key.includes('#') ? [{ id: key.slice(4), key, type, name }] : [],
    ),
    idOf: (text) =>
      text.startsWith('aws:arn:')
        ? text.slice(4)
        : text === '*' || text.startsWith('arn:')
          ? text
          : (byAlias.get(text) ?? text),
    keyOf: keyOfArn,
    actionsOf: async (index, id) => {
      const granted = (await whatCan(aws, index)).map(({ action }) => action)
      // Whoever can do everything can do what the service of the thing has.
      return granted.includes('*') ? actionsOf(arnOf(id).service) : granted
    },
    notRead: (action, id) => notReadOf(collected, action, id),
  })
  return { ...world, aws, input, collected }
}

/** Lines of the ledger that an answer about this leans on: those of the service, of identities, of the organization. */
function notReadOf(collected: Collected, action: string, id: string): string[] {
  const service = action.toLowerCase().split(':')[0] ?? ''
  const leans = new RegExp(
    `\\b(?:iam:(?:GetAccountAuthorizationDetails)|organizations:(?:ListPolicies|DescribeOrganization|ListRoots|DescribePolicy)|${service.replaceAll(/[^a-z0-9-]/g, '')}:)`,
    'i',
  )
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(id)?.[1]
  return collected.unread
    .filter(({ permission, scope }) => leans.test(permission ?? '') && !ofAnother(scope, account))
    .map(unreadText)
}

/** A line of one account says nothing of what is in another. */
const ofAnother = (scope: string, account: string | undefined): boolean => {
  const said = /^(\d{12})\b/.exec(scope)?.[1]
  return said !== undefined && account !== undefined && said !== account
}
