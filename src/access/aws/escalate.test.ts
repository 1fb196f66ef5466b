import { expect, test } from 'vitest'
import {
  ACCOUNT,
  type Around,
  allow,
  arn,
  deny,
  EVERYTHING,
  type Invented,
  serviceTrust,
  trustOf,
} from '../testing/account.ts'
import { pathsOf, placed, rowsOf, toAdmin } from '../testing/rising.ts'
import { loadActions } from './actions.ts'
import { POWER_ACTIONS } from './powers.ts'
import { RUNNING, STARTING } from './workloads.ts'

const nested = (path: string, value: string): object =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object

/** One way up, out of the tables: who starts, what he holds, and what stands around. */
interface Lab {
  name: string
  actions: readonly string[]
  service: string
  around: Around
}
const LABS: Lab[] = [
  ...STARTING.map(({ actions, service, there, opens }, at) => ({
    name: `${at + 1} pass to ${service}: ${actions.join(' + ')}`,
    actions: ['iam:PassRole', ...actions],
    service,
    around: { resources: there === undefined ? [] : [placed(there)] },
    opens,
  })),
  ...RUNNING.flatMap(({ type, roles, services, ways, profiled }) =>
    ways.flatMap(({ actions }) =>
      roles.map((setting) => ({
        name: `${type}: ${actions.join(' + ')} (${setting})`,
        actions,
        service: services[0]!,
        around: {
          resources: [
            placed(
              type,
              nested(
                setting,
                profiled ? (setting.endsWith('arn') ? arn('instance-profile', 'box') : 'box') : arn('role', 'target'),
              ),
            ),
          ],
        },
      })),
    ),
  ),
]

const labAccount = ({ service }: Pick<Lab, 'service'>, held: unknown[], more: Invented['users'] = {}): Invented => ({
  users: { start: { inline: held }, other: { inline: [allow(['s3:ListAllMyBuckets', 'ec2:Describe*'])] }, ...more },
  roles: { target: { inline: [EVERYTHING], trust: serviceTrust(service), profile: 'box' } },
})

/** What is left after one action is taken can be another way that the tables know. */
const isAnotherWay = (left: readonly string[], { service, around }: Lab): boolean => {
  const types = (around.resources ?? []).map(({ type }) => type)
  return (
    STARTING.some(
      (one) =>
        one.service === service &&
        ['iam:PassRole', ...one.actions].every((action) => left.includes(action)) &&
        (one.there === undefined || types.includes(one.there)),
    ) ||
    RUNNING.some(
      (one) =>
        types.includes(one.type) && one.ways.some(({ actions }) => actions.every((action) => left.includes(action))),
    )
  )
}

test.for(LABS)('$name', async (lab) => {
  const paths = await toAdmin(labAccount(lab, [allow(lab.actions)]), undefined, lab.around)
  expect(paths.some((path) => lab.actions.every((action) => path[0]!.actions.includes(action)))).toBe(true)
  expect(paths[0]![0]).toMatchObject({ from: arn('user', 'start'), to: arn('role', 'target') })
  // Who stands by has no path.
  expect(await pathsOf(labAccount(lab, [allow(lab.actions)]), arn('user', 'other'), lab.around)).toEqual([])

  for (const action of lab.actions) {
    const left = lab.actions.filter((one) => one !== action)
    if (isAnotherWay(left, lab)) continue
    const without = [allow(left)]
    expect(await toAdmin(labAccount(lab, without), undefined, lab.around), `without ${action}`).toEqual([])
    const denied = [allow(lab.actions), deny(action)]
    expect(await toAdmin(labAccount(lab, denied), undefined, lab.around), `${action} denied`).toEqual([])
    const bounded: Invented = { ...labAccount(lab, []), policies: { bound: allow(left) } }
    bounded.users!['start'] = { inline: [allow(lab.actions)], boundary: 'bound' }
    expect(await toAdmin(bounded, undefined, lab.around), `a boundary without ${action}`).toEqual([])
  }

  const elsewhere = labAccount({ service: 'nothing.amazonaws.com' }, [allow(lab.actions)])
  expect(await toAdmin(elsewhere, undefined, lab.around), 'the role trusts another service').toEqual([])
  const weak = labAccount(lab, [allow(lab.actions)])
  weak.policies = { bound: allow('s3:*') }
  weak.roles!['target'] = { ...weak.roles!['target'], boundary: 'bound' }
  expect(await toAdmin(weak, undefined, lab.around), 'the role has a boundary').toEqual([])
})

test('everything the powers are made of is among the actions that AWS lists', async () => {
  const book = await loadActions(POWER_ACTIONS)
  expect(POWER_ACTIONS.filter((action) => book.nameOf(action) !== action)).toEqual([])
})

/** Powers over IAM itself: what the one who starts holds, and the account around him. */
const OWN: [string, string[], (held: unknown[]) => Invented][] = [
  ['a policy of his own, put', ['iam:PutUserPolicy'], (inline) => ({ users: { start: { inline } } })],
  ['a policy of his own, attached', ['iam:AttachUserPolicy'], (inline) => ({ users: { start: { inline } } })],
  [
    'a policy of his group, put',
    ['iam:PutGroupPolicy'],
    (inline) => ({ users: { start: { inline, groups: ['team'] } }, groups: { team: {} } }),
  ],
  [
    'a policy of his group, attached',
    ['iam:AttachGroupPolicy'],
    (inline) => ({ users: { start: { inline, groups: ['team'] } }, groups: { team: {} } }),
  ],
  [
    'a new text for a policy he has',
    ['iam:CreatePolicyVersion'],
    (inline) => ({ users: { start: { inline, managed: ['own'] } }, policies: { own: allow('s3:ListBucket') } }),
  ],
  [
    'a new text for a policy of his group',
    ['iam:CreatePolicyVersion'],
    (inline) => ({
      users: { start: { inline, groups: ['team'] } },
      groups: { team: { managed: ['own'] } },
      policies: { own: allow('s3:ListBucket') },
    }),
  ],
  [
    'an older version of a policy he has',
    ['iam:SetDefaultPolicyVersion'],
    (inline) => ({
      users: { start: { inline, managed: ['own'] } },
      policies: { own: [allow('s3:ListBucket'), EVERYTHING] },
    }),
  ],
  [
    'joining a group of administrators',
    ['iam:AddUserToGroup'],
    (inline) => ({ users: { start: { inline } }, groups: { admins: { inline: [EVERYTHING] } } }),
  ],
  [
    'keys of an administrator',
    ['iam:CreateAccessKey'],
    (inline) => ({ users: { start: { inline }, boss: { inline: [EVERYTHING] } } }),
  ],
  [
    'a password of an administrator',
    ['iam:CreateLoginProfile'],
    (inline) => ({ users: { start: { inline }, boss: { inline: [EVERYTHING] } } }),
  ],
  [
    'another password of an administrator',
    ['iam:UpdateLoginProfile'],
    (inline) => ({ users: { start: { inline }, boss: { inline: [EVERYTHING] } } }),
  ],
  [
    'a trust rewritten',
    ['iam:UpdateAssumeRolePolicy'],
    (inline) => ({
      users: { start: { inline } },
      roles: { boss: { inline: [EVERYTHING], trust: serviceTrust('ec2.amazonaws.com') } },
    }),
  ],
  [
    'a role whose trust leaves it to the account',
    ['sts:AssumeRole'],
    (inline) => ({
      users: { start: { inline } },
      roles: { boss: { inline: [EVERYTHING], trust: trustOf({ AWS: ACCOUNT }) } },
    }),
  ],
  [
    'a role made stronger and taken',
    ['iam:PutRolePolicy', 'sts:AssumeRole'],
    (inline) => ({ users: { start: { inline } }, roles: { helper: { trust: trustOf({ AWS: ACCOUNT }) } } }),
  ],
  [
    'a role made stronger, its trust rewritten',
    ['iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy'],
    (inline) => ({ users: { start: { inline } }, roles: { helper: { trust: serviceTrust('ec2.amazonaws.com') } } }),
  ],
  [
    'a user made stronger and taken',
    ['iam:AttachUserPolicy', 'iam:CreateAccessKey'],
    (inline) => ({ users: { start: { inline: inline.map((one) => scoped(one, arn('user', 'helper'))) }, helper: {} } }),
  ],
  [
    'a new administrator with keys',
    ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'],
    (inline) => ({ users: { start: { inline: inline.map((one) => scoped(one, arn('user', 'app-*'))) } } }),
  ],
  [
    'a new role of an administrator',
    ['iam:CreateRole', 'iam:AttachRolePolicy'],
    (inline) => ({ users: { start: { inline } } }),
  ],
  [
    'a sign-in provider rewritten',
    ['iam:UpdateSAMLProvider'],
    (inline) => ({
      users: { start: { inline } },
      roles: {
        boss: {
          inline: [EVERYTHING],
          trust: {
            Statement: {
              Effect: 'Allow',
              Principal: { Federated: arn('saml-provider', 'sso') },
              Action: 'sts:AssumeRoleWithSAML',
            },
          },
        },
      },
    }),
  ],
]
const scoped = (document: unknown, resource: string): unknown => {
  const { Statement } = document as { Statement: object }
  return { Statement: { ...Statement, Resource: resource } }
}

test.for(OWN)('%s', async ([, actions, account]) => {
  const paths = await toAdmin(account([allow(actions)]))
  expect(paths.some((path) => actions.every((action) => path.some((edge) => edge.actions.includes(action))))).toBe(true)
  for (const action of actions) {
    const left = actions.filter((one) => one !== action)
    expect(await toAdmin(account(left.length > 0 ? [allow(left)] : [])), `without ${action}`).toEqual([])
    expect(await toAdmin(account([allow(actions), deny(action)])), `${action} denied`).toEqual([])
    const bounded = account([allow(actions)])
    bounded.users!['start'] = { ...bounded.users!['start'], boundary: 'rest' }
    bounded.policies = { ...bounded.policies, rest: left.length > 0 ? allow(left) : allow('s3:ListBucket') }
    expect(await toAdmin(bounded), `a boundary without ${action}`).toEqual([])
    // A condition that cannot hold cuts as well as a denial.
    const never = { Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } }
    expect(
      await toAdmin(account([allow(left.length > 0 ? left : 's3:ListBucket'), allow(action, '*', never)])),
      `${action} never`,
    ).toEqual([])
  }
  const organization = [{ policy: { name: 'scp', statements: [] }, of: 'services' as const, targets: undefined }]
  expect(
    await toAdmin(account([allow(actions)]), undefined, { organization }),
    'an organization that denies nothing',
  ).not.toEqual([])
})

test('names do not matter', async () => {
  const renamed = async (name: (text: string) => string) =>
    JSON.parse(
      name(
        JSON.stringify({
          users: { start: { inline: [allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'])] } },
          roles: { target: { inline: [EVERYTHING], trust: serviceTrust('lambda.amazonaws.com') } },
        }),
      ),
    ) as Invented
  const one = await rowsOf(await renamed((text) => text))
  const other = await rowsOf(
    await renamed((text) => text.replaceAll('start', 'zz9').replaceAll('target', 'bystander-safe')),
  )
  expect(JSON.parse(JSON.stringify(other).replaceAll('zz9', 'start').replaceAll('bystander-safe', 'target'))).toEqual(
    one,
  )
})
