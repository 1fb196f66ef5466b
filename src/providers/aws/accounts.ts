import type { Collection, Edge, Entity, JsonValue, Known } from '../../sdk/index.ts'
import { accountKey, rootKey, rootOf } from './arn.ts'
import type { ReportRow } from './credential-report.ts'
import { type Aws, reading } from './place.ts'

/** The accounts, each with its root user: who holds that holds everything, and no policy of the account binds it. */
export const accounts: Collection<Aws> = reading({
  id: 'accounts',
  title: 'Accounts and their root users',
  yields: ['aws_account', 'aws_account_root', 'aws_access_key'],
  needs: [
    'iam:GetAccountSummary',
    'iam:ListAccountAliases',
    'iam:GetAccountPasswordPolicy',
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
    'organizations:ListAccounts',
    'organizations:ListTagsForResource',
  ],
  where: 'account',
  async *read({ client: clientOf, live, account, ask, obtained }): AsyncGenerator<Entity | Edge> {
    const iam = await import('@aws-sdk/client-iam')
    const client = clientOf(iam.IAMClient)
    const [summary, aliases, passwords, report] = await Promise.all([
      client.send(new iam.GetAccountSummaryCommand({})),
      ask('iam:ListAccountAliases', () => client.send(new iam.ListAccountAliasesCommand({}))),
      ask('iam:GetAccountPasswordPolicy', () => client.send(new iam.GetAccountPasswordPolicyCommand({})), [
        'NoSuchEntity',
        'NoSuchEntityException',
      ]),
      live.report(account.id),
    ])
    const alias = 'value' in aliases ? aliases.value.AccountAliases?.[0] : undefined
    const policy = 'value' in passwords ? passwords.value.PasswordPolicy : undefined
    const key = accountKey(account.id)
    yield {
      kind: 'resource',
      type: 'aws_account',
      key,
      name: account.name ?? alias ?? account.id,
      created:
        account.joined === undefined
          ? { unknown: 'AWS tells only when it joined an organization' }
          : { value: account.joined },
      ...(account.environment && { environment: account.environment }),
      aliases: [...new Set([account.id, ...(alias === undefined ? [] : [alias])])],
      attributes: {
        account: account.id,
        ...(alias !== undefined && { alias }),
        ...(account.email !== undefined && { email: account.email }),
        ...(account.tags && { tags: account.tags }),
        ...(policy && {
          passwordPolicy: {
            minimumLength: policy.MinimumPasswordLength ?? null,
            maximumAge: policy.MaxPasswordAge ?? null,
            reuse: policy.PasswordReusePrevention ?? null,
          },
        }),
        ...('absent' in passwords && { passwordPolicy: null }),
        counts: { ...(summary.SummaryMap as Record<string, number> | undefined) },
      },
    }
    obtained(1)
    const row = 'unknown' in report ? undefined : report.root
    const {
      AccountAccessKeysPresent: keys,
      AccountMFAEnabled: mfa,
      AccountPasswordPresent: password,
    } = summary.SummaryMap ?? {}
    const facts: Record<string, JsonValue> = {
      ...(keys !== undefined && { accessKeysPresent: keys > 0 }),
      ...(mfa !== undefined && { mfa: mfa === 1 }),
      ...(password !== undefined && { consolePassword: password === 1 }),
    }
    const missing = ['accessKeysPresent', 'mfa'].filter((name) => !(name in facts))
    const root = rootKey(live.partition, account.id)
    yield {
      ...rootOf(live.partition, account.id),
      name: `root user of ${account.name ?? alias ?? account.id}`,
      tier: 0,
      created: row?.created === undefined ? { unknown: 'the credential report does not say' } : { value: row.created },
      lastUsed:
        'unknown' in report
          ? report
          : (row?.lastUsed ?? { unknown: 'AWS has recorded no use of its password or keys' }),
      attributes: { ...rootOf(live.partition, account.id).attributes, ...facts, root: true, privileged: true },
      ...(missing.length > 0 && {
        unknowns: Object.fromEntries(missing.map((name) => [name, { reason: 'the account summary does not say' }])),
      }),
    }
    yield { from: root, verb: 'controls', to: key, attributes: { as: 'root user' } }
    for (const one of row?.keys ?? []) {
      const access = rootAccessKey(root, one)
      yield access
      yield { from: access.key, verb: 'authenticates', to: root }
    }
  },
  async *readFiles({ reports }) {
    for (const [account, { root: row }] of reports) {
      if (row === undefined) continue
      const { partition } = { partition: row.arn.split(':')[1]! }
      const root = rootKey(partition, account)
      yield {
        ...rootOf(partition, account),
        name: `root user of ${account}`,
        tier: 0,
        created: row.created === undefined ? { unknown: 'the credential report does not say' } : { value: row.created },
        lastUsed: row.lastUsed ?? { unknown: 'AWS has recorded no use of its password or keys' },
        attributes: {
          ...rootOf(partition, account).attributes,
          root: true,
          privileged: true,
          accessKeysPresent: row.keys.some(({ active }) => active),
          mfa: row.mfa,
        },
      }
      yield { from: root, verb: 'controls', to: accountKey(account), attributes: { as: 'root user' } }
      for (const one of row.keys) {
        const access = rootAccessKey(root, one)
        yield access
        yield { from: access.key, verb: 'authenticates', to: root }
      }
    }
  },
})

const rootAccessKey = (root: string, key: ReportRow['keys'][number]): Entity => reportedKey(root, 'root', key)

/** A key as a credential report has it: without its id. */
export function reportedKey(user: string, name: string, key: ReportRow['keys'][number]): Entity {
  const never: Known<string> = { notApplicable: 'it has never been used' }
  return {
    kind: 'credential',
    type: 'aws_access_key',
    key: `${user}#access-key/${key.number}`,
    name: `access key ${key.number} of ${name}`,
    method: 'access-key',
    created: key.rotated === undefined ? { unknown: 'the credential report does not say' } : { value: key.rotated },
    expires: { notApplicable: 'an access key has no end' },
    lastUsed: key.used === undefined ? never : { value: key.used },
    attributes: {
      status: key.active ? 'Active' : 'Inactive',
      ...(key.used === undefined && { neverUsed: true }),
      ...(key.region !== undefined && { lastUsedRegion: key.region }),
      ...(key.service !== undefined && { lastUsedService: key.service }),
    },
    unknowns: { keyId: { reason: 'a credential report does not name it', permission: 'iam:ListAccessKeys' } },
  }
}
