import { readFile } from 'node:fs/promises'
import { messageOf, ReeveError, Refused, type Run } from '../../sdk/index.ts'
import { requestHandler } from './request-handler.ts'
import type { Settings } from './settings.ts'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}
export type CredentialSource = () => Promise<Credentials>

const INSTANCE = 'http://169.254.169.254'
const CONTAINER = 'http://169.254.170.2'

/**
 * Where the credentials of the connection come from: the key of the settings, else the profile, else the first of environment,
 * default profile, token file, container and instance that gives some. The role of the settings is taken with them.
 */
export async function credentialSource(settings: Settings, run: Run): Promise<CredentialSource> {
  const sdk = await import('@aws-sdk/credential-providers')
  const clientConfig = {
    region: settings.region,
    requestHandler: requestHandler(run.fetch, run.signal),
    ...endpointOf(settings),
  }
  const base = baseOf(settings, run, sdk, clientConfig)
  if (settings.role === undefined) return base
  return sdk.fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: settings.role,
      RoleSessionName: 'reeve',
      ...(settings.externalId !== undefined && { ExternalId: settings.externalId }),
    },
    clientConfig,
  }) as CredentialSource
}

/** The role of the same name in another account, taken with the credentials of the connection. */
export async function memberSource(
  base: CredentialSource,
  arn: string,
  settings: Settings,
  run: Run,
): Promise<CredentialSource> {
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  return fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: arn,
      RoleSessionName: 'reeve',
      ...(settings.externalId !== undefined && { ExternalId: settings.externalId }),
    },
    clientConfig: {
      region: settings.region,
      requestHandler: requestHandler(run.fetch, run.signal),
      ...endpointOf(settings),
    },
  }) as CredentialSource
}

const SPARE = 5 * 60_000

/** The same credentials for every client, until shortly before they end. A failure is not kept. */
export function keptUntilTheyEnd(source: CredentialSource, now: () => Date): CredentialSource {
  let kept: Promise<Credentials> | undefined
  let ends = Number.POSITIVE_INFINITY
  return () => {
    if (kept === undefined || now().getTime() > ends - SPARE) {
      ends = Number.POSITIVE_INFINITY
      kept = source()
      kept.then(
        ({ expiration }) => {
          ends = expiration?.getTime() ?? Number.POSITIVE_INFINITY
        },
        () => {
          kept = undefined
        },
      )
    }
    return kept
  }
}

export const endpointOf = ({ endpoint }: Settings): { endpoint?: string } =>
  endpoint === undefined ? {} : { endpoint }

function baseOf(
  settings: Settings,
  run: Run,
  sdk: typeof import('@aws-sdk/credential-providers'),
  clientConfig: object,
): CredentialSource {
  const { accessKeyId, secretAccessKey, sessionToken, profile } = settings
  if (accessKeyId !== undefined || secretAccessKey !== undefined) {
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new ReeveError('aws/settings', 'connecting: give both the access key id and its secret, or neither')
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) })
  }
  const ini = (options: { profile?: string }) => sdk.fromIni({ ...options, clientConfig }) as CredentialSource
  if (profile !== undefined) return ini({ profile })
  const sources: [string, CredentialSource][] = [
    ['environment', sdk.fromEnv() as CredentialSource],
    ['profile', ini({})],
    ['token file', sdk.fromTokenFile({ clientConfig }) as CredentialSource],
    ['container', () => fromContainer(run)],
    ['instance', () => fromInstance(run)],
  ]
  return async () => {
    const said: string[] = []
    for (const [name, source] of sources) {
      try {
        return await source()
      } catch (error) {
        run.signal.throwIfAborted()
        said.push(`${name}: ${messageOf(error).slice(0, 120)}`)
      }
    }
    throw new Refused(`connecting: nothing gives credentials (${said.join('; ')})`, {
      permission: 'a profile, an access key, or a role of the machine that Reeve runs on',
    })
  }
}

/** What a container is given: ECS by a relative address, EKS by a whole one with a token. */
async function fromContainer(run: Run): Promise<Credentials> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = process.env
  if (relative === undefined && full === undefined) throw new Error('the environment names no address')
  const file = process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const token =
    file === undefined ? process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : (await readFile(file, 'utf8')).trim()
  return fetched(
    run,
    relative === undefined ? full! : CONTAINER + relative,
    token === undefined ? {} : { authorization: token },
  )
}

/** The instance's own role, by the second version of the metadata service alone. */
async function fromInstance(run: Run): Promise<Credentials> {
  if (process.env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true')
    throw new Error('switched off by the environment')
  const signal = AbortSignal.timeout(3000)
  const path = '/latest/meta-data/iam/security-credentials/'
  const token = await run.fetch(`${INSTANCE}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' },
    signal,
  })
  if (!token.ok) throw new Error(`the metadata service answered ${token.status}`)
  const headers = { 'x-aws-ec2-metadata-token': await token.text() }
  const role = await run.fetch(INSTANCE + path, { headers, signal })
  if (!role.ok) throw new Error('the instance has no role')
  return fetched(run, INSTANCE + path + encodeURIComponent((await role.text()).trim().split('\n')[0]!), headers)
}

async function fetched(run: Run, url: string, headers: Record<string, string>): Promise<Credentials> {
  const answer = await run.fetch(url, { headers })
  if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`)
  const given = (await answer.json()) as Record<string, string | undefined>
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = given
  if (AccessKeyId === undefined || SecretAccessKey === undefined)
    throw new Error(`${new URL(url).host} gave no credentials`)
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(Token !== undefined && { sessionToken: Token }),
    ...(Expiration !== undefined && { expiration: new Date(Expiration) }),
  }
}
