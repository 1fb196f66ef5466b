import type { Run } from '../../../sdk/index.ts'
import { type Read, testCollection, testRun } from '../../../sdk/testing/index.ts'
import { aws } from '../index.ts'
import { Settings } from '../settings.ts'

/** Answers in the shapes of AWS's protocols, written by hand: what moto cannot be made to say. */
export interface Answer {
  status?: number
  xml?: string
  json?: object
}
export const MAIN = '111122223333'

export const ok = (action: string, inner: string) => ({
  xml: `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`,
})
export const error = (status: number, code: string, message = code) => ({
  status,
  xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
})
export const user = (account: string, name: string) =>
  `<member><UserName>${name}</UserName><UserId>AIDA${name}</UserId><Arn>arn:aws:iam::${account}:user/${name}</Arn><Path>/</Path><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`

/** What any account answers unless the test says otherwise; `account` is that of the credentials. */
function usual(action: string, account: string): Answer {
  switch (action) {
    case 'GetCallerIdentity':
      return ok(action, `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/reeve</Arn><UserId>x</UserId>`)
    case 'GetAccountSummary':
      return ok(action, '<SummaryMap><entry><key>Users</key><value>1</value></entry></SummaryMap>')
    case 'GenerateCredentialReport':
      return ok(action, '<State>COMPLETE</State>')
    case 'GetCredentialReport':
      return ok(
        action,
        `<Content>${Buffer.from('user,arn,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n').toString('base64')}</Content>`,
      )
    case 'GetAccountAuthorizationDetails':
      return ok(action, `<IsTruncated>false</IsTruncated><UserDetailList>${user(account, 'ci')}</UserDetailList>`)
    case 'ListUsers':
      return ok(action, `<IsTruncated>false</IsTruncated><Users>${user(account, 'ci')}</Users>`)
    case 'ListAccessKeys':
      return ok(
        action,
        '<AccessKeyMetadata><member><AccessKeyId>AKIAEXAMPLE</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></AccessKeyMetadata>',
      )
    case 'GetAccessKeyLastUsed':
      return ok(
        action,
        '<AccessKeyLastUsed><LastUsedDate>2026-11-01T00:00:00Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed>',
      )
    case 'GetLoginProfile':
      return error(404, 'NoSuchEntity')
    case 'ListAccounts':
      return {
        json: {
          Accounts: ['111122223333', '222233334444', '333344445555'].map((Id) => ({
            Id,
            Name: Id === MAIN ? 'main' : `acme-${Id === '222233334444' ? 'prod' : 'dev'}`,
            Status: 'ACTIVE',
          })),
        },
      }
    case 'ListTagsForResource':
      return { json: { Tags: [] } }
    default:
      return ok(action, '')
  }
}

/** The provider connected to an account or organization that answers so; what `said` leaves out is answered as any account does. */
export async function connected(
  said: (action: string, account: string, count: number, body: string) => Answer | undefined,
  more: object = {},
) {
  const asked: string[] = []
  const fetch: Run['fetch'] = async (url, init = {}) => {
    const headers = new Headers(init.headers)
    const body =
      typeof init.body === 'string'
        ? init.body
        : new TextDecoder().decode((init.body ?? new Uint8Array()) as Uint8Array)
    const form = new URLSearchParams(body)
    const action = form.get('Action') ?? headers.get('x-amz-target')?.split('.').at(-1) ?? new URL(url).pathname
    const account = /Credential=ASIA(\d{12})/.exec(headers.get('authorization') ?? '')?.[1] ?? MAIN
    asked.push(action)
    const member = /iam::(\d{12}):role/.exec(form.get('RoleArn') ?? '')?.[1] ?? account
    const given: Answer =
      said(action, action === 'AssumeRole' ? member : account, asked.filter((one) => one === action).length, body) ??
      (action === 'AssumeRole'
        ? ok(
            action,
            `<Credentials><AccessKeyId>ASIA${member}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`,
          )
        : usual(action, account))
    return new Response(given.json ? JSON.stringify(given.json) : (given.xml ?? ''), { status: given.status ?? 200 })
  }
  const run = testRun({ fetch })
  const client = await aws.connect(
    Settings.parse({ accessKeyId: 'AKIAX', secretAccessKey: 'planted-secret', regions: ['eu-west-1'], ...more }),
    run,
  )
  const read = (id: string): Promise<Read> =>
    testCollection(aws.collections!.find((one) => one.id === id)!, client, run, { secrets: ['planted-secret'] })
  return { read, asked }
}
