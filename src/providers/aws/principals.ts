import type { Collection, Edge, Entity, Run } from '../../sdk/index.ts'
import { accountKey } from './arn.ts'
import { AUTHORIZATION_TYPES, readAuthorization, SECTIONS } from './authorization.ts'
import { readAuthorizationFile } from './authorization-file.ts'
import type { Files } from './files.ts'
import { ahead } from './merged.ts'
import { type Aws, type Place, reading } from './place.ts'

const LISTED: ReadonlySet<string> = new Set(['aws_iam_user', 'aws_iam_group', 'aws_iam_role', 'aws_iam_policy'])

/** Users, groups, roles and policies with their documents, in one listing that AWS has for it. */
export const principals: Collection<Aws> = reading({
  id: 'principals',
  title: 'Users, roles, groups and policies',
  yields: [...AUTHORIZATION_TYPES, 'aws_account'],
  needs: [
    'iam:GetAccountAuthorizationDetails',
    'iam:GetAccountSummary',
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
    'organizations:ListAccounts',
    'organizations:ListTagsForResource',
  ],
  where: 'account',
  async *read(place) {
    const { live, ledger, scope, account } = place
    const iam = await import('@aws-sdk/client-iam')
    const client = place.client(iam.IAMClient)
    await expectSummary(place, () => client.send(new iam.GetAccountSummaryCommand({})))
    const [ours, report] = await Promise.all([live.ours(), live.report(account.id)])
    if ('unknown' in report)
      ledger.refuse(report.unknown, {
        scope: `${scope} credential report`,
        ...(report.permission !== undefined && { permission: report.permission }),
      })
    const authorization = readAuthorization({ ours, report: () => report, described: place.described })
    for await (const page of ahead(iam.paginateGetAccountAuthorizationDetails({ client, pageSize: 1000 }, {}))) {
      place.run.signal.throwIfAborted()
      for (const section of SECTIONS) {
        for (const detail of page[section] ?? []) {
          const items = authorization.items(section, detail)
          if (items === null) ledger.refuse(`${section}: a detail has no ARN`, { scope })
          else yield* counted(items, (count) => place.obtained(count))
        }
      }
    }
    yield* authorization.rest()
  },
  readFiles: readFiles,
})

/** The account says how many there are of each; its own policies only, so those of AWS and inline ones are not counted. */
async function expectSummary(
  { ask, ledger, scope }: Place,
  get: () => Promise<{ SummaryMap?: Record<string, number> }>,
): Promise<void> {
  const summary = await ask('iam:GetAccountSummary', get)
  if (!('value' in summary)) return
  const { Users = 0, Groups = 0, Roles = 0, Policies = 0 } = summary.value.SummaryMap ?? {}
  ledger.expect(Users + Groups + Roles + Policies, scope)
}

function* counted(items: Iterable<Entity | Edge>, count: (one: number) => void): Iterable<Entity | Edge> {
  for (const item of items) {
    if (
      'type' in item &&
      LISTED.has(item.type) &&
      item.attributes?.['inline'] !== true &&
      item.attributes?.['ofAws'] !== true
    )
      count(1)
    yield item
  }
}

async function* readFiles(files: Files, run: Run): AsyncIterable<Entity | Edge> {
  const { ledger, signal } = run
  const described = new Set<string>()
  const authorization = readAuthorization({
    ours: { ids: files.ours, whole: false },
    report: (account) =>
      files.reports.get(account) ?? {
        unknown: 'no credential report was imported with the account',
        permission: 'iam:GetCredentialReport',
      },
    described,
  })
  for (const path of files.authorization) {
    const scope = path.split('/').at(-1)!
    ledger.obtain(0, scope)
    let at = 0
    let more = false
    for await (const piece of readAuthorizationFile(path, signal)) {
      if ('fault' in piece) ledger.refuse(piece.fault, { scope })
      else if ('more' in piece) more = piece.more
      else {
        at++
        const items = authorization.items(piece.section, piece.detail)
        if (items === null) ledger.refuse(`${piece.section}, detail ${at} of the file: it has no ARN`, { scope })
        else
          yield* withAccount(
            counted(items, (count) => ledger.obtain(count, scope)),
            described,
            files,
          )
      }
    }
    if (more)
      ledger.refuse(
        'it is one page of several; let the AWS CLI page by itself, without --max-items and --no-paginate',
        { scope },
      )
  }
  yield* authorization.rest()
}

/** The account that a thing is said to be in, before the first of its things. */
function* withAccount(
  items: Iterable<Entity | Edge>,
  described: Set<string>,
  { settings }: Files,
): Iterable<Entity | Edge> {
  for (const item of items) {
    const id = 'type' in item ? item.attributes?.['account'] : undefined
    if (typeof id === 'string' && id !== 'aws' && !described.has(accountKey(id))) {
      described.add(accountKey(id))
      yield {
        kind: 'resource',
        type: 'aws_account',
        key: accountKey(id),
        name: id,
        ...(settings.environment && { environment: settings.environment }),
        aliases: [id],
        attributes: { account: id, imported: true },
      }
    }
    yield item
  }
}
