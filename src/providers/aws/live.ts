import type { Environment } from '../../sdk/index.ts'
import { messageOf, ReeveError, Refused, type Run } from '../../sdk/index.ts'
import { instant, parseArn } from './arn.ts'
import { type Report, readReport } from './credential-report.ts'
import { type CredentialSource, credentialSource, endpointOf, keptUntilTheyEnd, memberSource } from './credentials.ts'
import { type Refusal, refusalOf } from './refusal.ts'
import { requestHandler } from './request-handler.ts'
import type { Settings } from './settings.ts'
import { environmentInName, tagged } from './tags.ts'
import type { Ours } from './trust.ts'

export interface Account {
  id: string
  name: string | undefined
  /** `ACTIVE`, `SUSPENDED` …; only of members of an organization. */
  status: string | undefined
  joined: string | undefined
  email: string | undefined
  environment: Environment | undefined
  tags: ReturnType<typeof tagged>['tags']
}

export interface Regions {
  names: string[]
  /** Why the list may be short. */
  refusal?: Refusal
}

/** What the SDK's clients are made from. */
export interface ClientConfig {
  region: string
  credentials: CredentialSource
  requestHandler: ReturnType<typeof requestHandler>
  maxAttempts: number
  retryMode: string
  endpoint?: string
}

/** A connection to AWS itself. What several collections need is asked once. */
export interface Live {
  settings: Settings
  partition: string
  /** The account and the identity that is logged in. */
  caller: { account: string; arn: string }
  /** The accounts to read, and why that may not be all of them. */
  accounts(): Promise<{ accounts: Account[]; refusal?: Refusal }>
  ours(): Promise<Ours>
  regions(account: string): Promise<Regions>
  report(account: string): Promise<Report | { unknown: string; permission?: string }>
  config(account: string, region: string, run: Pick<Run, 'fetch' | 'signal'>): Promise<ClientConfig>
}

/** Enabled in every account unless somebody switches them off: what is read when the list itself is refused. */
const USUAL = [
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1',
  'ap-south-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 ap-northeast-2 ap-northeast-3',
].flatMap((line) => line.split(' '))

const MAX_ATTEMPTS = 6

/** Logs in or throws `aws/login` with what to do about it. */
export async function connectLive(settings: Settings, run: Run): Promise<Live> {
  const base = keptUntilTheyEnd(await credentialSource(settings, run), run.now)
  const members = new Map<string, CredentialSource>()
  const config: Live['config'] = async (account, region, { fetch, signal }) => {
    let credentials = members.get(account)
    if (credentials === undefined) {
      const arn = `arn:${live.partition}:iam::${account}:role/${settings.memberRole}`
      credentials =
        account === live.caller.account || account === ''
          ? base
          : keptUntilTheyEnd(asMember(await memberSource(base, arn, settings, run), arn, live.caller.arn), run.now)
      members.set(account, credentials)
    }
    return {
      region,
      credentials,
      requestHandler: requestHandler(fetch, signal),
      maxAttempts: MAX_ATTEMPTS,
      retryMode: 'adaptive',
      ...endpointOf(settings),
    }
  }
  const live: Live = {
    settings,
    partition: 'aws',
    caller: { account: '', arn: '' },
    config,
    accounts: once(() => readAccounts(live, run)),
    ours: once(async () => {
      const { accounts, refusal } = await live.accounts()
      const ids = new Set([live.caller.account, ...settings.ownAccounts, ...accounts.map(({ id }) => id)])
      return { ids, whole: settings.organization && refusal === undefined && settings.accounts.length === 0 }
    }),
    regions: each((account) => readRegions(live, account, run)),
    report: each((account) => readCredentialReport(live, account, run)),
  }
  live.caller = await whoAmI(live, run)
  live.partition = parseArn(live.caller.arn)?.partition ?? 'aws'
  return live
}

async function whoAmI(live: Live, run: Run): Promise<Live['caller']> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
  try {
    const client = new STSClient(await live.config('', live.settings.region, run))
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    if (Account === undefined || Arn === undefined) throw new Error('it does not say who is asking')
    return { account: Account, arn: Arn }
  } catch (error) {
    run.signal.throwIfAborted()
    if (error instanceof Refused) throw error
    const { reason, permission } = refusalOf(error, 'sts:GetCallerIdentity')
    if (permission !== undefined) throw new Refused(`logging in to AWS: ${reason}`, { cause: error, permission })
    throw new ReeveError('aws/login', `logging in to AWS: ${reason}`, { cause: error })
  }
}

/** A role that may not be taken is a sentence that says what is missing on both sides. */
function asMember(source: CredentialSource, arn: string, caller: string): CredentialSource {
  return async () => {
    try {
      return await source()
    } catch (error) {
      const { reason } = refusalOf(error, 'sts:AssumeRole')
      throw new Refused(`taking ${arn}: ${reason}`, {
        cause: error,
        permission: `sts:AssumeRole on ${arn}, and a trust policy there that lets ${caller} in`,
      })
    }
  }
}

async function readAccounts(live: Live, run: Run): Promise<{ accounts: Account[]; refusal?: Refusal }> {
  const { settings, caller } = live
  const own: Account = {
    id: caller.account,
    name: undefined,
    status: undefined,
    joined: undefined,
    email: undefined,
    environment: settings.environment,
    tags: undefined,
  }
  if (!settings.organization) return { accounts: [own] }
  const { OrganizationsClient, ListTagsForResourceCommand, paginateListAccounts } = await import(
    '@aws-sdk/client-organizations'
  )
  const client = new OrganizationsClient(await live.config('', settings.region, run))
  const accounts: Account[] = []
  let refusal: Refusal | undefined
  try {
    for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) {
      for (const { Id: id, Name: name, Status: status, JoinedTimestamp, Email: email } of Accounts) {
        if (id === undefined) continue
        const said = await client
          .send(new ListTagsForResourceCommand({ ResourceId: id }))
          .then(({ Tags }) => tagged(Tags))
          .catch((error: unknown) => {
            refusal ??= refusalOf(error, 'organizations:ListTagsForResource')
            return tagged([])
          })
        const environment = said.environment ?? environmentInName(name ?? '') ?? settings.environment
        accounts.push({ id, name, status, joined: instant(JoinedTimestamp), email, environment, tags: said.tags })
      }
    }
  } catch (error) {
    run.signal.throwIfAborted()
    refusal = refusalOf(error, 'organizations:ListAccounts')
  }
  const wanted = settings.accounts.length === 0 ? accounts : accounts.filter(({ id }) => settings.accounts.includes(id))
  return { accounts: wanted.length === 0 && refusal !== undefined ? [own] : wanted, ...(refusal && { refusal }) }
}

async function readRegions(live: Live, account: string, run: Run): Promise<Regions> {
  if (live.settings.regions.length > 0) return { names: live.settings.regions }
  try {
    const { EC2Client, DescribeRegionsCommand } = await import('@aws-sdk/client-ec2')
    const client = new EC2Client(await live.config(account, live.settings.region, run))
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: false }))
    const names = Regions.flatMap(({ RegionName }) => RegionName ?? []).sort()
    if (names.length > 0) return { names }
    return { names: [live.settings.region], refusal: { reason: 'ec2:DescribeRegions: it names no region' } }
  } catch (error) {
    run.signal.throwIfAborted()
    if (error instanceof Refused) throw error
    const names = live.partition === 'aws' ? USUAL : [live.settings.region]
    return { names, refusal: refusalOf(error, 'ec2:DescribeRegions') }
  }
}

const PAUSE = 2000
const LONGEST = 60

/** AWS makes the report when it is asked for, at most once in four hours, within a minute or so. */
async function readCredentialReport(
  live: Live,
  account: string,
  run: Run,
): Promise<Report | { unknown: string; permission?: string }> {
  const { IAMClient, GenerateCredentialReportCommand, GetCredentialReportCommand } = await import('@aws-sdk/client-iam')
  let action = 'iam:GenerateCredentialReport'
  try {
    const client = new IAMClient(await live.config(account, live.settings.region, run))
    for (let tried = 0; ; tried++) {
      const { State } = await client.send(new GenerateCredentialReportCommand({}))
      if (State === 'COMPLETE') break
      if (tried === LONGEST) return { unknown: 'AWS did not finish the credential report' }
      await pause(tried === 0 ? 100 : PAUSE, run.signal)
    }
    action = 'iam:GetCredentialReport'
    const { Content = new Uint8Array() } = await client.send(new GetCredentialReportCommand({}))
    return readReport(new TextDecoder().decode(Content))
  } catch (error) {
    run.signal.throwIfAborted()
    if (error instanceof Refused)
      return { unknown: messageOf(error), ...(error.permission !== undefined && { permission: error.permission }) }
    const { reason, permission } = refusalOf(error, action)
    return { unknown: reason, ...(permission !== undefined && { permission }) }
  }
}

export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function each<T>(make: (account: string) => Promise<T>): (account: string) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (account) => {
    let one = made.get(account)
    if (one === undefined) {
      one = make(account)
      made.set(account, one)
    }
    return one
  }
}
